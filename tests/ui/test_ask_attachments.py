import pytest

from protocol.chat import Attachment
from protocol.errors import InterfaceError
from protocol.limits import ResourceLimits
from tests.support.pictures import png
from ui.arguments import parse_arguments
from ui.ask_attachments import read_attachments

PHOTO = Attachment("photo.png", "image/png", png())
NOTES = Attachment("notes.txt", "text/plain", b"one\n")
LIMITS = ResourceLimits()


class Disk:
    """Has two files, and counts how often each is read."""

    def __init__(self) -> None:
        self.reads: list[str] = []

    def read(self, path: str, limits: ResourceLimits) -> Attachment:
        self.reads.append(path)
        return {"photo.png": PHOTO, "notes.txt": NOTES}[path]


def test_files_are_named_by_two_flags_as_often_as_is_wanted() -> None:
    flags = ("--image", "a.png", "--file", "b.txt", "--image", "c.png", "--file", "d.txt")
    ask = parse_arguments(["ask", "Hi", *flags], {}).ask
    assert ask is not None
    assert (ask.images, ask.files) == (("a.png", "c.png"), ("b.txt", "d.txt"))


def test_images_come_before_texts_and_each_file_is_read_once() -> None:
    disk = Disk()
    found = read_attachments(["photo.png", "photo.png"], ["notes.txt", "notes.txt"], disk.read, LIMITS)
    assert (found, disk.reads) == ((PHOTO, NOTES), ["photo.png", "notes.txt"])


@pytest.mark.parametrize(
    ("images", "files", "said"),
    [
        (["notes.txt"], [], "'notes.txt' is no image, but text. Name it behind --file."),
        ([], ["photo.png"], "'photo.png' is an image. Name it behind --image."),
        (["photo.png"], ["photo.png"], "'photo.png' is an image. Name it behind --image."),
        (["-"], [], "An image is not read from standard input. Name its file behind --image."),
        ([], ["-"], "'-' is no file. Pipe the text in without --file: it is part of the prompt then."),
    ],
)
def test_what_is_of_another_kind_is_said_with_what_to_do(images: list[str], files: list[str], said: str) -> None:
    with pytest.raises(InterfaceError) as raised:
        read_attachments(images, files, Disk().read, LIMITS)
    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (ResourceLimits(max_attached_files=1), "These are more than 1 files. Name fewer of them."),
        (ResourceLimits(max_attached_text_bytes=3), "All texts together are larger than 3 B. Name fewer of them."),
        (ResourceLimits(max_attached_bytes=50), "All files together are larger than 50 B. Name fewer of them."),
    ],
)
def test_all_together_have_limits(limits: ResourceLimits, said: str) -> None:
    with pytest.raises(InterfaceError) as raised:
        read_attachments(["photo.png"], ["notes.txt"], Disk().read, limits)
    assert str(raised.value) == said

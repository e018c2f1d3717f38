from pathlib import Path

import pytest

from actors.cancel import Cancelled, CancelToken
from actors.gathering import gather, look
from protocol.chat import Attachment
from protocol.errands import FilesGathered, FilesSeen, GatherFiles, LookAtFiles, Sight
from protocol.limits import ResourceLimits
from protocol.mentions import Mention, mentions
from protocol.tokens import weigh
from tests.support.pictures import png

LIMITS = ResourceLimits()
PICTURE = Attachment("a.png", "image/png", png())
NOTES = Attachment("notes.txt", "text/plain", b"Hi")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an image, a text, and three files in a folder, one of which is neither."""
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "notes.txt").write_bytes(b"Hi")
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_bytes(b"1\n")
    (tmp_path / "src/b.py").write_bytes(b"22\n")
    (tmp_path / "src/b.pyc").write_bytes(b"\0\0")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def gathered(text: str, limits: ResourceLimits = LIMITS, images_only: bool = False) -> FilesGathered:
    return gather(GatherFiles(7, mentions(text), images_only), limits, lambda: None)


def seen(text: str, limits: ResourceLimits = LIMITS) -> FilesSeen:
    return look(LookAtFiles(7, mentions(text)), limits, lambda: None)


def test_what_words_mean_is_read_in_their_order_each_file_once() -> None:
    assert gathered("@notes.txt or @a.png, @notes.txt. @someone") == FilesGathered(7, (NOTES, PICTURE))


def test_of_a_folder_what_is_neither_image_nor_text_is_passed_over_and_counted() -> None:
    sources = Attachment("src/a.py", "text/plain", b"1\n"), Attachment("src/b.py", "text/plain", b"22\n")
    assert gathered("@src/ @src/*.py") == FilesGathered(7, sources, passed_over=1)


def test_one_that_is_named_itself_and_cannot_be_attached_is_why_nothing_is() -> None:
    words = "'src/b.pyc' is neither an image nor text. Attach another file."
    assert gathered("@notes.txt @src/b.pyc") == FilesGathered(7, refusal=words)


def test_where_only_images_are_wanted_the_rest_is_no_mistake() -> None:
    assert gathered("@notes.txt @a.png @src/b.pyc", images_only=True) == FilesGathered(7, (PICTURE,), passed_over=1)


@pytest.mark.parametrize(
    ("limits", "refusal"),
    [
        (ResourceLimits(max_attached_files=2), "These are more than 2 files. Name fewer of them."),
        (ResourceLimits(max_attached_text_bytes=4), "All texts together are larger than 4 B. Name fewer of them."),
        (ResourceLimits(max_attached_bytes=70), "All files together are larger than 70 B. Name fewer of them."),
    ],
)
def test_all_together_have_limits(limits: ResourceLimits, refusal: str) -> None:
    assert gathered("@a.png @notes.txt @src/a.py @src/b.py", limits).refusal == refusal


def test_a_look_counts_files_and_bytes_and_no_file_twice() -> None:
    sights = Sight("a.png", 1, len(png())), Sight("src/", 3, 7, round(weigh("1\n22\n"))), Sight("src/*.py", 0, 0)
    assert seen("@a.png @src/, @src/*.py @someone") == FilesSeen(7, sights)


def test_a_look_weighs_texts_by_their_beginning_and_nothing_else(folder: Path) -> None:
    line = "some words\n"
    (folder / "long.txt").write_text(line * 20_000)
    (folder / "empty.txt").touch()
    (long,) = seen("@long.txt").sights
    assert long.weight == pytest.approx(20_000 * weigh(line), rel=0.01)
    assert [one.weight for one in seen("@a.png @src/b.pyc @empty.txt").sights] == [0, 0, 0]
    (of_many,) = seen("@long.txt", ResourceLimits(max_file_bytes=100)).sights
    assert of_many.weight == 0


@pytest.mark.parametrize(
    ("limits", "trouble"),
    [
        (ResourceLimits(max_attached_files=3), "These are more than 3 files. Name fewer of them."),
        (ResourceLimits(max_image_bytes=70), "'a.png' is larger than 70 B. Take it away."),
        (ResourceLimits(max_attached_bytes=70), "All files together are larger than 70 B. Name fewer of them."),
    ],
)
def test_a_look_says_what_could_not_be_sent(limits: ResourceLimits, trouble: str) -> None:
    assert seen("@a.png @src/", limits).trouble == trouble


def test_a_look_says_what_is_no_file(folder: Path) -> None:
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "broken").symlink_to("nowhere")
    assert seen("@zero").trouble == "'zero' is no file. Take it away, or name another."
    assert seen("@broken").trouble == "'broken' cannot be read: No such file or directory. Attach another file."


def test_where_nobody_waits_any_more_it_ends() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        gather(GatherFiles(1, (Mention(("a.png",)),)), LIMITS, cancel.check)
    with pytest.raises(Cancelled):
        look(LookAtFiles(1, (Mention(("a.png",)),)), LIMITS, cancel.check)

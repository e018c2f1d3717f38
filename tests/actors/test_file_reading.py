import os
import socket
from pathlib import Path

import pytest

from actors.file_reading import read_attachment, read_if_legible
from protocol.chat import Attachment
from protocol.errors import InterfaceError
from protocol.limits import MIB, ResourceLimits
from tests.support.pictures import png

LIMITS = ResourceLimits()
SMALL = ResourceLimits(max_image_bytes=400, max_file_bytes=100)


def refusal(path: str | Path, limits: ResourceLimits = LIMITS) -> str:
    with pytest.raises(InterfaceError) as caught:
        read_attachment(str(path), limits)
    return str(caught.value)


def test_an_image_is_known_by_its_bytes_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(png())
    assert read_attachment(str(path), LIMITS) == Attachment(str(path), "image/png", png())


def test_a_text_is_text_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe\n")
    assert read_attachment(str(path), LIMITS) == Attachment(str(path), "text/plain", "Grüße\n".encode())


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("Hi")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_attachment("~/a.txt", LIMITS) == Attachment("~/a.txt", "text/plain", b"Hi")


def test_a_symbolic_link_is_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hi")
    (tmp_path / "link").symlink_to(tmp_path / "a.txt")
    assert read_attachment(str(tmp_path / "link"), LIMITS).data == b"Hi"


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
    assert refusal(tmp_path / "pipe") == f"'{tmp_path}/pipe' is a pipe. Attach a file."
    assert refusal(tmp_path / "socket") == f"'{tmp_path}/socket' is a socket. Attach a file."
    assert refusal("/dev/zero") == "'/dev/zero' is a device. Attach a file."
    assert refusal(tmp_path) == f"'{tmp_path}' is a folder. Attach a file."


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "empty").touch()
    assert refusal(tmp_path / "broken").endswith("cannot be read: No such file or directory. Attach another file.")
    assert "Too many levels of symbolic links" in refusal(tmp_path / "loop")
    assert refusal(tmp_path / "empty") == f"'{tmp_path}/empty' is empty. Attach another file."
    assert refusal("a\0b") == "'a\ufffdb' cannot be read: no file has such a name. Attach another file."
    assert "File name too long" in refusal("x" * 5_000)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_belongs_to_others_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0)
    assert "Permission denied" in refusal(tmp_path / "secret")


def test_a_name_with_control_sequences_obeys_nobody(tmp_path: Path) -> None:
    path = tmp_path / "a\n\x1b[31mb"
    path.write_bytes(b"\0binary")
    assert refusal(path) == f"'{tmp_path}/a\ufffd\ufffd[31mb' is neither an image nor text. Attach another file."


def test_a_sparse_file_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(4 * 1024 * MIB)
    assert refusal(path) == (
        f"'{path}' has 4,294,967,296 bytes; the limit is 20 MB for an image, and 1 MB for a text. Attach a part of it."
    )


def test_an_image_may_be_larger_than_a_text(tmp_path: Path) -> None:
    picture, text = tmp_path / "a.png", tmp_path / "a.txt"
    picture.write_bytes(png() + b"\0" * 200)
    text.write_bytes(b"x" * 101)
    assert read_attachment(str(picture), SMALL).is_image
    assert "has 101 bytes" in refusal(text, SMALL)


def test_files_of_the_kernel_that_have_no_size_are_read_as_far_as_they_go() -> None:
    assert read_attachment("/proc/self/status", LIMITS).text.startswith("Name:")
    assert refusal("/proc/self/mem").startswith("'/proc/self/mem' cannot be read: ")


def test_what_has_no_end_is_given_up(tmp_path: Path) -> None:
    """A file of the kernel may be longer than it says."""
    path = Path("/proc/self/smaps")
    if len(path.read_bytes()) <= SMALL.max_image_bytes:
        pytest.skip("this system has no such file")
    assert refusal(path, SMALL) == "'/proc/self/smaps' has no end, or a very late one. Attach another file."


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("Grüße".encode("latin-1") * 40, "is not in UTF-8 (byte 0xfc at 2). Save it as UTF-8, then attach it: `iconv` "
         "can do that."),
        ("Grüße".encode("utf-16"), "is in UTF-16, not in UTF-8. Save it as UTF-8, then attach it."),
        (b"%PDF-1.7\n\0\0", "is neither an image nor text. Attach another file."),
        (bytes(range(1, 256)) * 4, "is neither an image nor text. Attach another file."),
    ],
)  # fmt: skip
def test_what_is_no_text_in_utf_8_is_refused_with_what_it_is(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert refusal(path) == f"'{path}' {words}"


def test_of_many_files_one_that_is_neither_image_nor_text_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.pyc").write_bytes(b"\0\1\2")
    assert read_if_legible(str(tmp_path / "a.pyc"), LIMITS) is None

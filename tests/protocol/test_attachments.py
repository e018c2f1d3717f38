import pytest

from protocol.attachments import (
    OUTPUT,
    describe,
    digest_of,
    file_size_words,
    has_images,
    lightened,
    lines_words,
    resolved,
    without_images,
)
from protocol.chat import Attachment, ChatMessage, ChatRequest, Role, Stored
from tests.support.pictures import png

PICTURE = Attachment("sea.png", "image/png", png(640, 480))
LIGHT = Attachment("sea.png", "image/png", b"", Stored(digest_of(PICTURE.data), len(PICTURE.data), 640, 480))
NOTES = Attachment("notes.md", "text/plain", b"# One\nTwo")
PRINTED = Attachment("output of ls (exit status 0)", OUTPUT, b"a\nb\n")


@pytest.mark.parametrize(
    ("attachment", "words"),
    [
        (Attachment("a.png", "image/png", png(640, 480) + b"\0" * 121_000), "image a.png, 640x480, 120 KB"),
        (Attachment("a.png", "image/png", b"\x89PNG\r\n\x1a\n"), "image a.png, 8 B"),
        (NOTES, "file notes.md, 2 lines, 9 B"),
        (PRINTED, "output of ls (exit status 0), 2 lines, 4 B"),
        (Attachment("", "text/plain", b"x"), "file without a name, 1 line, 1 B"),
        (Attachment("a\nb", "text/plain", b""), "file a b, 0 lines, 0 B"),
    ],
)
def test_a_line_says_what_goes_with_a_message(attachment: Attachment, words: str) -> None:
    assert describe(attachment) == words


def test_one_without_its_bytes_is_described_alike() -> None:
    assert lightened((PICTURE, NOTES)) == (LIGHT, NOTES)
    assert lightened((LIGHT,)) == (LIGHT,)
    assert describe(LIGHT) == describe(PICTURE)
    assert (LIGHT.size, LIGHT.is_image, LIGHT.text) == (len(PICTURE.data), True, "")


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1 KB"), (14_300, "14 KB"), (1_022_000, "998 KB"), (1_040_000, "1.0 MB"),
     (20 * 1024 * 1024, "20 MB"), (5 * 1024**3, "5.0 GB")],
)  # fmt: skip
def test_a_size_is_said_in_few_characters(size: int, words: str) -> None:
    assert file_size_words(size) == words


def test_lines_are_counted_as_people_do() -> None:
    assert [lines_words(text) for text in ("", "a", "a\n", "a\nb")] == ["0 lines", "1 line", "1 line", "2 lines"]


def test_texts_become_words_and_images_become_images_in_the_message_they_go_with() -> None:
    said = ChatMessage(Role.USER, "Look.", attachments=(LIGHT, NOTES, PRINTED))
    request = ChatRequest("llava", (said, ChatMessage(Role.ASSISTANT, "I see.")))
    content = "Look.\n\nnotes.md:\n```markdown\n# One\nTwo\n```\n\noutput of ls (exit status 0):\n```\na\nb\n```"
    done = resolved(request, {LIGHT: PICTURE.data}.__getitem__)
    assert done.messages == (ChatMessage(Role.USER, content, images=(PICTURE.data,)), request.messages[1])


def test_a_request_without_any_stays_the_same_object() -> None:
    request = ChatRequest("llava", (ChatMessage(Role.USER, "Hi"),))
    assert resolved(request, lambda _: b"") is request


def test_a_model_that_does_not_see_is_sent_the_texts_only() -> None:
    said = ChatMessage(Role.USER, "Look.", images=(b"x",), attachments=(PICTURE, NOTES))
    assert without_images(said) == ChatMessage(Role.USER, "Look.", attachments=(NOTES,))
    assert (has_images((NOTES, LIGHT)), has_images((NOTES,))) == (True, False)

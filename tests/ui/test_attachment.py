"""What goes with a message, in the transcript."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from urwid.testing import render_text

from protocol.attachments import OUTPUT
from protocol.chat import Attachment
from protocol.frames import Chunk
from protocol.reply import Finished, Reply
from protocol.turn import TurnState
from protocol.ui import PromptReworded, ReplyGrew, TurnEnded, UiEvent
from tests.support.addresses import Recorder
from tests.support.pictures import png
from tests.ui.models import model_after
from tests.ui.talk import NO_METRICS, TALK, accepted, done, exchange, shows, started, stream
from tests.ui.test_copy_mode import Desk as CopyDesk
from ui.copier import Copier
from ui.face import Face
from ui.outgoing import Written

PICTURE = Attachment("photo.png", "image/png", png(640, 480))
NOTES = Attachment("notes.txt", "text/plain", b"one\n\x1b[31mtwo\n")
PRINTED = Attachment("output of ls (exit status 0)", OUTPUT, b"a\n")
LOOK = replace(accepted("1", "Look."), attachments=(PICTURE, NOTES, PRINTED))
LINES = [
    "> Look.",
    f"  [image photo.png, 640x480, {round(len(PICTURE.data) / 1024)} KB]",
    "  [file notes.txt, 2 lines, 13 B]",
    "  [output of ls (exit status 0), 1 line, 2 B]",
]


def lines(*events: UiEvent, size: tuple[int, int] = (80, 24), unfolded: bool = False) -> list[str]:
    face = Face(Recorder[Written]().tell)
    face.show(model_after(started(), *events), 9.0)
    if unfolded:
        face.toggle_thinking()
    return [line for line in render_text(face, size, strip=True)[:-2] if line]


def test_each_is_one_line_below_the_prompt() -> None:
    assert lines(LOOK, done("1", "I see.")) == [*LINES, "llama3.2", "I see."]


def test_a_text_unfolds_by_the_key_that_unfolds_others_and_an_image_never_does() -> None:
    assert lines(LOOK, done("1", "I see."), unfolded=True) == [
        *LINES[:3],
        "    one",
        "    ␛[31mtwo",
        LINES[3],
        "    a",
        "llama3.2",
        "I see.",
    ]


@pytest.mark.parametrize(
    ("attachment", "row"),
    [
        (replace(PICTURE, name=f"{'a' * 100}.png"), "  [image ...aaaaaaaa.png, 640x480, 2 KB]"),
        (replace(PICTURE, name="my 照片照片照片照片照片照片.png"), "  [image ...照片照片.png, 640x480, 2 KB]"),
        (replace(NOTES, name=f"src/{'a' * 100}/b.py"), "  [file ...aaaaaaaa/b.py, 2 lines, 13 B]"),
        (replace(PRINTED, name="output of ls -l /a/b (exit 0)"), "  [output of l... (exit 0), 1 line, 2 B]"),
        (replace(PRINTED, name=f"output of ls (ended by {'x' * 40})"), "  [output of ls (ended by xxxxxxxxxx...]"),
    ],
)
def test_of_a_name_that_is_too_long_a_part_is_left_out_and_what_is_known_stays(
    attachment: Attachment, row: str
) -> None:
    assert lines(replace(LOOK, attachments=(attachment,)), size=(40, 10))[1] == row


@pytest.mark.parametrize("name", ["a\nb", "\x1b]0;title\x07", "\u202eabc"])
def test_a_name_obeys_nobody(name: str) -> None:
    shown = lines(replace(LOOK, attachments=(replace(PICTURE, name=name),)))[1]
    assert shown.startswith("  [image ")
    assert not set(shown) & set("\n\x1b\x07\u202e")


def test_a_prompt_that_is_reworded_or_shown_again_has_what_goes_with_it_now() -> None:
    reworded = PromptReworded(TALK, LOOK.turn, "Read.", (NOTES,))
    assert lines(LOOK, reworded) == ["> Read.", LINES[2]]
    told = replace(exchange("1", "Look.", "I see."), attachments=(PICTURE,))
    assert lines(shows(told)) == [*LINES[:2], "llama3.2", "I see."]


def drawn(*images: Attachment) -> list[UiEvent]:
    end = Finished("stop", NO_METRICS)
    reply = Reply("Here.", images=images)
    return [
        accepted("1", "Draw."),
        ReplyGrew(TALK, stream("1"), (Chunk("Here."), Chunk(images=images))),
        TurnEnded(TALK, stream("1"), TurnState.DONE, reply, end),
    ]


def test_what_a_model_has_drawn_is_a_line_below_its_words() -> None:
    assert lines(*drawn(PICTURE)) == ["> Draw.", "llama3.2", "Here.", LINES[1].strip()]


def test_a_reply_of_nothing_but_an_image_says_something() -> None:
    reply = Reply(images=(PICTURE,))
    end = TurnEnded(TALK, stream("1"), TurnState.DONE, reply, Finished("stop", NO_METRICS))
    assert lines(accepted("1", "Draw."), end) == ["> Draw.", "llama3.2", LINES[1].strip()]


def test_the_copy_mode_saves_an_image_and_copies_a_text(tmp_path: Path) -> None:
    saved = Recorder[tuple[Attachment, str, str]]()
    desk = CopyDesk(tmp_path, (80, 24), started(), LOOK, *drawn(PICTURE)[1:])
    desk.copier = Copier(desk.face, desk.copier._clipboard, tmp_path, save=lambda *what: saved.tell(what))
    desk.begin().press("s", "enter")
    assert saved.take() == [(PICTURE, str(tmp_path), "image-1.png")]
    desk.begin().press("page up", "page up", "down", "down", "enter")
    assert desk.copied.take() == ["one\n␛[31mtwo\n"]
    assert list(tmp_path.iterdir()) == []

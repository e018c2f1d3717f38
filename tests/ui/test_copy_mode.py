"""The copy mode on a whole screen, by keys, at every size."""

from pathlib import Path

import pytest
from urwid.testing import press, render_runs, render_text

from protocol.turn import TurnState
from protocol.ui import UiEvent
from tests.support.addresses import Recorder
from tests.ui.models import model_after
from tests.ui.talk import accepted, done, grew, moved, shows, started
from ui.clipboard import Clipboard
from ui.copier import Copier
from ui.face import Face
from ui.outgoing import Written

Size = tuple[int, int]
SIZES = pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)], ids=str)
SMALL = (40, 10)
ANSWER = "First:\n\n```py\nx = 1\ny = 2\n```\n\nThen:\n\n```sh\nls -l\n```\n\nThat is all.\n"
TALK: list[UiEvent] = [started(), accepted("1", "How?"), done("1", ANSWER)]


class Desk:
    """A screen with a talk, and what is copied and said."""

    def __init__(self, folder: Path, size: Size, *events: UiEvent) -> None:
        self.size = size
        self.model = model_after(*events)
        self.face = Face(Recorder[Written]().tell)
        self.copied, self.said = Recorder[str](), Recorder[str]()
        clipboard = Clipboard(self.copied.tell, {}, lambda _: None, lambda *_: None)
        self.copier = Copier(self.face, clipboard, folder)
        self.rows()

    def begin(self) -> "Desk":
        self.copier.begin(self.size, self.said.tell)
        return self

    def press(self, *keys: str) -> "Desk":
        for key in keys:
            self.rows()
            press(self.face, self.size, key)
        return self

    def rows(self) -> list[str]:
        self.face.show(self.model, 9.0)
        return render_text(self.face, self.size, focus=True, strip=True)


@SIZES
@pytest.mark.parametrize(
    ("keys", "copied"),
    [
        (["enter"], ["ls -l"]),
        (["1", "enter"], ["x = 1\ny = 2"]),
        (["p", "c"], ["x = 1\ny = 2"]),
        (["shift tab", "tab", "y"], ["ls -l"]),
        (["down", "enter"], ["That is all."]),
        (["up", "enter"], ["Then:"]),
        (["m"], [ANSWER.strip()]),
        (["page up", "page up", "enter"], ["How?"]),
        (["page up", "page up", "m"], ["How?"]),
        (["1", "v", "down", "enter"], ["y = 2"]),
        (["1", "v", "esc", "2", "enter"], ["ls -l"]),
        (["V", " ", "down", "down", "enter"], ["First:\n\n```py"]),
        (["esc"], []),
        (["q"], []),
    ],
)
def test_what_is_marked_is_copied_and_the_mode_is_left(
    tmp_path: Path, size: Size, keys: list[str], copied: list[str]
) -> None:
    desk = Desk(tmp_path, size, *TALK).begin().press(*keys)
    assert list(desk.copied.take()) == copied
    desk.press("x")
    assert desk.rows()[-1] == "> x"


@SIZES
def test_the_screen_says_what_the_keys_do_and_numbers_the_code(tmp_path: Path, size: Size) -> None:
    rows = Desk(tmp_path, size, *TALK).begin().rows()
    assert "Enter" in rows[-2]
    assert "Esc" in rows[-2]
    assert [row.split()[-1] for row in rows if row.strip().startswith(("sh ", "py "))][-1] == "2"


def test_how_much_was_copied_is_said(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SMALL, *TALK).begin().press("1", "enter")
    assert desk.said.take() == ["copied 2 lines of code to the clipboard (terminal)"]


@SIZES
def test_what_is_marked_is_in_view(tmp_path: Path, size: Size) -> None:
    desk = Desk(tmp_path, size, *TALK, accepted("2"), done("2", "long\n\n" * 40)).begin()
    assert "  x = 1" in desk.press("page up", "page up", "p", "p").rows()


def test_something_higher_than_the_screen_is_read_to_its_end_before_the_mark_moves_on(tmp_path: Path) -> None:
    code = "\n".join(f"line {number}" for number in range(20))
    desk = Desk(tmp_path, SMALL, started(), accepted("1"), done("1", f"```py\n{code}\n```\n\nend")).begin()
    seen = set(desk.rows())
    for _ in range(4):
        seen |= set(desk.press("down").rows())
    assert {f"  line {number}" for number in range(20)} <= seen
    assert desk.press("down", "enter").copied.take() == ["end"]


def test_nothing_moves_while_more_comes(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SMALL, started(), accepted("1"), moved("1", TurnState.ANSWERING), grew("1", "one\n\ntwo"))
    before = desk.begin().rows()
    desk.model.apply(grew("1", "\n\nthree" * 30), 9.0)
    assert desk.rows()[:7] == before[:7]
    desk.press("esc", "end")
    assert desk.rows()[-3] == "three"


def test_what_is_gone_cannot_be_marked(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SMALL, *TALK).begin()
    desk.model.apply(shows(), 9.0)
    desk.press("enter")
    assert (desk.copied.take(), desk.said.take()) == ([], ["what was marked is gone"])


@SIZES
def test_where_nothing_was_said_the_mode_does_not_begin(tmp_path: Path, size: Size) -> None:
    desk = Desk(tmp_path, size, started()).begin()
    assert desk.said.take() == ["there is nothing to copy yet"]
    assert desk.press("x").rows()[-1] == "> x"


def test_a_number_or_code_that_is_not_there_is_said(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SMALL, *TALK).begin().press("7", "n")
    assert desk.said.take() == ["this message has no code 7", "there is no other code"]


@SIZES
def test_code_is_saved_under_the_name_that_is_proposed_or_another_one(tmp_path: Path, size: Size) -> None:
    desk = Desk(tmp_path, size, *TALK).begin().press("1", "s")
    assert desk.rows()[-1] == "save as: reply-1.py"
    desk.press("enter")
    assert (tmp_path / "reply-1.py").read_text() == "x = 1\ny = 2\n"
    assert desk.said.take() == [f"saved to {tmp_path / 'reply-1.py'}"]
    desk.begin().press("s", *["backspace"] * 10, *"mine.sh", "enter")
    assert (tmp_path / "mine.sh").read_text() == "ls -l\n"


def test_a_file_is_written_over_when_enter_is_pressed_again(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("old")
    desk = Desk(tmp_path, SMALL, *TALK).begin().press("1", "s", *["backspace"] * 10, *"a.py", "enter")
    assert (tmp_path / "a.py").read_text() == "old"
    assert desk.said.take() == ["a.py is there already: Enter again writes over it"]
    desk.press("enter")
    assert (tmp_path / "a.py").read_text() == "x = 1\ny = 2\n"


def test_what_is_in_the_way_of_a_file_is_said_and_another_name_can_be_written(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SMALL, *TALK).begin().press("s", "home", *"nosuch/", "enter")
    assert desk.said.take() == ["nosuch/reply-1.sh cannot be written: No such file or directory. Choose another name."]
    desk.press("esc", "enter")
    assert desk.copied.take() == ["ls -l"]


def test_the_last_reply_and_the_last_code_are_copied_without_the_mode(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SMALL, *TALK, accepted("2"))
    words = [desk.copier.reply(), desk.copier.code()]
    assert desk.copied.take() == [ANSWER.strip(), "ls -l"]
    assert words == [
        "copied 14 lines of the reply to the clipboard (terminal)",
        "copied 1 line of code to the clipboard (terminal)",
    ]
    empty = Desk(tmp_path, SMALL, started())
    assert [empty.copier.reply(), empty.copier.code()] == [
        "there is no reply to copy yet",
        "there is no code to copy yet",
    ]


@SIZES
def test_code_that_is_marked_keeps_its_colours(tmp_path: Path, size: Size) -> None:
    desk = Desk(tmp_path, size, started(), accepted("1"), done("1", "Look:\n\n```py\nimport this\n```")).begin()
    desk.face.show(desk.model, 9.0)
    runs = next(row for row in render_runs(desk.face, size) if "import" in "".join(text for _, text in row))
    inks = {text.strip(): ink for ink, text in runs if text.strip()}
    assert (inks["import"], inks["this"]) == ("selected keyword", "selected code block")


@SIZES
def test_the_cursor_is_where_keys_go(tmp_path: Path, size: Size) -> None:
    def cursor() -> bool:
        desk.rows()
        return desk.face.render(size, True).cursor is not None

    desk = Desk(tmp_path, size, *TALK)
    seen = [cursor()]
    desk.begin()
    seen.append(cursor())
    desk.press("s")
    seen.append(cursor())
    desk.press("esc", "esc")
    assert [*seen, cursor()] == [True, False, True, True]

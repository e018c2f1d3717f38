"""Completion as it is typed and seen in the composer."""

from pathlib import Path

import pytest
from urwid.testing import press, render_text

from tests.support.addresses import Recorder
from ui.completion import Knowledge
from ui.composer import Composer
from ui.outgoing import Written

SIZE = (40, 8)


class Desk:
    """A composer that knows two models, and what it sent."""

    def __init__(self) -> None:
        self.written: Recorder[Written] = Recorder()
        knowledge = Knowledge(lambda: ["tiny:1b", "tiny:2b", "huge"], folder=Path("/nowhere"))
        self.composer = Composer(self.written.tell, knowledge=knowledge)

    def press(self, *keys: str) -> list[str]:
        """Press keys; return those that nobody wanted."""
        return [key for one in keys for key in press(self.composer, SIZE, one)]

    def rows(self) -> list[str]:
        rows = self.composer.rows_wanted(SIZE[0])
        return render_text(self.composer, (SIZE[0], rows), focus=True, strip=True)

    @property
    def sent(self) -> list[str]:
        return [written.text for written in self.written.take()]


def test_commands_are_offered_by_themselves_and_fewer_the_more_is_typed() -> None:
    desk = Desk()
    desk.press("/", "u")
    assert desk.rows() == [
        "  /undelete  bring back the chat dele...",
        "  /undo  go back before the last prompt",
        "  /unload  take a model out of memory",
        "> /u",
    ]
    desk.press("n", "d", "o")
    assert desk.rows() == ["> /undo"]


def test_enter_sends_what_is_written_while_nobody_has_walked_into_the_offers() -> None:
    desk = Desk()
    desk.press(*"/un", "enter")
    assert (desk.sent, desk.rows()) == (["/un"], ["> Write here"])


@pytest.mark.parametrize("walk", [["down", "down"], ["tab", "down"], ["down", "down", "up", "down"]])
def test_enter_takes_what_was_walked_to(walk: list[str]) -> None:
    desk = Desk()
    desk.press(*"/un", *walk, "enter")
    assert (desk.sent, desk.composer.text) == ([], "/undo")
    desk.press("enter")
    assert desk.sent == ["/undo"]


def test_tab_writes_what_is_sure_and_then_walks_round() -> None:
    desk = Desk()
    desk.press(*"/model t", "tab")
    assert desk.composer.text == "/model tiny:"
    assert desk.rows()[:2] == ["  tiny:1b", "  tiny:2b"]
    desk.press("tab", "tab", "tab", "shift tab", "enter")
    assert desk.composer.text == "/model tiny:2b"


def test_a_command_that_is_completed_offers_what_it_is_followed_by() -> None:
    desk = Desk()
    desk.press(*"/pu", "tab")
    assert desk.composer.text == "/pull "
    assert desk.rows() == ["  tiny:1b", "  tiny:2b", "  huge", "> /pull"]


def test_esc_takes_the_offers_away_and_only_then_means_something_else() -> None:
    desk = Desk()
    assert desk.press("/", "esc") == []
    assert desk.rows() == ["> /"]
    assert desk.press("esc") == ["esc"]


def test_up_and_down_are_history_and_cursor_where_nothing_is_offered() -> None:
    desk = Desk()
    desk.press(*"first", "enter", *"/un", "up")
    assert desk.composer.text == "first"


def test_tab_where_nothing_is_known_does_nothing() -> None:
    desk = Desk()
    assert desk.press(*"hello", "tab") == []
    assert desk.composer.text == "hello"


def test_what_stands_behind_the_cursor_stays() -> None:
    desk = Desk()
    desk.press(*"/pul x", "left", "left", "tab")
    assert desk.composer.text == "/pull  x"


def test_offers_take_five_rows_at_most_and_the_marked_one_is_among_them() -> None:
    desk = Desk()
    desk.press("/", *["down"] * 7)
    assert len(desk.rows()) == 6
    rows = render_text(desk.composer, (40, 3), focus=True, strip=True)
    assert len(rows) == 3
    assert rows[2] == "> /"


def test_what_is_set_aside_takes_its_offers_with_it() -> None:
    desk = Desk()
    desk.press("/")
    desk.composer.set_aside()
    assert desk.rows() == ["> Write here"]

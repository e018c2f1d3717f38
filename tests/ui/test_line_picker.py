import pytest
from urwid.testing import press, render_text

from tests.support.addresses import Recorder
from ui.line_picker import LinePicker

SIZE = (40, 5)
TEXT = "one\n\ttwo\nthree\nfour\nfive\nsix"


class Desk:
    """Lines, and what was picked of them."""

    def __init__(self, text: str = TEXT) -> None:
        self.picked: Recorder[str] = Recorder()
        self.picker = LinePicker(text, self.picked.tell, lambda: self.picked.tell("(closed)"))

    def press(self, *keys: str) -> list[str]:
        for key in keys:
            self.rows()
            press(self.picker, SIZE, key)
        return list(self.picked.take())

    def rows(self) -> list[str]:
        return render_text(self.picker, SIZE, strip=True)


@pytest.mark.parametrize(
    ("keys", "picked"),
    [
        (["enter"], ["one"]),
        (["down", "c"], ["\ttwo"]),
        (["j", " ", "j", "j", "y"], ["\ttwo\nthree\nfour"]),
        (["end", "v", "k", "enter"], ["five\nsix"]),
        (["v", "down", "v", "enter"], ["\ttwo"]),
        (["page down", "enter"], ["five"]),
        (["G", "g", "up", "enter"], ["one"]),
        (["esc"], ["(closed)"]),
        (["q"], ["(closed)"]),
        (["x"], []),
    ],
)
def test_lines_next_to_each_other_are_picked_as_they_were_written(keys: list[str], picked: list[str]) -> None:
    assert Desk().press(*keys) == picked


def test_what_is_marked_is_said_and_kept_in_view() -> None:
    desk = Desk()
    assert desk.rows() == ["Lines 1 to 1 of 6", "one", "    two", "three", "four"]
    desk.press("down", "v", "end")
    assert desk.rows() == ["Lines 2 to 6 of 6", "three", "four", "five", "six"]


def test_a_line_is_cut_at_the_edge_and_nothing_in_it_reaches_the_terminal() -> None:
    assert Desk("\x1b[31m" + "long " * 20).rows()[1] == "\u241b[31mlong long long long long long lo..."

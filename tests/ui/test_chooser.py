from collections.abc import Sequence

import pytest
from urwid.testing import press, render_text

from tests.support.addresses import Recorder
from ui.chooser import Choice, Chooser
from ui.paste import Pasted

SIZE = (40, 6)


class List:
    """A list, and what was chosen and typed in it."""

    def __init__(self, *labels: str, words: str = "", size: tuple[int, int] = SIZE) -> None:
        self.chosen: Recorder[str] = Recorder()
        self.heard: Recorder[str] = Recorder()
        self.size = size
        choices = [self.choice(label) for label in labels]
        self.chooser = Chooser("Chats", choices, lambda: self.chosen.tell("closed"), "none", words, self.heard.tell)

    def choice(self, label: str, detail: str = "", below: str = "", fixed: bool = False) -> Choice:
        return Choice(label, lambda: self.chosen.tell(label), detail, below, fixed)

    def offer(self, choices: Sequence[Choice]) -> "List":
        self.chooser.offer(choices)
        return self

    def press(self, *keys: str) -> "List":
        self.rows()
        press(self.chooser, self.size, *keys)
        return self

    def rows(self) -> list[str]:
        return render_text(self.chooser, self.size, focus=True, strip=True)


def test_what_is_typed_leaves_the_choices_in_which_all_words_occur_those_first_that_begin_so() -> None:
    one = List("the rain", "rain in Rome", "Rome", "a drain").press(*"rain")
    assert one.rows() == [
        "Chats: rain                          3/4",
        "  rain in Rome",
        "  the rain",
        "  a drain",
        "",
        "",
    ]
    assert one.press(*" ro").rows()[1:3] == ["  rain in Rome", ""]
    assert one.heard.take() == ["r", "ra", "rai", "rain", "rain ", "rain r", "rain ro"]


def test_where_nothing_fits_that_is_said_and_enter_chooses_nothing() -> None:
    one = List("Rome").press(*"sea")
    assert one.rows()[:3] == ["Chats: sea                           0/1", "  none", ""]
    assert one.press("enter", "down", "up").chosen.take() == []


def test_enter_closes_the_list_and_does_what_is_marked() -> None:
    one = List("Rome", "Paris", "Oslo")
    assert one.press("down", "down", "down", "up", "enter").chosen.take() == ["closed", "Paris"]


@pytest.mark.parametrize("key", ["esc", "ctrl c", "ctrl d", "ctrl g"])
def test_esc_closes_the_list_and_does_nothing(key: str) -> None:
    assert List("Rome").press(key).chosen.take() == ["closed"]


@pytest.mark.parametrize(
    ("keys", "left"),
    [(["backspace"], "rain in rom"), (["ctrl w"], "rain in"), (["ctrl w", "ctrl w"], "rain"), (["ctrl u"], "")],
)
def test_what_was_typed_can_be_mended(keys: list[str], left: str) -> None:
    one = List().press(*"rain in rome", *keys)
    assert one.chooser.words.rstrip() == left


def test_a_paste_is_typed_on_one_line_without_anything_that_is_no_text() -> None:
    one = List()
    one.chooser.keypress(SIZE, Pasted("two\nlines\x1b[31m"))
    assert one.chooser.words == "two lines\u241b[31m"


def test_the_mark_is_kept_in_view_and_pages_are_as_high_as_the_screen() -> None:
    one = List(*(str(number) for number in range(20)))
    assert one.press("page down").rows()[1:] == ["  0", "  1", "  2", "  3", "  4"]
    assert one.press("page down").rows()[1:] == ["  4", "  5", "  6", "  7", "  8"]
    assert one.press("end").rows()[1:] == ["  15", "  16", "  17", "  18", "  19"]
    assert one.press("home").rows()[1:] == ["  0", "  1", "  2", "  3", "  4"]


def test_a_detail_stands_at_the_right_or_below_where_there_is_no_room() -> None:
    one = List()
    one.offer([one.choice("rain", "today"), one.choice("a title as long as it may be", "answering 12:00")])
    assert one.rows()[1:5] == [
        "  rain                             today",
        "  a title as long as it may be",
        "    answering 12:00",
        "",
    ]


def test_what_others_found_is_there_while_something_is_typed_and_comes_last() -> None:
    one = List()
    one.offer([one.choice("found", below="you: it rained", fixed=True), one.choice("rain")])
    assert one.rows()[1:3] == ["  rain", ""]
    assert one.press("r").rows()[1:4] == ["  rain", "  found", "    you: it rained"]


def test_the_mark_stays_where_it_is_when_other_choices_come() -> None:
    one = List("Rome", "Paris").press("down")
    assert one.offer([one.choice("Oslo"), one.choice("Paris")]).press("enter").chosen.take() == ["closed", "Paris"]


def test_a_click_chooses_and_the_wheel_moves_the_mark() -> None:
    one = List("Rome", "Paris", "Oslo")
    one.rows()
    one.chooser.mouse_event(SIZE, "mouse press", 1, 5, 2, True)
    assert one.chosen.take() == ["closed", "Paris"]
    one.chooser.mouse_event(SIZE, "mouse press", 5, 5, 2, True)
    assert one.press("enter").chosen.take() == ["closed", "Oslo"]
    assert not one.chooser.mouse_event(SIZE, "mouse press", 1, 5, 5, True)


def test_a_key_that_means_nothing_is_left_to_others() -> None:
    assert List("Rome").chooser.keypress(SIZE, "f5") == "f5"


def test_titles_are_drawn_without_what_a_terminal_would_obey() -> None:
    one = List("a\x1b[31m\ttitle\nof two lines" + "long" * 20)
    assert all(len(row) <= 40 and "\x1b" not in row for row in one.rows())

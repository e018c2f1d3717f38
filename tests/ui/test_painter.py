from collections.abc import Hashable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.emulator import Emulator
from ui.painter import Painter
from ui.rows import Row
from ui.side_by_side import DividedRow

COLUMNS = 12
INKS = {None: "\x1b[0m", "bold": "\x1b[0;1m", "link": "\x1b[0m\x1b]8;;http://a.b\x1b\\"}
HIDE, SHOW, ERASE, UNLINK = "\x1b[?25l", "\x1b[?25h", "\x1b[K", "\x1b]8;;\x1b\\"


def painter() -> Painter:
    return Painter(lambda ink: INKS[None if ink is None else str(ink)], lambda ink: ink != "bold")


def row(text: str, ink: Hashable = None, width: int = COLUMNS) -> Row:
    return [(ink, None, text.ljust(width).encode())]


def change(before: list[Row], after: list[Row]) -> str:
    """What is written to make one picture of another, the cursor aside."""
    one = painter()
    one.paint(before, COLUMNS, None)
    return one.paint(after, COLUMNS, None).removeprefix(HIDE)


def at(column: int, line: int) -> str:
    return f"\x1b[{line + 1};{column + 1}H"


def test_a_first_picture_is_written_whole() -> None:
    written = painter().paint([row("one"), row("two", "bold")], COLUMNS, (3, 0))
    first = f"{at(0, 0)}{INKS[None]}one{ERASE}"
    assert written == f"{HIDE}{first}{at(0, 1)}{INKS['bold']}two         {at(3, 0)}{SHOW}"


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        ("one", "one", ""),
        ("one", "one two", f"{at(4, 0)}{INKS[None]}two{ERASE}"),
        ("one two", "one", f"{at(4, 0)}{INKS[None]}{ERASE}"),
        ("one two", "one twig", f"{at(4, 0)}{INKS[None]}twig{ERASE}"),
        ("one", "on", f"{at(2, 0)}{INKS[None]}{ERASE}"),
        ("é one", "é two", f"{at(0, 0)}{INKS[None]}é two{ERASE}"),
        ("e\u0301 one", "e one", f"{at(0, 0)}{INKS[None]}e one{ERASE}"),
    ],
)
def test_only_what_is_new_in_a_row_is_written_and_no_word_is_cut(before: str, after: str, written: str) -> None:
    assert change([row(before)], [row(after)]) == written


def test_rows_that_stand_are_not_written() -> None:
    assert change([row("a"), row("b"), row("c")], [row("a"), row("B"), row("c")]).count("H") == 1


def test_a_cursor_that_moves_alone_is_all_that_is_written() -> None:
    one, rows = painter(), [row("a")]
    one.paint(rows, COLUMNS, (1, 0))
    assert one.paint(rows, COLUMNS, (1, 0)) == ""
    assert one.paint(rows, COLUMNS, (2, 0)) == f"{HIDE}{at(2, 0)}{SHOW}"
    assert one.paint(rows, COLUMNS, None) == HIDE


def test_what_is_forgotten_is_written_again() -> None:
    one, rows = painter(), [row("a")]
    written = one.paint(rows, COLUMNS, None)
    one.forget()
    assert one.paint(rows, COLUMNS, None) == written


def test_a_link_ends_where_its_text_does() -> None:
    rows: list[Row] = [[("link", None, b"there"), (None, None, b"       ")], [("link", None, b"all of a row")]]
    written = painter().paint(rows, COLUMNS, None)
    assert written.count(UNLINK) == 2
    assert f"there{UNLINK}{INKS[None]}" in written
    assert written.endswith(UNLINK)


def test_nothing_that_a_terminal_obeys_is_text() -> None:
    rows: list[Row] = [[(None, None, b"a\x1b[2J\x07\x7f"), (None, None, "é\x9b2J".encode())]]
    assert painter().paint(rows, 12, None) == f"{HIDE}{at(0, 0)}{INKS[None]}a?[2J??é?2J"


ROWS = st.lists(
    st.lists(st.tuples(st.sampled_from([None, "bold"]), st.text("ab é日 ", max_size=5)), max_size=3),
    min_size=3,
    max_size=3,
)


@given(st.lists(ROWS, min_size=1, max_size=5))
def test_whatever_was_there_before_the_screen_shows_the_last_picture(
    pictures: list[list[list[tuple[str | None, str]]]],
) -> None:
    one, emulator = painter(), Emulator(COLUMNS, 3)
    emulator.feed(b"\x1b[?7l")
    for picture in pictures:
        rows = [fitted(pieces) for pieces in picture]
        emulator.feed(one.paint(rows, COLUMNS, None).encode())
    assert emulator.display() == ["".join(text.decode() for _, _, text in one).rstrip() for one in rows]


def fitted(pieces: Sequence[tuple[str | None, str]], room: int = COLUMNS) -> Row:
    """Pieces as a row of so many columns; what is too much of them goes."""
    made: Row = []
    for ink, text in pieces:
        kept = ""
        for character in text:
            width = 2 if character == "日" else 1
            if width <= room:
                kept, room = kept + character, room - width
        made.append((ink, None, kept.encode()))
    return [*made, (None, None, b" " * room)]


MORE_ROWS = [row(f"row {number}", ("bold" if number % 5 == 0 else None)) for number in range(30)]


@given(st.lists(st.lists(st.sampled_from(range(30)), min_size=8, max_size=8), min_size=2, max_size=6))
def test_whatever_moved_the_screen_shows_the_last_picture(pictures: list[list[int]]) -> None:
    one, emulator = painter(), Emulator(COLUMNS, 8)
    for picture in pictures:
        emulator.feed(one.paint([MORE_ROWS[number] for number in picture], COLUMNS, (0, 7)).encode())
    assert emulator.display() == [f"row {number}" for number in pictures[-1]]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.integers(0, 3), st.integers(0, 3))
def test_what_moves_up_is_moved_by_the_terminal(steps: list[int], above: int, below: int) -> None:
    one, emulator, first = painter(), Emulator(COLUMNS, 8 + above + below), 0
    fixed, bottom = [row(f"top {number}") for number in range(above)], [row(f"end {number}") for number in range(below)]
    one.paint([*fixed, *MORE_ROWS[:8], *bottom], COLUMNS, None)
    emulator.feed(painter().paint([*fixed, *MORE_ROWS[:8], *bottom], COLUMNS, None).encode())
    for step in steps:
        first = min(first + step, 22)
        emulator.feed(one.paint([*fixed, *MORE_ROWS[first : first + 8], *bottom], COLUMNS, None).encode())
    shown = [text.decode().rstrip() for ((_, _, text),) in [*fixed, *MORE_ROWS[first : first + 8], *bottom]]
    assert emulator.display() == shown


def test_a_line_more_costs_a_line() -> None:
    one = painter()
    one.paint(MORE_ROWS[:8], COLUMNS, None)
    moved = f"\x1b[1;8r{at(0, 7)}\n\x1b[r"
    assert one.paint(MORE_ROWS[1:9], COLUMNS, None) == f"{HIDE}{moved}{at(0, 7)}{INKS[None]}row 8{ERASE}"


def test_of_a_divided_row_only_the_parts_that_differ_are_written() -> None:
    left, right, new = row("one", width=5), row("two", width=5), row("two x", width=5)
    before, after = (DividedRow((0, 7), (left, part), (None, None, "│ ".encode())) for part in (right, new))
    assert change([before], [after]) == f"{at(11, 0)}{INKS[None]}x"


def test_where_a_terminal_may_be_in_doubt_about_a_part_the_whole_row_is_written() -> None:
    left, right, new = row("one", width=5), row("two", width=5), row("❤\ufe0f", width=4)
    before, after = (DividedRow((0, 7), (left, part), (None, None, "│ ".encode())) for part in (right, new))
    assert change([before], [after]).startswith(f"{at(0, 0)}{INKS[None]}one  │ ")


HALVES = st.lists(st.tuples(st.text("ab é日 ", max_size=6), st.text("ab é日 ", max_size=6)), min_size=3, max_size=3)


@given(st.lists(HALVES, min_size=1, max_size=5))
def test_whatever_was_there_before_divided_rows_are_shown_as_they_are(pictures: list[list[tuple[str, str]]]) -> None:
    one, emulator = painter(), Emulator(COLUMNS, 3)
    emulator.feed(b"\x1b[?7l")
    for picture in pictures:
        halves = [tuple(fitted([(None, text)], 5) for text in pair) for pair in picture]
        rows: list[Row] = [DividedRow((0, 7), parts, (None, None, "│ ".encode())) for parts in halves]
        emulator.feed(one.paint(rows, COLUMNS, None).encode())
    assert emulator.display() == ["".join(text.decode() for _, _, text in one).rstrip() for one in rows]

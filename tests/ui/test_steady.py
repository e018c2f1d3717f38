import pytest
import urwid
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.emulator import Emulator
from tests.ui.nasty import ALPHABETS, TEXT
from tests.ui.paper import shown, written
from ui.palette import Role
from ui.paragraph import paragraph

FAMILY = "👩\u200d👩\u200d👧"
EDGE = "|"


def framed(text: str, columns: int) -> urwid.Canvas:
    """A text with an edge to its right."""
    edge = urwid.SolidCanvas(EDGE, 1, (canvas := paragraph(Role.TEXT, text).render((columns,))).rows())
    return urwid.CanvasJoin([(canvas, None, False, columns), (edge, None, False, 1)])


def edges(lines: list[str]) -> set[int]:
    """The columns of the last edges of all lines."""
    return {line.rindex(EDGE) if EDGE in line else -1 for line in lines}


def cells(canvas: urwid.Canvas, before: urwid.Canvas | None = None) -> list[list[str]]:
    """What an old terminal, which takes each code point alone, has in its cells, after something else was there."""
    emulator = Emulator(canvas.cols(), canvas.rows())
    emulator.feed(written([before, canvas] if before is not None else [canvas]))
    return emulator.cells()


@pytest.mark.parametrize(
    "text", [FAMILY, "🇩🇪", "❤\ufe0f", "1\ufe0f\u20e3", "👍🏽", "e\u0301", "\u200d", "🏳\ufe0f\u200d🌈"]
)
def test_what_stands_right_of_an_odd_character_is_where_it_belongs(text: str) -> None:
    width = urwid.calc_width(text, 0, len(text))

    assert cells(framed(f"{text}z", 6))[0][width:] == ["z", *" " * (5 - width), EDGE]


def test_nothing_of_what_was_there_before_shines_through() -> None:
    before = framed("xxxxxx", 6)

    assert cells(framed("❤\ufe0fz", 6), before)[0] == ["❤", " ", "z", " ", " ", " ", EDGE]


def test_a_cell_that_no_character_takes_is_blank() -> None:
    wider_than_its_characters = ">\u1160\u0bbf"

    assert cells(framed(wider_than_its_characters, 6), framed("xxxxxx", 6))[0] == [">", *" " * 5, EDGE]


def test_a_character_at_the_right_edge_does_not_reach_into_the_next_row() -> None:
    assert shown(paragraph(Role.TEXT, f"abcd{FAMILY}\nefgh").render((6,)))[1] == "efgh"


def test_plain_text_is_written_as_it_is() -> None:
    assert b"\x1b[1G" not in written([framed("Grüße, 日本語 שלום │ ─ •", 40)])


def test_a_tower_of_marks_is_cut() -> None:
    assert written([framed("Z" + "\u0301" * 5_000, 6)]).count("\u0301".encode()) == 31


@pytest.mark.parametrize("alphabet", ALPHABETS)
@settings(max_examples=15)
@given(data=st.data())
def test_edges_stand_in_one_column_whatever_stands_left_of_them(alphabet: str, data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from(ALPHABETS[alphabet].replace(EDGE, "")), max_size=40))

    assert {row[-1] for row in cells(framed(text, 12))} == {EDGE}


@settings(max_examples=60)
@given(TEXT, TEXT)
def test_a_row_drawn_over_another_leaves_nothing_of_it(one: str, other: str) -> None:
    first, second = (framed(text.replace(EDGE, ""), 12) for text in (one, other))
    rows = max(first.rows(), second.rows())
    pictures = [urwid.CompositeCanvas(canvas) for canvas in (first, second)]
    for picture in pictures:
        picture.pad_trim_top_bottom(0, rows - picture.rows())

    assert cells(pictures[1], pictures[0]) == cells(pictures[1])

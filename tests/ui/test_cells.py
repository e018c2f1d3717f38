"""Whatever is said, no cell is torn: every row is as wide as the screen, and every border stands in its column."""

import pytest
import urwid
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.chat import ToolCall
from protocol.models import ServerSurvey
from protocol.turn import TurnState
from protocol.ui import NoticePosted, ServerChanged, TitleSet
from tests.support.addresses import Recorder
from tests.support.emulator import Emulator
from tests.ui.nasty import LINE, TEXT
from tests.ui.page import Page
from tests.ui.paper import written
from tests.ui.talk import TALK, accepted, called, failed, grew, moved, started, thought
from ui.face import Face
from ui.model import Model
from ui.outgoing import Written
from ui.paste import Pasted

COLUMNS = st.sampled_from([40, 53, 80])
ROWS = 24
JOINER = "\u200d"
"""Where it joins nothing, urwid's Edit hides what follows it."""


def cells(canvas: urwid.Canvas) -> list[list[str]]:
    """What a terminal has in its cells that takes each code point alone: no terminal knows less."""
    emulator = Emulator(canvas.cols(), canvas.rows())
    emulator.feed(written([canvas]))
    return emulator.cells()


def drawn(reply: str, columns: int, rows: int = ROWS) -> urwid.Canvas:
    """A reply, from its first row on, below its prompt and the name of its model."""
    page = Page((columns, rows)).take(started(), accepted("1"), moved("1", TurnState.ANSWERING), grew("1", reply))
    page.rows()
    return page.transcript.render((columns, rows))


def assert_whole(canvas: urwid.Canvas, columns: int) -> None:
    """Every row has so many cells, by urwid's count of it, or of its words and of the blanks behind them.

    A virama, or a joiner, may make a blank that follows it nothing, and urwid does not always know that when it pads.
    """
    rows = [[run.decode() for _, _, run in row] for row in canvas.content()]
    assert [row for row in rows if columns not in (sum(map(counted, row)), sum(map(padded, row)))] == []


def counted(text: str) -> int:
    return urwid.calc_width(text, 0, len(text))


def padded(text: str) -> int:
    said = text.rstrip(" ")
    return counted(said) + len(text) - len(said)


def column_of(border: str, rows: list[list[str]]) -> set[int]:
    """Where a border stands in those rows that have one."""
    return {row.index(border) for row in rows if border in row}


@settings(max_examples=60)
@given(TEXT, TEXT, COLUMNS)
def test_rows_of_text_are_as_wide_as_the_screen(reply: str, prompt: str, columns: int) -> None:
    page = Page((columns, ROWS)).take(started(), accepted("1", prompt), moved("1", TurnState.ANSWERING))
    page.take(thought("1", prompt), called("1", ToolCall(prompt, reply)), grew("1", reply), failed("1", reply))
    page.transcript.toggle_thinking()
    page.rows()

    assert_whole(page.transcript.render((columns, ROWS)), columns)


@settings(max_examples=60)
@given(st.lists(LINE, min_size=1, max_size=4), COLUMNS)
def test_the_bar_of_a_quote_stands_in_one_column(lines: list[str], columns: int) -> None:
    canvas = drawn("".join(f"> {line}\n" for line in lines) + "\nend", columns)

    assert_whole(canvas, columns)
    assert column_of("▌", cells(canvas)) <= {0}


@settings(max_examples=60)
@given(st.lists(st.tuples(LINE, LINE, LINE), min_size=1, max_size=4), COLUMNS)
def test_the_borders_of_a_table_stand_in_the_same_columns_in_each_row(
    table: list[tuple[str, str, str]], columns: int
) -> None:
    body = "".join(f"| {' | '.join(row)} |\n" for row in table)
    canvas = drawn(f"| a | b | c |\n|---|---|---|\n{body}", columns, 60)

    assert_whole(canvas, columns)
    rows = cells(canvas)[3:]
    heights = next(number for number, row in enumerate(rows[2:], 2) if "│" not in row)
    crossings = [place for place, cell in enumerate(rows[1]) if cell == "┼"]
    assert len(crossings) == 2
    assert {tuple(row[place] for place in crossings) for row in [rows[0], *rows[2:heights]]} == {("│", "│")}


@settings(max_examples=60)
@given(TEXT, st.integers(0, 3), COLUMNS)
def test_code_is_as_wide_as_the_screen_and_stands_behind_its_indent(code: str, depth: int, columns: int) -> None:
    canvas = drawn(f"{'> ' * depth}```python\n{'> ' * depth}{' '.join(code.split())}\n", columns)

    assert_whole(canvas, columns)
    bars = [row[: 2 * depth : 2] for row in cells(canvas)[3:] if "▌" in row]
    assert {tuple(bar) for bar in bars} <= {("▌",) * depth}


@settings(max_examples=40)
@given(TEXT, COLUMNS)
def test_the_bar_of_an_error_stands_in_one_column(text: str, columns: int) -> None:
    page = Page((columns, ROWS)).take(started(), accepted("1"), failed("1"), NoticePosted(TALK, text))
    page.rows()
    canvas = page.transcript.render((columns, ROWS))

    assert_whole(canvas, columns)
    assert [row[0] for row in cells(canvas)[2:4]] == ["|", "|"]


@settings(max_examples=60)
@given(TEXT, TEXT, TEXT, COLUMNS)
def test_every_row_of_the_whole_screen_is_as_wide_as_the_screen(
    name: str, title: str, draft: str, columns: int
) -> None:
    model = Model()
    for event in (ServerChanged(ServerSurvey(name)), started(model=name), TitleSet(TALK, title)):
        model.apply(event, 0.0)
    sent: Recorder[Written] = Recorder()
    face = Face(sent.tell)
    face.keypress((columns, ROWS), Pasted(draft.replace(JOINER, "")))
    face.show(model, 0.0, hint=draft)

    canvas = face.render((columns, ROWS), True)
    assert_whole(canvas, columns)
    assert len(cells(canvas)) == ROWS


@pytest.mark.parametrize("columns", [40, 80])
def test_a_family_in_a_table_moves_no_border(columns: int) -> None:
    canvas = drawn("| a | b |\n|---|---|\n| 👩\u200d👩\u200d👧 | 🇩🇪 |\n| ❤\ufe0f | e\u0301 |\n| x | שלום |\n", columns)

    assert column_of("│", cells(canvas)) == {3}

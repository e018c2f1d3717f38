"""Rows of the screen, which are made once and stay the same objects while what they show stays the same."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Literal

import urwid

Run = tuple[Hashable, Literal["0", "U"] | None, bytes]
"""A piece of a row: its ink, how it is written ("U": as it is), and its text in UTF-8."""

Row = list[Run]
"""The pieces of a row from left to right, as wide as the screen together. Whoever gets one changes nothing in it."""


class RowsCanvas(urwid.Canvas):
    """Rows one below the other: what urwid would put together anew, cell by cell, whenever it is drawn.

    `parts` are the canvases they come from, which urwid's cache forgets unless somebody holds them; when the widget of
    one of them changes, this canvas is out of date.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        columns: int,
        parts: Sequence[urwid.Canvas] = (),
        cursor: tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        self._rows = rows
        self._columns = columns
        self._parts = parts
        self.depends_on = [part.widget_info[0] for part in parts if part.widget_info]
        self.cursor = cursor

    def cols(self) -> int:
        """Return its width in columns."""
        return self._columns

    def rows(self) -> int:
        """Return its height in rows."""
        return len(self._rows)

    def content(
        self,
        trim_left: int = 0,
        trim_top: int = 0,
        cols: int = 0,
        rows: int = 0,
        attr: Mapping[Hashable, Hashable] | None = None,
    ) -> Iterator[Row]:
        """Yield the rows, or a part of each."""
        chosen = self._rows[trim_top : trim_top + rows if rows else None]
        if trim_left or (cols and cols != self._columns) or attr:
            right = trim_left + cols if cols else self._columns
            return (_cut(row, trim_left, right, attr or {}) for row in chosen)
        return iter(chosen)


class RowCache:
    """The rows of the canvases that were drawn for the last frame, each made when its canvas is new."""

    def __init__(self) -> None:
        self._last: dict[urwid.Canvas, Sequence[Row]] = {}
        self._now: dict[urwid.Canvas, Sequence[Row]] = {}

    def rows(self, canvas: urwid.Canvas) -> Sequence[Row]:
        """Return the rows of a canvas, which stays in urwid's cache while it is drawn in every frame."""
        found = self._now.get(canvas)
        if found is None:
            found = self._last.get(canvas)
            self._now[canvas] = found = rows_of(canvas) if found is None else found
        return found

    def next_frame(self) -> None:
        """Forget what was not drawn since this was called last."""
        self._last, self._now = self._now, {}


def rows_of(canvas: urwid.Canvas) -> list[Row]:
    """Return the rows of any canvas."""
    return list(canvas.content())


def stacked(parts: Sequence[urwid.Canvas], cache: RowCache, columns: int) -> RowsCanvas:
    """Return canvases one below the other. The cursor is that of the last one that has one."""
    rows: list[Row] = []
    cursor = None
    for part in parts:
        if part.cursor is not None:
            cursor = part.cursor[0], part.cursor[1] + len(rows)
        rows.extend(cache.rows(part))
    return RowsCanvas(rows, columns, parts, cursor)


def window(drawn: Sequence[Sequence[Row]], columns: int, rows: int, skip: int) -> list[Row]:
    """Return `rows` rows of what was drawn, one below the other, without the first `skip`."""
    whole = list(islice(chain.from_iterable(drawn), skip, skip + rows))
    return whole + [_blank(columns)] * (rows - len(whole))


@lru_cache(maxsize=4)
def _blank(columns: int) -> Row:
    return [(None, None, b" " * columns)]


def _cut(row: Row, left: int, right: int, attr: Mapping[Hashable, Hashable]) -> Row:
    """Return the columns of a row from `left` up to `right`, in other inks where `attr` says so."""
    made: Row = []
    column = 0
    for ink, charset, run in row:
        text = run.decode("utf-8", "replace")
        end = column + urwid.calc_width(text, 0, len(text))
        if column < right and end > left:
            piece = _between(text, max(0, left - column), min(end, right) - column)
            made.append((attr.get(ink, ink), charset, piece.encode()))
        column = end
    return made


def _between(text: str, left: int, right: int) -> str:
    """Return the columns of a text from `left` up to `right`; half a character becomes a blank."""
    begin, before = urwid.calc_text_pos(text, 0, len(text), left)
    if before < left:
        begin, before = urwid.move_next_char(text, begin, len(text)), left + 1
    end, _ = urwid.calc_text_pos(text, begin, len(text), max(0, right - before))
    lead = " " if before > left else ""
    piece = lead + text[begin:end]
    return piece + " " * (right - left - urwid.calc_width(piece, 0, len(piece)))

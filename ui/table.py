"""A table as a widget: its columns shrink to the width there is, and its cells wrap."""

from collections.abc import Sequence
from itertools import chain

import urwid

from ui.markdown_inline import inline_markup
from ui.markup import Markup, plain
from ui.palette import Role
from ui.paragraph import Align, markup_paragraph
from ui.rows import Row, RowsCanvas, Run, rows_of

Cells = tuple[str, ...]

_BETWEEN = " │ "
_LEAST_COLUMNS = 4
"""A column that would have to be narrower makes it a list of cells."""


class Table(urwid.Widget):
    """A table. A flow widget; where it has too many columns for the width, it is one cell a line."""

    _sizing = frozenset({urwid.FLOW})
    _selectable = False
    ignore_focus = True

    def __init__(self, rows: Sequence[Cells], aligned: Sequence[str]) -> None:
        super().__init__()
        self._aligned: list[Align] = [_align(name) for name in aligned]
        self._rows: list[Cells] = []
        self._markup: list[list[Markup]] = []
        self._cells: list[list[urwid.Text]] = []
        self._natural: list[int] = [1] * len(aligned)
        self._drawn: list[list[Row]] = []
        self._drawn_for: tuple[list[int], int] = ([], 0)
        self.show(rows)

    def show(self, rows: Sequence[Cells]) -> None:
        """Show other rows; those that are the same as before keep their widgets."""
        same = next((place for place, pair in enumerate(zip(rows, self._rows)) if pair[0] != pair[1]), None)  # noqa: B905
        same = min(len(rows), len(self._rows)) if same is None else same
        if same < len(self._rows):
            self._natural = [1] * len(self._aligned)
        measured = same if same == len(self._rows) else 0
        del self._cells[same:], self._markup[same:], self._drawn[same:]
        for place, row in enumerate(rows[same:], same):
            role = Role.TEXT if place else Role.STRONG
            self._markup.append([inline_markup(cell, role) for cell in row])
            self._cells.append(
                [markup_paragraph(text, align) for text, align in zip(self._markup[-1], self._aligned, strict=True)]
            )
        self._rows = list(rows)
        for cells in self._markup[measured:]:
            self._natural = [max(width, _width(plain(cell))) for width, cell in zip(self._natural, cells, strict=True)]
        self._invalidate()

    def rows(self, size: tuple[int], focus: bool = False) -> int:
        """Count the rows."""
        return self.render(size, focus).rows()

    def render(self, size: tuple[int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]  # noqa: ARG002
        """Draw it."""
        widths = fitting(self._natural, size[0] - len(_BETWEEN) * (len(self._natural) - 1))
        if self._drawn_for != (widths, size[0]):
            self._drawn, self._drawn_for = [], (widths, size[0])
        if not widths:
            return self._listed(size[0])
        self._drawn.extend(_drawn_row(cells, widths, size[0]) for cells in self._cells[len(self._drawn) :])
        crossing = "─┼─".join("─" * width for width in widths)
        line = _padded([(Role.TABLE, None, crossing.encode())], size[0] - len(crossing))
        return RowsCanvas([*self._drawn[0], line, *chain.from_iterable(self._drawn[1:])], size[0])

    def _listed(self, columns: int) -> urwid.Canvas:
        header = self._markup[0]
        for row in self._markup[len(self._drawn) :]:
            self._drawn.append(
                _listed_row(header, row, columns) if self._drawn else _below_one_another(header, columns)
            )
        return RowsCanvas([*chain.from_iterable(self._drawn[1:] or self._drawn)], columns)


def fitting(natural: Sequence[int], room: int) -> list[int]:
    """Return the widths of columns that would like to be `natural`; none where there is no room.

    Wide columns give way first: all that are narrowed become the same, within one.
    """
    widths = [min(width, _LEAST_COLUMNS) for width in natural]
    if sum(widths) > room:
        return []
    left = room - sum(widths)
    while left and (growing := [place for place, width in enumerate(widths) if width < natural[place]]):
        step = max(1, left // len(growing))
        for place in growing[:left]:
            more = min(step, natural[place] - widths[place])
            widths[place] += more
            left -= more
    return widths


def _drawn_row(cells: Sequence[urwid.Text], widths: Sequence[int], columns: int) -> list[Row]:
    drawn = [rows_of(cell.render((width,))) for cell, width in zip(cells, widths, strict=True)]
    room = columns - sum(widths) - len(_BETWEEN) * (len(widths) - 1)
    bar: Run = (Role.TABLE, None, _BETWEEN.encode())
    rows = []
    for place in range(max(map(len, drawn))):
        row: Row = []
        for cell, width in zip(drawn, widths, strict=True):
            row += [bar] if row else []
            row += cell[place] if place < len(cell) else [(None, None, b" " * width)]
        rows.append(_padded(row, room))
    return rows


def _padded(row: Row, room: int) -> Row:
    return [*row, (None, None, b" " * room)] if room > 0 else row


def _listed_row(header: Sequence[Markup], row: Sequence[Markup], columns: int) -> list[Row]:
    named = [_named(name, cell) for name, cell in zip(header, row, strict=True)]
    return _below_one_another([((Role.TABLE, "─" * columns),), *named], columns)


def _below_one_another(lines: Sequence[Markup], columns: int) -> list[Row]:
    return [row for line in lines for row in rows_of(markup_paragraph(line).render((columns,)))]


def _named(name: Markup, cell: Markup) -> Markup:
    return (*name, (Role.STRONG, ": "), *cell) if plain(name) else cell


def _align(name: str) -> Align:
    return "center" if name == "center" else "right" if name == "right" else "left"


def _width(text: str) -> int:
    return max(urwid.calc_width(line, 0, len(line)) for line in text.expandtabs(4).split("\n"))

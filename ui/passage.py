"""A leaf of a Markdown text as a widget, which stays the same while its leaf grows or becomes something else."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import urwid

from ui.caption import one_line
from ui.code import code_markup
from ui.leaf import Kind, Leaf
from ui.markdown_inline import inline_markup
from ui.markup import Markup, Run, plain
from ui.packed import Packed
from ui.palette import Role
from ui.paragraph import Wrap
from ui.rows import Row, RowsCanvas, rows_of
from ui.sanitiser import sanitise
from ui.table import Table
from ui.wrapped import Wrapped

Body = Table | urwid.AttrMap[urwid.Divider]
"""What draws a leaf that is no text."""

_WRAPS: Mapping[Kind, Wrap] = MappingProxyType(
    {Kind.TEXT: "space", Kind.PLAIN: "space", Kind.HEADING: "space", Kind.CODE: "any"}
)

_LEAST_COLUMNS = 6
"""In fewer columns nothing stands before the rows of a text; in more, it takes half of them at most."""
_LONGEST_LANGUAGE = 40


class Passage:
    """Draws a leaf, as a flow widget does. Its text is parsed, its code coloured and its rows made when it is first
    drawn, and stay until it shows another leaf or is let go of.
    """

    __slots__ = ("_body", "_canvas", "_coloured", "_height", "_leaf", "_packed", "_place", "_text")

    def __init__(self, leaf: Leaf) -> None:
        self._leaf: Leaf | None = leaf
        self._packed: Packed | None = None
        self._place = 0
        self._body: Body | None = None
        self._text: Wrapped | None = None
        """What wraps it, where it is text or code."""
        self._canvas: RowsCanvas | None = None
        self._height = (0, 0)
        """For so many columns, so many rows."""
        self._coloured: tuple[str, str, Markup] = ("", "", ())

    @property
    def leaf(self) -> Leaf:
        """What it draws."""
        if self._leaf is not None:
            return self._leaf
        assert self._packed is not None
        return self._packed.leaf(self._place)

    def pack(self, packed: Packed, place: int) -> None:
        """Have the leaf, which is final, looked up there when it is needed."""
        self._leaf, self._packed, self._place = None, packed, place

    def show(self, leaf: Leaf) -> None:
        """Show another leaf in the same place."""
        was = self.leaf
        if leaf == was:
            return
        self._leaf, self._packed = leaf, None
        if isinstance(self._body, Table) and leaf.kind is Kind.TABLE and leaf.aligned == was.aligned:
            self._body.show(leaf.table)
        elif leaf.kind is not was.kind or leaf.kind not in _WRAPS:
            self._body = self._text = None
        self._canvas, self._height = None, (0, 0)

    def let_go(self) -> None:
        """Nobody looks at it: keep what cannot be made again."""
        self._body = self._text = self._canvas = None
        self._coloured = ("", "", ())

    def rows(self, size: tuple[int], focus: bool = False) -> int:  # noqa: ARG002
        """Count the rows."""
        columns = size[0]
        if self._height[0] != columns:
            unseen = self._body is None and self._text is None
            self._height = columns, self.leaf.gap + len(self._rows(columns - self._margin(columns)))
            if unseen:
                self.let_go()
        return self._height[1]

    def render(self, size: tuple[int], focus: bool = False) -> RowsCanvas:  # noqa: ARG002
        """Draw it."""
        columns = size[0]
        if self._canvas is None or self._canvas.cols() != columns:
            self._canvas = self._drawn(columns)
            self._height = columns, self._canvas.rows()
        return self._canvas

    def _drawn(self, columns: int) -> RowsCanvas:
        margin = self._margin(columns)
        rows = self._rows(columns - margin)
        if margin:
            first, rest = (_row(_end(markup, margin), margin) for markup in (self.leaf.first, self.leaf.rest))
            rows = [[*(rest if place else first), *row] for place, row in enumerate(rows)]
        if self.leaf.gap:
            rows = [*[_row(self.leaf.above, columns)] * self.leaf.gap, *rows]
        return RowsCanvas(rows, columns)

    def _rows(self, columns: int) -> list[Row]:
        """Return the rows of its text, without what stands before and above them."""
        wrap = _WRAPS.get(self.leaf.kind)
        if wrap is None:
            self._body = self._body or self._made()
            return rows_of(self._body.render((columns,)))
        self._text = self._text or Wrapped(wrap)
        return self._text.rows(self._markup(), columns)

    def _margin(self, columns: int) -> int:
        wanted = max(len(plain(self.leaf.first)), len(plain(self.leaf.rest)))
        return min(wanted, columns // 2) if columns >= _LEAST_COLUMNS else 0

    def _made(self) -> Body:
        if self.leaf.kind is Kind.TABLE:
            return Table(self.leaf.table, self.leaf.aligned)
        return urwid.AttrMap(urwid.Divider("─"), Role.TABLE)

    def _markup(self) -> Markup:
        match self.leaf.kind:
            case Kind.CODE:
                return self._code()
            case Kind.PLAIN:
                return ((Role.TEXT, sanitise(self.leaf.text)),)
            case Kind.HEADING:
                return inline_markup(self.leaf.text, Role.HEADING)
            case _:
                return inline_markup(self.leaf.text, Role.TEXT)

    def _code(self) -> Markup:
        """Return what is shown of some code. Lines that are complete are coloured once; one that grows is not."""
        leaf = self.leaf
        label = one_line(leaf.language, _LONGEST_LANGUAGE) if leaf.opens else ""
        named: Markup = ((Role.MARK, label + ("\n" if leaf.text or leaf.growing else "")),)
        if self._coloured[:2] != (leaf.text, leaf.language):
            name = leaf.language.split()[0] if leaf.language.split() else ""
            self._coloured = (leaf.text, leaf.language, code_markup(leaf.text, name))
        grows = f"\n{leaf.growing}" if leaf.text and leaf.growing else leaf.growing
        return (*(named if label else ()), *self._coloured[2], (Role.CODE_BLOCK, sanitise(grows)))


def _end(markup: Markup, columns: int) -> Markup:
    """Return as much of the end of what stands before a row as there is room for."""
    excess = len(plain(markup)) - columns
    kept: list[Run] = []
    for role, text in markup:
        kept.append((role, text[max(0, excess) :]))
        excess -= len(text)
    return tuple(kept)


def _row(markup: Markup, columns: int) -> Row:
    """Return a row of marks, each of which is one column wide, and blanks behind them."""
    marks = [(ink, None, text.encode()) for ink, text in _beginning(markup, columns)]
    blanks = columns - len(plain(markup))
    return [*marks, (Role.TEXT, None, b" " * blanks)] if blanks > 0 else [*marks]


def _beginning(markup: Markup, columns: int) -> Iterator[Run]:
    """Yield as much of some marks as there is room for."""
    for ink, text in markup:
        if columns > 0:
            yield ink, text[:columns]
        columns -= len(text)

"""How what is to be copied stands out: the marked blocks on another ground, and a number beside each piece of code."""

from collections.abc import Hashable, Mapping

import urwid

from ui.column import Block
from ui.palette import Role, selected
from ui.passage import Passage
from ui.rows import Row, RowsCanvas, rows_of
from ui.selection import Item


class Marker:
    """Marks one item, and numbers the pieces of code of its message."""

    def __init__(self, item: Item, numbers: Mapping[Block, int]) -> None:
        self._marked = frozenset(item.blocks)
        self._numbers = numbers

    def drawn(self, block: Block, canvas: urwid.Canvas) -> urwid.Canvas:
        """Return what a block looks like, marked and numbered as it is. The blank rows above it are no part of it."""
        number = self._numbers.get(block)
        if block not in self._marked and number is None:
            return canvas
        gap = block.leaf.gap if isinstance(block, Passage) else 0
        shown = _marked(canvas, gap) if block in self._marked else canvas
        return shown if number is None else _numbered(shown, gap, f" {number} ")


def _marked(canvas: urwid.Canvas, gap: int) -> urwid.Canvas:
    rows = rows_of(canvas)
    return RowsCanvas([*rows[:gap], *map(_selected, rows[gap:])], canvas.cols(), [canvas])


def _selected(row: Row) -> Row:
    return [(_on_other_ground(ink), charset, run) for ink, charset, run in row]


def _on_other_ground(ink: Hashable) -> Hashable:
    if isinstance(ink, urwid.LayeredAttr):
        return urwid.LayeredAttr(*map(_on_other_ground, ink.layers))
    if ink is None:
        return selected(Role.TEXT)
    return selected(ink) if isinstance(ink, Role) else ink


def _numbered(canvas: urwid.Canvas, row: int, text: str) -> urwid.Canvas:
    whole = urwid.CompositeCanvas(canvas)
    label = urwid.CompositeCanvas(urwid.Text((Role.STATUS_STRONG, text)).render((len(text),)))
    whole.overlay(label, max(0, whole.cols() - label.cols()), row)
    return whole

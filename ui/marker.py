"""How what is to be copied stands out: the marked blocks in another role, and a number beside each piece of code."""

from collections.abc import Hashable, Mapping
from types import MappingProxyType

import urwid

from ui.column import Block
from ui.palette import Role
from ui.passage import Passage
from ui.selection import Item

_SELECTED: Mapping[Hashable, Hashable] = MappingProxyType(dict.fromkeys((None, *Role), Role.SELECTED))


class Marker:
    """Marks one item, and numbers the pieces of code of its message."""

    def __init__(self, item: Item, numbers: Mapping[Block, int]) -> None:
        self._marked = frozenset(item.blocks)
        self._numbers = numbers

    def drawn(self, block: Block, canvas: urwid.Canvas) -> urwid.Canvas:
        """Return what a block looks like, marked and numbered as it is."""
        number = self._numbers.get(block)
        if block not in self._marked and number is None:
            return canvas
        gap = block.leaf.gap if isinstance(block, Passage) else 0
        whole = urwid.CompositeCanvas(canvas)
        if block in self._marked:
            whole = _marked(whole, gap)
        if number is not None:
            text = f" {number} "
            label = urwid.CompositeCanvas(urwid.Text((Role.STATUS_STRONG, text)).render((len(text),)))
            whole.overlay(label, max(0, whole.cols() - label.cols()), gap)
        return whole


def _marked(canvas: urwid.CompositeCanvas, gap: int) -> urwid.CompositeCanvas:
    """The blank rows above a block are no part of it."""
    body = urwid.CompositeCanvas(canvas)
    body.trim(gap)
    body.fill_attr_apply(dict(_SELECTED))
    if not gap:
        return body
    above = urwid.CompositeCanvas(canvas)
    above.trim(0, gap)
    return urwid.CanvasCombine([(above, None, False), (body, None, False)])

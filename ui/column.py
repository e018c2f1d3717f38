"""All blocks of a transcript as one column: counting its rows, and walking it up and down."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import urwid

from ui.palette import Role
from ui.paragraph import paragraph
from ui.passage import Passage
from ui.rows import Row, RowCache

_logger = logging.getLogger(__name__)

_KEPT_DRAWN = 300
"""Passages, some screens full of them."""

Block = urwid.Text | urwid.Columns | urwid.Padding[urwid.Text] | Passage
"""A flow widget. It stays the same object while what it shows is the same thing."""


class View(Protocol):
    """What shows one entry."""

    @property
    def blocks(self) -> Sequence[Block]:
        """Its blocks, from top to bottom."""
        ...


@dataclass(frozen=True)
class Spot:
    """A row of a block."""

    view: int
    block: Block
    row: int
    columns: int
    """The width the row was counted in."""


class Column:
    """The views of a transcript, one below the other.

    A block that cannot be drawn is replaced by a sentence that says so; the others are drawn as ever.
    """

    def __init__(self, views: Sequence[View]) -> None:
        self._views = views
        self._broken: dict[Block, urwid.Text] = {}
        self._drawn = RowCache()
        self._seen: dict[Passage, None] = {}
        """The passages that were drawn last, the latest at the end."""

    def draw(self, block: Block, columns: int) -> urwid.Canvas:
        """Draw a block."""
        try:
            return self._broken.get(block, block).render((columns,))
        except Exception as error:  # noqa: BLE001 - whatever a view raises is shown in its place
            return self._replaced(block, error).render((columns,))

    def drawn(self, block: Block, columns: int) -> Sequence[Row]:
        """Return the rows of a block; they are made once while it stays the same and is drawn in every frame."""
        if isinstance(block, Passage):
            self._note_seen(block)
        return self._drawn.rows(self.draw(block, columns))

    def next_frame(self) -> None:
        """A frame begins."""
        self._drawn.next_frame()

    def rows(self, block: Block, columns: int) -> int:
        """Count the rows of a block."""
        try:
            return self._broken.get(block, block).rows((columns,))
        except Exception as error:  # noqa: BLE001 - whatever a view raises is shown in its place
            return self._replaced(block, error).rows((columns,))

    def upwards(self) -> Iterator[tuple[int, Block]]:
        """Yield all blocks from the last to the first, with the places of their views."""
        return self._above(len(self._views), 0)

    def downwards(self, spot: Spot | None = None) -> Iterator[tuple[int, Block]]:
        """Yield the blocks from a spot's on, or all."""
        if spot is None:
            return self._below(0, 0)
        return self._below(spot.view, self._place(spot, 0))

    def first(self, columns: int) -> Spot | None:
        """Return the first row of all."""
        first = next(self.downwards(), None)
        return Spot(*first, 0, columns) if first else None

    def at_width(self, spot: Spot, columns: int) -> Spot:
        """Return the spot at another width: about as far down its block as before."""
        if spot.columns == columns:
            return spot
        before, after = self.rows(spot.block, spot.columns), self.rows(spot.block, columns)
        return replace(spot, row=min(after - 1, spot.row * after // max(1, before)), columns=columns)

    def moved(self, spot: Spot, rows: int) -> Spot:
        """Return the spot so many rows below, or above if negative, as far as there are rows."""
        place = self._place(spot, 0)
        row, at = spot.row + rows, (spot.view, spot.block)
        above = self._above(spot.view, place)
        while row < 0 and (previous := next(above, None)) is not None:
            at = previous
            row += self.rows(at[1], spot.columns)
        below = self._below(spot.view, place + 1)
        while row >= (height := self.rows(at[1], spot.columns)):
            following = next(below, None)
            if following is None:
                row = height - 1
                break
            at = following
            row -= height
        return Spot(*at, max(0, row), spot.columns)

    def count_from(self, spot: Spot, limit: int) -> int:
        """Count the rows from a spot on, that one included; no further than `limit`."""
        count = -spot.row
        for _, block in self._below(spot.view, self._place(spot, len(self._views[spot.view].blocks))):
            count += self.rows(block, spot.columns)
            if count >= limit:
                return limit
        return max(0, count)

    def rows_between(self, upper: Spot, lower: Spot, limit: int) -> int | None:
        """Count the rows from one spot down to another; None if that is not below within `limit` rows."""
        count = -upper.row
        for view, block in self._below(upper.view, self._place(upper, 0)):
            if view == lower.view and block is lower.block:
                return count + lower.row if count + lower.row >= 0 else None
            count += self.rows(block, upper.columns)
            if count > limit:
                return None
        return None

    def _above(self, view: int, place: int) -> Iterator[tuple[int, Block]]:
        here = self._views[view].blocks[:place] if place else ()
        yield from ((view, block) for block in reversed(here))
        for earlier in range(view - 1, -1, -1):
            yield from ((earlier, block) for block in reversed(self._views[earlier].blocks))

    def _below(self, view: int, place: int) -> Iterator[tuple[int, Block]]:
        yield from ((view, block) for block in self._views[view].blocks[place:])
        for later in range(view + 1, len(self._views)):
            yield from ((later, block) for block in self._views[later].blocks)

    def _place(self, spot: Spot, otherwise: int) -> int:
        blocks = self._views[spot.view].blocks
        return next((place for place, block in enumerate(blocks) if block is spot.block), otherwise)

    def _note_seen(self, block: Passage) -> None:
        """Of what was seen, keep only the latest as it was drawn: a long talk would take much memory."""
        self._seen.pop(block, None)
        self._seen[block] = None
        if len(self._seen) > _KEPT_DRAWN:
            earliest = next(iter(self._seen))
            del self._seen[earliest]
            earliest.let_go()

    def _replaced(self, block: Block, error: Exception) -> urwid.Text:
        _logger.error("A block of the transcript cannot be drawn", exc_info=error)
        self._broken[block] = paragraph(Role.ERROR, f"(this part cannot be drawn: {error})")
        return self._broken[block]

"""Rows that moved up: the terminal moves them itself, so that a line more does not cost a screen full of them."""

from collections.abc import Iterator, Sequence

from urwid.display import escape

from protocol.message import Value
from ui.rows import Row, Run

_LEAST = 3
"""Fewer rows are written anew at no more cost."""


class Scroll(Value, frozen=True):
    """The rows from `top` up to `bottom`, of which the first `by` leave the screen, and as many come at the end."""

    top: int
    bottom: int
    by: int

    @property
    def moved(self) -> int:
        """How many rows need not be written."""
        return self.bottom - self.top - self.by

    @property
    def sequence(self) -> str:
        """What makes a terminal do it: line feeds at the end of a scrolling region, as every VT100 has them."""
        feeds = escape.set_cursor_position(0, self.bottom - 1) + "\n" * self.by
        return f"\x1b[{self.top + 1};{self.bottom}r{feeds}\x1b[r"

    def applied(self, rows: Sequence[Sequence[Run]]) -> list[Sequence[Run]]:
        """Return the rows that are on the screen then. Of what comes at the end nothing is known."""
        came: list[Sequence[Run]] = [()] * self.by
        return [*rows[: self.top], *rows[self.top + self.by : self.bottom], *came, *rows[self.bottom :]]


def scrolled(before: Sequence[Sequence[Run]], rows: Sequence[Row]) -> Scroll | None:
    """Return how most of the rows of a picture can be had from those before; None where hardly any moved up.

    Rows are the same where they are the same object: `ui.rows` keeps them.
    """
    top = next((place for place, row in enumerate(rows) if row is not before[place]), len(rows))
    best = max(_scrolls(before, rows, top), key=lambda scroll: scroll.moved, default=None)
    return best if best is not None and best.moved >= _LEAST else None


def _scrolls(before: Sequence[Sequence[Run]], rows: Sequence[Row], top: int) -> Iterator[Scroll]:
    for by in range(1, len(rows) - top):
        if rows[top] is before[top + by]:
            end = top + 1
            while end + by < len(rows) and rows[end] is before[end + by]:
                end += 1
            yield Scroll(top, end + by, by)

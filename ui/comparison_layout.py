"""Where the columns of a comparison stand: as many side by side as can be read, the one in focus among them."""

from protocol.message import Value

LEAST = 26
"""Screen columns in which an answer can be read."""

GAP = 3
"""Between two answers: a line, and a blank on either side of it."""


class Stand(Value, frozen=True):
    """Where one column stands."""

    place: int
    """Which of the columns it is, from 0 on."""
    left: int
    columns: int


def stands(count: int, columns: int, first: int, focus: int) -> tuple[Stand, ...]:
    """Return where the columns stand of which there is room, from left to right.

    `first` is the leftmost of the last frame: it stays as long as the one in focus can be seen.
    """
    if not count:
        return ()
    fitting = max(1, min(count, (columns + GAP) // (LEAST + GAP)))
    start = min(max(0, first, focus - fitting + 1), focus, count - fitting)
    width, wider = divmod(columns - GAP * (fitting - 1), fitting)
    found: list[Stand] = []
    left = 0
    for number in range(fitting):
        own = width + (number < wider)
        found.append(Stand(start + number, left, own))
        left += own + GAP
    return tuple(found)


def stand_at(found: tuple[Stand, ...], column: int) -> Stand | None:
    """Return the one at a column of the screen, if there is one."""
    return next((one for one in found if one.left <= column < one.left + one.columns), None)

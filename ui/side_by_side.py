"""Columns of rows side by side, as rows of the whole width that know what they are made of."""

from collections.abc import Sequence
from functools import lru_cache

from ui.palette import Role
from ui.rows import Row, Run

_LINE = "│"


class DividedRow(list[Run]):
    """A row that is made of the rows of several columns. Whoever gets one changes nothing in it.

    Of two of them that are divided alike only the parts that differ need to be painted.
    """

    __slots__ = ("lefts", "parts")

    def __init__(self, lefts: tuple[int, ...], parts: tuple[Row, ...], divider: Run) -> None:
        super().__init__(parts[0])
        for part in parts[1:]:
            self.append(divider)
            self.extend(part)
        self.lefts = lefts
        """Where the parts begin, in columns of the screen."""
        self.parts = parts

    def unlike(self, other: Sequence[Run]) -> list[tuple[int, Row, Row]] | None:
        """Return the parts that are not as in another row, with where they begin and what is there; None where the
        other is divided otherwise."""
        if not isinstance(other, DividedRow) or other.lefts != self.lefts:
            return None
        parts = zip(self.lefts, self.parts, other.parts, strict=True)
        return [(left, part, was) for left, part, was in parts if part is not was and part != was]


class SideBySide:
    """Puts columns side by side, frame by frame. A row stays the same object while all its parts do."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, ...], DividedRow] = {}

    def joined(self, lefts: Sequence[int], columns: Sequence[Sequence[Row]], gap: int) -> list[Row]:
        """Return the rows of columns that begin at `lefts` and are all as high. One column is as it is."""
        if len(columns) == 1:
            return list(columns[0])
        begin, made = tuple(lefts), dict[tuple[int, ...], DividedRow]()
        rows: list[Row] = []
        for parts in zip(*columns, strict=True):
            key = (*begin, *map(id, parts))
            row = made.get(key) or self._last.get(key)
            made[key] = row = row if row is not None else DividedRow(begin, parts, _divider(gap))
            rows.append(row)
        self._last = made  # it holds the parts, too: no other object has their ids meanwhile
        return rows


@lru_cache(maxsize=4)
def _divider(gap: int) -> Run:
    return Role.TABLE, None, _LINE.center(gap).encode()

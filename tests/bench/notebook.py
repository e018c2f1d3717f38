"""What was measured so far, and what becomes of it: one finding for each row of the table."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import ceil, inf
from statistics import median

import msgspec

from protocol.message import Value

PROGRAM, OFFICIAL, FLOOR = "chinwag", "official", "floor"
"""Who was measured: this program, the official Python client without a screen, and the least that Python can do."""

IMPORT_THERE = 148.0
"""Milliseconds that `python -c "import urwid"` took on the machine where the goals were set."""


class Notebook:
    """Keeps every sample, by row and by who was measured."""

    def __init__(self) -> None:
        self._samples = defaultdict[tuple[str, str], list[float]](list)

    def note(self, row: str, *values: float, who: str = PROGRAM) -> None:
        """Keep samples, in the unit of the row."""
        self._samples[row, who] += values

    def samples(self, row: str, who: str = PROGRAM) -> list[float]:
        """All samples, in the order they came."""
        return self._samples[row, who]


def p99(samples: Sequence[float]) -> float:
    """99 of 100 are at most this; of fewer than 100, the largest."""
    return sorted(samples)[ceil(0.99 * len(samples)) - 1]


Statistic = Callable[[Sequence[float]], float]


class Row(Value, frozen=True):
    """One row of the table: what is told of which samples, and what it must reach."""

    name: str
    unit: str
    """As it is printed: ms, s, %, MB, x, or what is counted."""
    of: str
    """The samples' row in the notebook."""
    statistic: Statistic = median
    goal: float | None = None
    """What the statistic may be at most, on the machine where the goals were set; None where it is good to know."""
    is_time: bool = False
    """Whether a slower machine may take longer."""


class Finding(Value, frozen=True):
    """What came of one row."""

    name: str
    unit: str
    value: float
    """Infinite when nothing could be measured."""
    low: float
    """A quarter of the samples are at most this."""
    high: float
    """Three quarters are at most this."""
    samples: int
    goal: float | None = None
    """On the machine where the goals were set."""
    goal_here: float | None = None
    """The same, for a time by how much longer `import urwid` takes here."""
    references: dict[str, float] = msgspec.field(default_factory=dict)
    """The same of others, in the same run."""

    @property
    def met(self) -> bool:
        """True unless the goal is missed here."""
        return self.goal_here is None or self.value <= self.goal_here


def findings(rows: Iterable[Row], book: Notebook) -> list[Finding]:
    """Every row, with what was noted for it."""
    imports = book.samples("import")
    slower = median(imports) / IMPORT_THERE if imports else 1.0
    return [_finding(row, book, slower if row.is_time else 1.0) for row in rows]


def _finding(row: Row, book: Notebook, slower: float) -> Finding:
    samples = sorted(book.samples(row.of)) or [inf]
    others = {who: book.samples(row.of, who) for who in (OFFICIAL, FLOOR)}
    return Finding(
        row.name,
        row.unit,
        row.statistic(samples),
        samples[len(samples) // 4],
        samples[len(samples) * 3 // 4],
        len(book.samples(row.of)),
        row.goal,
        None if row.goal is None else row.goal * slower,
        {who: row.statistic(noted) for who, noted in others.items() if noted},
    )

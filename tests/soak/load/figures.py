"""Runs a load, and says whether everything came back."""

import time
from collections.abc import Sequence

from protocol.message import Value
from tests.soak.load.census import MIB, Census, census
from tests.soak.load.loads import Load

NOISE_BLOCKS = 4_000
"""Objects that may be more or fewer for no reason: caches, lists of the interpreter."""
NOISE_MIB = 6.0


class Figures(Value, frozen=True):
    """What a load has shown."""

    name: str
    count: int
    seconds: float
    before: Census
    middle: Census
    """After the first half, at rest, the engine running."""
    end: Census
    """After the second half."""
    after: Census
    """With the engine stopped."""
    grows: int
    half: int

    @property
    def growth(self) -> float:
        """MiB that the second half has added."""
        return self.end.resident - self.middle.resident

    @property
    def faults(self) -> tuple[str, ...]:
        """What did not come back, in words."""
        room = NOISE_MIB + self.grows * self.half / MIB
        found = (
            ("threads", self.after.threads != self.before.threads or self.end.threads > self.middle.threads),
            ("descriptors", self.after.descriptors != self.before.descriptors),
            ("descriptors of the engine", self.end.descriptors > self.middle.descriptors),
            ("memory of the engine", self.growth > room),
            ("objects of the engine", not self.grows and self.end.blocks - self.middle.blocks > NOISE_BLOCKS),
            ("memory", self.after.resident - self.before.resident > 2 * NOISE_MIB),
            ("objects", self.after.blocks - self.before.blocks > NOISE_BLOCKS),
        )
        return tuple(name for name, faulty in found if faulty)


def measure(load: Load, port: int, half: int) -> Figures:
    """Run a load once: a little to warm up, in an engine of its own, and then both halves."""
    with load.open(port) as work:
        work(min(half, load.quick))
    before = census()
    begun = time.perf_counter()
    with load.open(port) as work:
        work(half)
        middle = census()
        work(half)
        end = census()
    seconds = time.perf_counter() - begun
    del work
    return Figures(load.name, 2 * half, seconds, before, middle, end, census(), load.grows, half)


def table(measured: Sequence[Figures]) -> str:
    """Lay figures out to be read: before, half way, at the end, and after the stop."""
    width = max((len(each.name) for each in measured), default=0)
    heads = (
        f"{'times':>9} {'per second':>10}  {'threads':>12} {'descriptors':>12}  {'MiB':>23}  {'objects, thousands':>23}"
    )
    return "\n".join([f"{'':{width}}  {heads}", *(_row(each, width) for each in measured)])


def _row(figures: Figures, width: int) -> str:
    counts = figures.before, figures.middle, figures.end, figures.after
    return (
        f"{figures.name:{width}}  {figures.count:>9,} {figures.count / figures.seconds:>10,.0f}"
        f"  {_all(each.threads for each in counts):>12} {_all(each.descriptors for each in counts):>12}"
        f"  {_all(f'{each.resident:.1f}' for each in counts):>23}"
        f"  {_all(f'{each.blocks / 1000:.1f}' for each in counts):>23}"
        f"  {'ok' if not figures.faults else 'GREW: ' + ', '.join(figures.faults)}"
    )


def _all(values: object) -> str:
    return " ".join(map(str, values))  # type: ignore[call-overload]

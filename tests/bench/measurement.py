"""One number that was measured, with its goal, and a table of such."""

import time
from collections.abc import Callable, Sequence
from statistics import median

from protocol.message import Value


class Measurement(Value, frozen=True):
    """What one thing costs."""

    name: str
    unit: str
    """`ms`, or `x` for a ratio of two costs."""
    median: float
    p95: float | None = None
    """95 of 100 times it costs at most this; None for a ratio."""
    goal: float | None = None
    """What the median may be at most; None where it is only good to know."""

    @property
    def met(self) -> bool:
        """True unless the goal is missed."""
        return self.goal is None or self.median <= self.goal


def timed(name: str, work: Callable[[], object], times: int, goal: float | None = None) -> Measurement:
    """Do something several times, after once that does not count."""
    work()
    costs = sorted(_milliseconds(work) for _ in range(times))
    return Measurement(name, "ms", median(costs), costs[int(0.95 * (len(costs) - 1))], goal)


def ratio(name: str, small: Measurement, large: Measurement, goal: float) -> Measurement:
    """How many times as much the large case costs."""
    return Measurement(name, "x", large.median / small.median, goal=goal)


def table(measurements: Sequence[Measurement]) -> str:
    """Lay measurements out to be read."""
    width = max((len(each.name) for each in measurements), default=0)
    lines = [f"{'':{width}}  {'median':>11}  {'p95':>11}  goal"]
    for each in measurements:
        p95 = f"{each.p95:8.2f} {each.unit}" if each.p95 is not None else ""
        goal = "" if each.goal is None else f"<= {each.goal:g} {each.unit}{'' if each.met else '  MISSED'}"
        lines.append(f"{each.name:{width}}  {each.median:8.2f} {each.unit:2}  {p95:>11}  {goal}".rstrip())
    return "\n".join(lines)


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000

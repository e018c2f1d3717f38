"""Stopping the parts of the engine, one after the other, in a bounded time."""

import logging
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

import pykka

from actors.actor import stop
from protocol.message import Value

logger = logging.getLogger(__name__)

STOP_SECONDS = 5.0
"""The promise: everything is stopped within this."""

StoppedPart = tuple[str, Callable[[float], bool]]
"""A part, and how it is stopped: that returns whether it was done within the seconds it is given."""


class ShutdownReport(Value, frozen=True):
    """How stopping went."""

    late: tuple[str, ...]
    """Who did not stop in time, in the order of asking. They are daemon threads: the process ends all the same."""
    seconds: float

    def __str__(self) -> str:
        return f"These parts did not stop in time: {', '.join(self.late)}." if self.late else ""


def stop_in_order(parts: Sequence[StoppedPart], seconds: float) -> ShutdownReport:
    """Stop one part after the other. Blocks up to `seconds`; one that is stuck leaves time for the others."""
    begin = monotonic()
    late = dict[str, None]()
    for done, (name, stop_part) in enumerate(parts):
        left = max(0.0, seconds - (monotonic() - begin))
        if not stop_part(left / (len(parts) - done)):
            late[name] = None
    report = ShutdownReport(tuple(late), monotonic() - begin)
    logger.log(logging.WARNING if late else logging.INFO, "stopped in %.3f s. %s", report.seconds, report)
    return report


def stop_together(actors: Sequence[pykka.ActorRef[Any]], seconds: float) -> bool:
    """Stop all of these at the same time, and wait until all are gone; False if some were not after `seconds`."""
    deadline = monotonic() + seconds
    for actor in actors:
        actor.stop(block=False)
    late = [actor for actor in actors if not stop(actor, max(0.0, deadline - monotonic()))]
    return not late

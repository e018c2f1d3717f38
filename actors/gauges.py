"""How the parts of the engine fare: what /debug shows. Nobody is asked, so that a stuck part cannot hinder it."""

from collections.abc import Iterable
from dataclasses import dataclass

from actors.credit import Credit
from actors.vitals import Vitals

_NAME = 12
_OF_A_SERVER = "Librarian"
_HEAD = f"{'part':<12}{'waiting':>8}{'lost':>6}{'restarts':>10}"


@dataclass(frozen=True)
class Gauge:
    """What can be seen of one actor from outside."""

    name: str
    vitals: Vitals
    waiting: int
    """Messages in its mailbox."""
    lost: int
    """Dead letters: messages that came when it was not there."""


def _shown(name: str) -> str:
    """The Librarian of a server beside the default one is called by that."""
    server = name.removeprefix(f"{_OF_A_SERVER} ")
    return name if server == name else f" at {server}"[: _NAME - 1]


def describe_engine(gauges: Iterable[Gauge], credit: Credit, streams: int) -> str:
    """Say how each actor fares, a cross after the dead, two lines for one at work. 40 columns. Any thread."""
    lines = [_HEAD]
    for gauge in gauges:
        end = " +" if gauge.vitals.dead else ""
        lines.append(f"{_shown(gauge.name):<{_NAME}}{gauge.waiting:>8}{gauge.lost:>6}{gauge.vitals.restarts:>10}{end}")
        busy = gauge.vitals.busy
        if busy is not None:
            lines.append(f"  {busy[1]:.1f} s at {busy[0]}")
    return "\n".join([*lines, f"Streams under way: {streams}.", f"Credits in flight: {credit.total}."])

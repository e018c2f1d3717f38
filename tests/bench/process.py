"""What a process costs: the time on a processor of all its threads, and its memory."""

import os
import time
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_SCHEDULED = 2
"""The kernel's name for the clock of a process that counts what the scheduler gave it."""


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, to the nanosecond, of threads that have ended too; and of its children."""
    return _own_seconds(pid) + _ended_children(pid) + sum(map(cpu_seconds, _children(pid)))


def thread_seconds(pid: int) -> dict[int, float]:
    """Processor time so far of each thread that runs now, by its number."""
    spent = dict[int, float]()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):
            spent[int(task.name)] = int((task / "schedstat").read_text().split()[0]) / 1e9
    return spent


def resident_bytes(pid: int) -> int:
    """Memory that a process and its children have in RAM."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Rss:"):
                return int(line.split()[1]) * 1024 + sum(map(resident_bytes, _children(pid)))
    return 0


def _own_seconds(pid: int) -> float:
    with suppress(OSError):
        return time.clock_gettime((~pid) << 3 | _SCHEDULED)
    return 0.0


def _ended_children(pid: int) -> float:
    with suppress(FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / _TICKS
    return 0.0


def _children(pid: int) -> list[int]:
    with suppress(FileNotFoundError, ProcessLookupError):
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []

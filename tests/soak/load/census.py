"""What the process has: threads, descriptors, memory."""

import ctypes
import gc
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

from protocol.message import Value

MIB = 1024 * 1024


class Census(Value, frozen=True):
    """One count."""

    threads: int
    descriptors: int
    resident: float
    """MiB that the process holds of the machine's memory, with what is free in its heap given back."""
    blocks: int
    """Objects of Python, about: what `sys.getallocatedblocks` counts."""


def census() -> Census:
    """Count, after all rubbish is cleared away."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    resident = pages * os.sysconf("SC_PAGE_SIZE") / MIB
    return Census(threading.active_count(), len(os.listdir("/proc/self/fd")) - 1, resident, sys.getallocatedblocks())

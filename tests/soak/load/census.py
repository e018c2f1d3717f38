"""What the process has: threads, descriptors, memory."""

import ctypes
import gc
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from pykka import ActorRegistry

from actors.archivist import Archivist
from actors.coordinator import Coordinator
from actors.librarian import Librarian
from protocol.coordinator import ShowQueue
from protocol.identity import ConversationId
from protocol.librarian import RememberModel
from protocol.message import Value
from protocol.timekeeper import FlushDue
from tests.support.addresses import PATIENCE

MIB = 1024 * 1024
_A_MOMENT = 0.5
"""Seconds."""


class Census(Value, frozen=True):
    """One count."""

    threads: int
    descriptors: int
    resident: float
    """MiB that the process holds of the machine's memory, with what is free in its heap given back."""
    blocks: int
    """Objects of Python, about: what `sys.getallocatedblocks` counts."""


def census() -> Census:
    """Count, when everybody rests and all rubbish is cleared away."""
    _rest()
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    resident = pages * os.sysconf("SC_PAGE_SIZE") / MIB
    return Census(threading.active_count(), len(os.listdir("/proc/self/fd")) - 1, resident, sys.getallocatedblocks())


def _rest() -> None:
    """Wait until the readers that have ended are gone, and the Librarian has looked at the server for the last time.

    A conversation that begins has it look, so the Coordinator is asked first whether that is done. The Archivist may
    have files open while it writes.
    """
    for thread in threading.enumerate():
        if thread.name.startswith("StreamReader"):
            thread.join(PATIENCE)
    _see_threads_off()
    for coordinator in ActorRegistry.get_by_class(Coordinator):
        coordinator.ask(ShowQueue(ConversationId("none")), timeout=PATIENCE)
    for librarian in ActorRegistry.get_by_class(Librarian):
        librarian.ask(RememberModel("none"), timeout=PATIENCE)
    for archivist in ActorRegistry.get_by_class(Archivist):
        archivist.ask(FlushDue(), timeout=PATIENCE)


def _see_threads_off() -> None:
    """Wait until the threads that have ended are gone: they are known no more a moment before they let go of what they
    held. Threads of libraries are not known either, so it is a moment at most."""
    deadline = time.monotonic() + _A_MOMENT
    while len(os.listdir("/proc/self/task")) > threading.active_count() and time.monotonic() < deadline:
        os.sched_yield()

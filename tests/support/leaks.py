"""Proof that nothing is left behind: no thread, no descriptor, no child process."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.addresses import PATIENCE


@contextmanager
def nothing_left() -> Iterator[None]:
    """Assert that the block ends with the threads, descriptors and child processes that it began with.

    A thread that is already on its way out is waited for.
    """
    threads, descriptors, children = set(threading.enumerate()), _descriptors(), _children()
    yield
    for thread in set(threading.enumerate()) - threads:
        thread.join(PATIENCE)
    left = set(threading.enumerate()) - threads, _descriptors() - descriptors, _children() - children
    assert left == (set(), set(), set()), f"left behind: {left}"


def _descriptors() -> set[tuple[int, str]]:
    """Number and meaning: a number that was closed and opened anew for something else is a leak too."""
    found = set[tuple[int, str]]()
    for number in os.listdir("/proc/self/fd"):
        try:
            found.add((int(number), os.readlink(f"/proc/self/fd/{number}")))
        except FileNotFoundError:
            continue  # the descriptor of this very listing
    return found


def _children() -> set[int]:
    return {int(pid) for pid in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()}

"""Stopping one stream at once, from another thread, whatever it is blocked in."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Cancelled(Exception):
    """The stream was cancelled; raised in the thread that reads it."""


class CancelToken:
    """A flag that also unblocks.

    The reading thread says, with `unblocking`, how it can be woken from what it is about to block in; `cancel` does
    that, from any thread, at once. One of the two places in this program with a lock (DESIGN, law 5).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._hooks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """True from the first `cancel` on, for ever."""
        return self._cancelled

    def cancel(self) -> None:
        """Set the flag and wake the reader. Any thread; returns at once; again without harm."""
        with self._lock:
            self._cancelled = True
            while self._hooks:
                self._hooks.pop()()

    def check(self) -> None:
        """Raise Cancelled if the flag is set."""
        if self._cancelled:
            raise Cancelled

    @contextmanager
    def unblocking(self, hook: Callable[[], None]) -> Iterator[None]:
        """Have `hook` called when `cancel` comes within this block. Raises Cancelled if it came before.

        `hook` runs in the cancelling thread, once at most, and never after this block is left; it must not block.
        """
        with self._lock:
            if not self._cancelled:
                self._hooks.append(hook)
        self.check()
        try:
            yield
        finally:
            with self._lock:
                if hook in self._hooks:
                    self._hooks.remove(hook)

"""Addresses that remember what they were told: one to compare lists with, one to wait on."""

import queue
import time
from typing import Generic, TypeVar

M = TypeVar("M")
T = TypeVar("T")

PATIENCE = 25.0
"""Seconds that a test waits for what must come; only a failing test waits that long."""


class Recorder(Generic[M]):
    """An `Address` for tests that call `on_receive` themselves: compare `told` with the whole list expected."""

    def __init__(self) -> None:
        self.told: list[M] = []

    def tell(self, message: M, /) -> None:
        """Remember `message`."""
        self.told.append(message)

    def take(self) -> list[M]:
        """Return what was told since the last `take`, and forget it."""
        told, self.told = self.told, []
        return told


class QueueAddress(Generic[M]):
    """An `Address` for tests with threads: wait for the next message, or for one of a kind."""

    def __init__(self) -> None:
        self._inbox: queue.SimpleQueue[M] = queue.SimpleQueue()
        self.taken: list[M] = []
        """What `next`, `until` and `drain` have returned or passed over, in order."""

    def tell(self, message: M, /) -> None:
        """Put `message` into the queue; safe from every thread."""
        self._inbox.put(message)

    def next(self, timeout: float = PATIENCE) -> M:
        """Wait for the next message and return it."""
        return self._take(timeout, "nothing")

    def until(self, kind: type[T], timeout: float = PATIENCE) -> T:
        """Wait for the next message of this kind and return it; those before it are in `taken`."""
        deadline = time.monotonic() + timeout
        while True:
            message = self._take(max(0.0, deadline - time.monotonic()), f"no {kind.__name__}")
            if isinstance(message, kind):
                return message

    def drain(self) -> list[M]:
        """Return what is there now, without waiting."""
        messages: list[M] = []
        while not self._inbox.empty():
            messages.append(self.next())
        return messages

    def _take(self, timeout: float, missing: str) -> M:
        try:
            message = self._inbox.get(timeout=timeout)
        except queue.Empty:
            raise AssertionError(f"{missing} was told in time; before that: {self.taken}") from None
        self.taken.append(message)
        return message

"""A mailbox whose owner has nothing else to wait for."""

import queue

from protocol.ui import UiEvent


class EventQueue:
    """An `Address[UiEvent]`: events wait until the main thread takes them."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[UiEvent] = queue.SimpleQueue()

    def tell(self, message: UiEvent, /) -> None:
        """Put an event into the queue. Any thread, and signal handlers; never blocks."""
        self._queue.put(message)

    def take(self, seconds: float | None = None) -> UiEvent | None:
        """Wait for the next event; None if none came within `seconds`. The main thread."""
        try:
            return self._queue.get(timeout=seconds)
        except queue.Empty:
            return None

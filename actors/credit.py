"""Back-pressure: a bound on what a reader may have in flight to the Accumulator."""

import threading

from actors.cancel import CancelToken
from protocol.frames import Chunk
from protocol.identity import StreamId

_CHARACTERS_PER_CREDIT = 4096


def cost(chunk: Chunk) -> int:
    """What a chunk costs: one, and one more for every 4,096 characters, so that long lines are bounded as well."""
    return 1 + chunk.size // _CHARACTERS_PER_CREDIT


class Credit:
    """The accounts of all streams. One of the two places in this program with a lock (DESIGN, law 5).

    `condition` is what a reader waits with: one that lets time pass in another way than a thread can be handed in.
    """

    def __init__(self, capacity: int, condition: threading.Condition | None = None) -> None:
        self._capacity = capacity
        self._condition = condition if condition is not None else threading.Condition()
        self._in_flight: dict[StreamId, int] = {}

    def in_flight(self, stream: StreamId) -> int:
        """How much of `stream` was taken and not given back. Any thread."""
        with self._condition:
            return self._in_flight.get(stream, 0)

    @property
    def total(self) -> int:
        """How much was taken and not given back, over all streams. Any thread."""
        with self._condition:
            return sum(self._in_flight.values())

    def take(self, stream: StreamId, amount: int, cancel: CancelToken) -> None:
        """Wait until `amount` more may be in flight; what exceeds the capacity goes alone. The reader's thread.

        Raises Cancelled soon after `cancel`.
        """
        with cancel.unblocking(self._wake), self._condition:
            while not self._fits(stream, amount) and not cancel.cancelled:
                self._condition.wait()
            cancel.check()
            self._in_flight[stream] = self._in_flight.get(stream, 0) + amount

    def give_back(self, stream: StreamId, amount: int) -> None:
        """Return what was taken, once it has arrived. The Accumulator's thread."""
        with self._condition:
            left = self._in_flight.get(stream, 0) - amount
            if left > 0:
                self._in_flight[stream] = left
            else:
                self._in_flight.pop(stream, None)
            self._condition.notify_all()

    def _fits(self, stream: StreamId, amount: int) -> bool:
        taken = self._in_flight.get(stream, 0)
        return taken == 0 or taken + amount <= self._capacity

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()

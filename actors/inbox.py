"""The mailbox of an actor's thread."""

from collections import deque
from collections.abc import Callable
from itertools import count
from queue import SimpleQueue
from typing import Any


class Inbox(SimpleQueue[Any]):
    """A queue that costs half of the one that pykka would take, and that keeps no message which is acted on.

    pykka holds the last envelope while it waits for the next one: that may be a whole reply. What `may_wait`, which is
    asked in the thread of the teller, wakes nobody: it comes in its order, when the actor is woken next.
    """

    def __init__(self, may_wait: Callable[[Any], bool] = lambda _: False) -> None:
        super().__init__()
        self._may_wait = may_wait
        self._tickets = count()
        self._quiet: deque[tuple[int, Any]] = deque()
        self._next: tuple[int, Any] | None = None
        """What woke the actor, and comes behind what was quiet before."""
        self._taken: Any = None

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Add an envelope. Any thread."""
        del block, timeout  # there is always room
        numbered = next(self._tickets), item
        if self._may_wait(item.message):
            self._quiet.append(numbered)
        else:
            super().put(numbered)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Wait for the next envelope. The actor's thread; what it was given before is over."""
        if self._taken is not None:
            self._taken.message = None
            self._taken = None
        if self._next is None:
            self._next = super().get(block, timeout)
        ticket, self._taken = self._next
        if self._quiet and self._quiet[0][0] < ticket:
            self._taken = self._quiet.popleft()[1]
        else:
            self._next = None
        return self._taken

    def empty(self) -> bool:
        """Tell whether nothing is there that wakes the actor. The actor's thread."""
        return self._next is None and super().empty()

    def qsize(self) -> int:
        """Count what is there. Any thread."""
        return super().qsize() + len(self._quiet) + (self._next is not None)

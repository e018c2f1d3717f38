"""The mailbox of an actor's thread."""

from queue import SimpleQueue
from typing import Any


class Inbox(SimpleQueue[Any]):
    """A queue that costs half of the one that pykka would take, and that keeps no message which is acted on.

    pykka holds the last envelope while it waits for the next one: that may be a whole reply.
    """

    _taken: Any = None

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Wait for the next envelope. The actor's thread; what it was given before is over."""
        if self._taken is not None:
            self._taken.message = None
            self._taken = None
        self._taken = super().get(block, timeout)
        return self._taken

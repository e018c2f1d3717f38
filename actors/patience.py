"""What need not wake the Archivist: it has a beat of its own, at which it writes what has come of replies."""

import time
from collections.abc import Callable

from actors.turn_recorder import BATCH
from protocol.ui import ReplyGrew

SOON = 0.2
"""Seconds after a piece in which the beat goes on: less than a beat, at which the Archivist asks for another one."""


class Patience:
    """Asked by whoever tells pieces: one thread. `clock` tells seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = -SOON
        self._size = 0

    def may_wait(self, message: object) -> bool:
        """Tell whether a message is a piece that comes soon after another, and little came since one did not wait."""
        if not isinstance(message, ReplyGrew):
            return False
        now = self._clock()
        soon, self._last = now < self._last + SOON, now
        self._size += sum(chunk.size for chunk in message.chunks)
        if soon and self._size < BATCH:
            return True
        self._size = 0
        return False

"""A mailbox whose owner waits for messages and for a descriptor at once."""

import select
import socket
from collections import deque
from contextlib import suppress
from typing import Generic, TypeVar

M = TypeVar("M")

_MOST_RUNG = 65_536


class Inbox(Generic[M]):
    """An `Address` that is emptied by one thread."""

    def __init__(self) -> None:
        self._messages: deque[M] = deque()
        self._heard, self._bell = socket.socketpair()
        self._heard.setblocking(False)
        self._bell.setblocking(False)

    def tell(self, message: M, /) -> None:
        """Put `message` into the mailbox. From any thread or signal handler; never blocks, never fails."""
        self._messages.append(message)
        with suppress(OSError):  # full: a byte waits already; closed: nobody waits any more
            self._bell.send(b"\0")

    def wait(self, descriptor: int | None, seconds: float | None) -> bool:
        """Wait until there are messages, `descriptor` can be read, or the seconds are over; None for no limit.

        Returns whether the descriptor can be read, or has come to its end. The owner's thread only.
        """
        watched = [self._heard.fileno(), *([] if descriptor is None else [descriptor])]
        ready, _, _ = select.select(watched, [], [], seconds)
        if watched[0] in ready:
            with suppress(BlockingIOError):
                self._heard.recv(_MOST_RUNG)
        return descriptor in ready

    def drain(self) -> list[M]:
        """Take the messages that are there, in order. The owner's thread only."""
        return [self._messages.popleft() for _ in range(len(self._messages))]

    def close(self) -> None:
        """Take no notice any more; what is told from now on is kept and never read. The owner's thread only."""
        self._bell.close()
        self._heard.close()

"""How the other threads reach the UI thread: a queue of events, and a doorbell of at most one byte."""

import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import groupby
from typing import Protocol

from protocol.ui import ReplyGrew, UiEvent


class Wakeable(Protocol):
    """What the bridge needs of an event loop. `urwid.MainLoop` is one."""

    def watch_pipe(self, callback: Callable[[bytes], bool | None], /) -> int:
        """Call `callback` on the UI thread when something is written to the descriptor that is returned."""
        ...

    def remove_watch_pipe(self, write_fd: int, /) -> bool:
        """Forget the pipe and close its read end."""
        ...


class Bridge:
    """An `Address[UiEvent]` whose mailbox is emptied by the UI thread.

    The doorbell is its own permission to ring: whoever takes it out of `_bells` rings it. When its byte has been read,
    `drain` puts it back, before it looks at the events. So there is never more than one byte in the pipe, and an event
    that comes while `drain` works either is seen by it or rings again.
    """

    def __init__(self) -> None:
        self._events: deque[UiEvent] = deque()
        self._bells: deque[_Doorbell] = deque(maxlen=1)
        self._bell: _Doorbell | None = None
        self._loop: Wakeable | None = None
        self._heard = False

    def tell(self, event: UiEvent, /) -> None:
        """Put `event` into the mailbox. From any thread or signal handler; never blocks, never fails."""
        self._events.append(event)
        self._ring()

    def attach(self, loop: Wakeable, woken: Callable[[], None]) -> None:
        """Have `woken` called in `loop` when events wait, those told before included. UI thread only."""

        def wake(_: bytes) -> None:
            self._heard = True
            woken()

        self._loop = loop
        self._bell = _Doorbell(loop.watch_pipe(wake))
        self._bells.append(self._bell)
        if self._events:
            self._ring()

    def detach(self) -> None:
        """Stop waking the loop; what is told from now on is kept and never read. UI thread only."""
        bell, self._bell = self._bell, None
        self._bells.clear()
        if bell is not None and self._loop is not None:
            self._loop.remove_watch_pipe(bell.descriptor)

    def drain(self) -> list[UiEvent]:
        """Take all events that wait, in order; adjacent growth of one reply comes as one event. UI thread only."""
        if self._heard and self._bell is not None:
            self._heard = False
            self._bells.append(self._bell)
        waiting = [self._events.popleft() for _ in range(len(self._events))]
        return [_merged(list(run)) for _, run in groupby(enumerate(waiting), key=_growth)]

    def _ring(self) -> None:
        try:
            bell = self._bells.pop()
        except IndexError:
            return
        bell.ring()


class _Doorbell:
    """The write end of the pipe.

    It is closed when nothing holds it any more, so that a thread that is about to ring can never write into another
    file that got the same number.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        os.set_blocking(descriptor, False)

    def ring(self) -> None:
        """Write one byte. A pipe that is full, or has lost its reader, needs none."""
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(self.descriptor, b"\0")

    def __del__(self) -> None:
        os.close(self.descriptor)


def _growth(numbered: tuple[int, UiEvent]) -> tuple[object, ...]:
    number, event = numbered
    if isinstance(event, ReplyGrew):
        return (event.conversation, event.stream)
    return (number,)


def _merged(run: list[tuple[int, UiEvent]]) -> UiEvent:
    first = run[0][1]
    if len(run) == 1 or not isinstance(first, ReplyGrew):
        return first
    chunks = tuple(chunk for _, event in run if isinstance(event, ReplyGrew) for chunk in event.chunks)
    return ReplyGrew(first.conversation, first.stream, chunks)

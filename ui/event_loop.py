"""The event loop of the screen: descriptors, alarms, and a moment before it waits.

urwid's own makes a new selector each time round, and goes round several times for one frame. This one keeps its
selector for the whole run, and goes round once for each thing that happens.
"""

import heapq
import selectors
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import urwid

Alarm = tuple[float, int, Callable[[], Any]]


class SteadyEventLoop(urwid.EventLoop):
    """Satisfies urwid.EventLoop. UI thread only; the callbacks run in the thread that runs the loop.

    `clock` tells seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._selector = selectors.DefaultSelector()
        self._alarms: list[Alarm] = []
        self._order = count()
        self._idle: dict[int, Callable[[], Any]] = {}
        self._stirred = True
        """Something happened since the idle callbacks were called last."""

    def alarm(self, seconds: float, callback: Callable[[], Any]) -> Alarm:
        """Have `callback` called in so many seconds; the handle is for `remove_alarm`."""
        handle = self._clock() + seconds, next(self._order), callback
        heapq.heappush(self._alarms, handle)
        return handle

    def remove_alarm(self, handle: Alarm) -> bool:
        """Forget an alarm; False if it is over."""
        if handle not in self._alarms:
            return False
        self._alarms.remove(handle)
        heapq.heapify(self._alarms)
        return True

    def watch_file(self, fd: int, callback: Callable[[], Any]) -> int:
        """Have `callback` called whenever there is something to read; the handle is for `remove_watch_file`."""
        self.remove_watch_file(fd)
        self._selector.register(fd, selectors.EVENT_READ, callback)
        return fd

    def remove_watch_file(self, handle: int) -> bool:
        """Forget a descriptor; False if it was not watched."""
        try:
            self._selector.unregister(handle)
        except (KeyError, ValueError):
            return False
        return True

    def enter_idle(self, callback: Callable[[], Any]) -> int:
        """Have `callback` called before the loop waits, if anything happened."""
        handle = next(self._order)
        self._idle[handle] = callback
        return handle

    def remove_enter_idle(self, handle: int) -> bool:
        """Forget one of those; False if it was not there."""
        return self._idle.pop(handle, None) is not None

    def run(self) -> None:
        """Go round until a callback raises; urwid.ExitMainLoop ends it well."""
        self._stirred = True
        try:
            while True:
                self._go_round()
        except urwid.ExitMainLoop:
            pass

    def _go_round(self) -> None:
        ready = self._selector.select(0.0 if self._stirred else self._seconds_left())
        if self._stirred and not ready and not self._is_due():
            self._stirred = False
            for callback in tuple(self._idle.values()):
                callback()
            return
        for key, _ in ready:
            if self._selector.get_map().get(key.fileobj) is key:  # nobody before it took it away
                self._stirred = True
                key.data()
        if self._is_due():
            self._stirred = True
            heapq.heappop(self._alarms)[2]()

    def _seconds_left(self) -> float | None:
        """Seconds until the next alarm; None if there is none."""
        return max(0.0, self._alarms[0][0] - self._clock()) if self._alarms else None

    def _is_due(self) -> bool:
        return bool(self._alarms) and self._alarms[0][0] <= self._clock()

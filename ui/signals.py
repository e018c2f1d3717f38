"""Signals: those that end a program end it well, and in time; SIGUSR1 says what every thread does."""

import _thread
import faulthandler
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from protocol.address import Address
from protocol.ui import QuitRequested, UiEvent

PATIENCE = 5.0
"""Seconds between a signal and the last resort."""

_REASONS = {
    signal.SIGINT: "interrupted.",
    signal.SIGTERM: "asked to end.",
    signal.SIGHUP: "the terminal was closed.",
}


class LastResort:
    """Ends the process when the UI thread did not obey a signal: it may be stuck in a write to a stalled terminal."""

    def __init__(self, restore: Callable[[], None], patience: float = PATIENCE) -> None:
        self._restore = restore
        self._patience = patience
        self._armed = False
        self._done = False

    def arm(self, status: int) -> None:
        """End the process with `status` unless `disarm` is called in time. Safe in a signal handler."""
        if not self._armed:
            self._armed = True
            # threading.Thread takes a lock of its module on start, which the interrupted code may hold.
            _thread.start_new_thread(self._wait, (status,))

    def disarm(self) -> None:
        """The terminal is restored: nobody needs to be forced any more."""
        self._done = True

    def _wait(self, status: int) -> None:
        time.sleep(self._patience)
        if self._done:
            return
        try:
            self._restore()
        finally:
            os._exit(status)


@contextmanager
def leaving_on_signals(ui: Address[UiEvent], last_resort: LastResort) -> Iterator[None]:
    """Turn the signals that end a program into a QuitRequested. The handlers before are put back afterwards."""

    def on_signal(number: int, _frame: FrameType | None) -> None:
        status = 128 + number
        ui.tell(QuitRequested(_REASONS[signal.Signals(number)], status))
        last_resort.arm(status)

    before = {number: signal.signal(number, on_signal) for number in _REASONS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def stacks_on_signal(log: int | None) -> Iterator[None]:
    """Write the stacks of all threads to the descriptor `log` on SIGUSR1."""
    if log is None:
        yield
        return
    faulthandler.register(signal.SIGUSR1, file=log, all_threads=True, chain=False)
    try:
        yield
    finally:
        faulthandler.unregister(signal.SIGUSR1)

"""Signals: those that end a program end it well, and in time; SIGUSR1 says what every thread does."""

import _thread
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from protocol.address import Address
from protocol.ui import QuitRequested, UiEvent

PATIENCE = 5.0
"""Seconds between a signal and the last resort."""

_AWAITED = frozenset({signal.SIGUSR1})
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
def leaving_on_signals(
    ui: Address[UiEvent], last_resort: LastResort, interrupted: Callable[[], None] | None = None
) -> Iterator[None]:
    """Turn the signals that end a program into a QuitRequested. The handlers before are put back afterwards.

    With `interrupted`, SIGINT ends nothing: that is called in its handler.
    """

    def on_signal(number: int, _frame: FrameType | None) -> None:
        status = 128 + number
        ui.tell(QuitRequested(_REASONS[signal.Signals(number)], status))
        last_resort.arm(status)

    before = {number: signal.signal(number, on_signal) for number in _REASONS}
    if interrupted is not None:
        signal.signal(signal.SIGINT, lambda *_: interrupted())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _StackWriter(threading.Thread):
    """Waits for SIGUSR1 in a thread of its own, so that a main thread that is stuck does not hinder it.

    The stacks are read while nobody else runs: `faulthandler` reads them while they change, and can crash of that.
    """

    def __init__(self, log: int) -> None:
        super().__init__(name="stacks", daemon=True)
        self._log = log
        self._over = False

    def run(self) -> None:
        """Write the stacks at every SIGUSR1, until told to end."""
        signal.sigwait(_AWAITED)
        while not self._over:
            self._write()
            signal.sigwait(_AWAITED)

    def wake(self) -> None:
        """Have the stacks written. Any thread."""
        signal.pthread_kill(self.ident or 0, signal.SIGUSR1)

    def end(self) -> None:
        """End the thread."""
        self._over = True
        self.wake()
        self.join()

    def _write(self) -> None:
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        frames = sys._current_frames()
        for ident, frame in frames.items():
            stack = "".join(traceback.format_stack(frame))
            self._tell(f"Thread {names.get(ident, ident)} (most recent call last):\n{stack}\n")
        self._tell(f"That is all: {len(frames)} threads.\n")

    def _tell(self, words: str) -> None:
        with suppress(OSError):
            os.write(self._log, words.encode(errors="replace"))


@contextmanager
def stacks_on_signal(log: int | None) -> Iterator[None]:
    """Write the stacks of all threads to the descriptor `log` on SIGUSR1. Main thread, before others are started."""
    if log is None:
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)
    writer = _StackWriter(log)
    writer.start()
    handler = signal.signal(signal.SIGUSR1, lambda *_: writer.wake())  # for a thread that was there before
    try:
        yield
    finally:
        writer.end()
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # one that still waits to be seen would end the process
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGUSR1, handler)

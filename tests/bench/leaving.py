"""Stopping a reply, and leaving in the middle of one."""

import signal
from collections.abc import Callable
from typing import NamedTuple

from tests.bench.asking import ENTER, Asking
from tests.bench.laboratory import Laboratory
from tests.bench.notebook import Notebook
from tests.bench.size import Size
from tests.bench.window import Window

_CTRL_C, _CTRL_D, _ESC = "\x03", "\x04", "\x1b"
_ENDLESS = "endless 100 at 100 of"


class _Way(NamedTuple):
    """One way to leave."""

    row: str
    leave: Callable[[Window], float]
    """Returns when it was done."""
    status: int


_WAYS = (
    _Way("quit", lambda window: window.type(_CTRL_D), 0),
    _Way("SIGTERM", lambda window: window.kill(signal.SIGTERM), 128 + signal.SIGTERM),
    _Way("SIGHUP", lambda window: window.kill(signal.SIGHUP), 128 + signal.SIGHUP),
    _Way("closed", lambda window: window.close(), 128 + signal.SIGHUP),
)


def measure_cancel(lab: Laboratory, size: Size, book: Notebook) -> None:
    """From the key that stops a reply to the server that sees it, and to the next prompt there."""
    with lab.opened() as window:
        for number in range(size.cancels):
            _cancel_and_ask(lab, window, number, book)
            _cancel_by_escape(lab, window, number, book)


def _cancel_and_ask(lab: Laboratory, window: Window, number: int, book: Notebook) -> None:
    stopped, after = f"{_ENDLESS} c{number}x", f"words 3 of n{number}x"
    _stream(lab, window, stopped)
    window.type(after)
    window.read_for(0.2 + number / 300)  # at another moment of a frame each time
    start, at = window.written, window.type(_CTRL_C + ENTER)
    window.wait_for(f"n{number}x00002", start)
    book.note("cancel", (lab.wait("gone", stopped, at).at - at) * 1000)
    book.note("next prompt", (lab.wait("asked", after, at).at - at) * 1000)


def _cancel_by_escape(lab: Laboratory, window: Window, number: int, book: Notebook) -> None:
    """Esc alone can only be told from the beginning of a sequence by waiting for the rest of it."""
    stopped = f"{_ENDLESS} e{number}x"
    _stream(lab, window, stopped)
    at = window.type(_ESC)
    window.read_for(0.5)
    book.note("cancel, Esc", (lab.wait("gone", stopped, at).at - at) * 1000)


def measure_leaving(lab: Laboratory, size: Size, book: Notebook) -> None:
    """From each way to leave while a reply streams to the end of the process; and what is left of the terminal."""
    del size
    for way in _WAYS:
        with lab.opened() as window:
            _stream(lab, window, f"{_ENDLESS} l")
            window.read_for(0.3)
            left = way.leave(window)
            book.note(way.row, (window.wait_exit() - left) * 1000)
            well = window.status == way.status and not window.unrestored() and b"Traceback" not in window.since(0)
            book.note("broken", 0 if well else 1)


def _stream(lab: Laboratory, window: Window, prompt: str) -> None:
    Asking(lab, window, prompt).first_shown()

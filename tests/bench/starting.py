"""From the start of the program to its first answer, and what it takes while it waits."""

import subprocess
import sys
import time

from tests.bench.asking import Asking
from tests.bench.laboratory import Laboratory
from tests.bench.notebook import FLOOR, OFFICIAL, Notebook
from tests.bench.process import cpu_seconds, resident_bytes
from tests.bench.server import MODEL
from tests.bench.size import Size
from tests.bench.window import Window

FIRST = "words 20 of f"

_COMPOSER = "Write here"
"""What the program paints where one can write."""
_KEY, _ERASE = "ж", "\x7f"
_SETTLED = 1.0
"""Seconds without a change."""


def measure_start(lab: Laboratory, size: Size, book: Notebook) -> None:
    """A fresh start, what it takes at rest, and the first answer."""
    imported = milliseconds_to_import()
    with lab.started() as window:
        started = _first_key(window)
        book.note("start", started)
        book.note("start, ratio", started / imported)
        window.wait_for(MODEL, 0)
        window.read_until_quiet(_SETTLED)
        _note_rest(window, size, book)
        _note_first_answer(lab, window, book, "chinwag")
    for who in (OFFICIAL, FLOOR):
        _measure_client(lab, who, book)


def _first_key(window: Window) -> float:
    """Milliseconds from the start until a key that is pressed as soon as there is a place for it is echoed."""
    window.wait_for(_COMPOSER, 0)
    start = window.written
    window.type(_KEY)
    echoed = window.wait_for(_KEY, start)
    window.type(_ERASE)
    return (echoed - window.begun) * 1000


def _note_rest(window: Window, size: Size, book: Notebook) -> None:
    book.note("memory", resident_bytes(window.pid) / 1e6)
    begun, spent = time.monotonic(), cpu_seconds(window.pid)
    window.read_for(size.idle)
    book.note("idle", 100 * (cpu_seconds(window.pid) - spent) / (time.monotonic() - begun))


def _measure_client(lab: Laboratory, who: str, book: Notebook) -> None:
    with lab.started(lab.client(who)) as window:
        ready = window.wait_for(MODEL, 0)
        book.note("start", (ready - window.begun) * 1000, who=who)
        window.read_until_quiet()
        book.note("memory", resident_bytes(window.pid) / 1e6, who=who)
        _note_first_answer(lab, window, book, who)


def _note_first_answer(lab: Laboratory, window: Window, book: Notebook, who: str) -> None:
    asking = Asking(lab, window, FIRST)
    book.note("first", (asking.shown() - asking.at) * 1000, who=who)


def milliseconds_to_import() -> float:
    """How long `import urwid` takes in a Python of its own, now."""
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", "import urwid"], check=True)
    return (time.monotonic() - begun) * 1000

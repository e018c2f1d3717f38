"""Many answers to one prompt side by side, and one reply that says as much: what they cost, and how quick keys are."""

import random
import time

from tests.bench.asking import ENTER
from tests.bench.laboratory import WIDE, Laboratory
from tests.bench.notebook import Notebook
from tests.bench.process import cpu_seconds
from tests.bench.server import MODEL
from tests.bench.size import Size
from tests.bench.streaming import KEYS, RATE, press
from tests.bench.window import Window

_BEFORE = 1.5
"""Seconds of silence after the prompt: all requests are made in them."""


def measure_comparing(lab: Laboratory, size: Size, book: Notebook) -> None:
    """Processor time of so many answers side by side, against one reply of their rate; and keys pressed meanwhile."""
    seconds = size.seconds
    many = f"words {int(seconds * RATE)} at {RATE} of c after {_BEFORE}"
    one = f"words {int(seconds * RATE * size.streams)} at {RATE * size.streams} of o after {_BEFORE}"
    compared = _spent(lab, size, f"/compare {MODEL} seeds {size.streams} -- {many}", many, size.streams)
    alone = _spent(lab, size, one, one, 1)
    book.note("compared, cpu", compared)
    book.note("compared, alone", alone)
    book.note("compared, ratio", compared / alone)
    longer = f"words {int((size.keys * 0.1 + 1) * RATE)} at {RATE} of d after {_BEFORE}"
    _echo(lab, size, book, f"/compare {MODEL} seeds {size.streams} -- {longer}", longer)


def _spent(lab: Laboratory, size: Size, typed: str, prompt: str, streams: int) -> float:
    """Seconds of processor time from just before the first chunk to when nothing is drawn any more."""
    with lab.opened(WIDE) as window:
        spent = _begin(lab, window, typed, prompt)
        window.read_for(size.seconds)
        for number in range(streams):
            lab.wait("sent", prompt, spent.at, window, nth=number + 1)
        window.read_until_quiet()
        return cpu_seconds(window.pid) - spent.cpu


class _Begun:
    """When the silence before the answers was nearly over, and what the program had spent by then, in seconds."""

    def __init__(self, at: float, cpu: float) -> None:
        self.at = at
        self.cpu = cpu


def _begin(lab: Laboratory, window: Window, typed: str, prompt: str) -> _Begun:
    window.type(typed)
    window.read_until_quiet(0.15)
    at = window.type(ENTER)
    asked = lab.wait("asked", prompt, at)
    window.read_for(asked.at + _BEFORE - 0.2 - time.monotonic())
    return _Begun(at, cpu_seconds(window.pid))


def _echo(lab: Laboratory, size: Size, book: Notebook, typed: str, prompt: str) -> None:
    with lab.opened(WIDE) as window:
        _begin(lab, window, typed, prompt)
        window.read_for(0.5)
        start = window.written
        pressed = press(window, KEYS[: size.keys], random.Random(len(book.samples("compared, echo"))))
        window.read_for(0.5)
        shown = window.times_of(list(pressed), start)
        book.note("compared, echo", *((shown[key] - at) * 1000 for key, at in pressed.items() if key in shown))
        book.note("keys", len(pressed) - len(shown))

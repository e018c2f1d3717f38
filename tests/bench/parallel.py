"""Many streams at once, and one that says as much."""

import time
from string import ascii_lowercase

from tests.bench.asking import ENTER, NEW_CHAT
from tests.bench.laboratory import WIDE, Laboratory
from tests.bench.notebook import Notebook
from tests.bench.process import cpu_seconds
from tests.bench.size import Size
from tests.bench.streaming import RATE
from tests.bench.window import Window

_EACH = 0.3
"""Seconds to ask one prompt."""


def measure_parallel(lab: Laboratory, size: Size, book: Notebook) -> None:
    """Processor time of so many streams in as many conversations, against one stream of their rate."""
    chunks = int(size.seconds * RATE)
    many = _spent(lab, size, chunks, RATE, size.streams)
    one = _spent(lab, size, chunks * size.streams, RATE * size.streams, 1)
    book.note("parallel, many", many)
    book.note("parallel, one", one)
    book.note("parallel, ratio", many / one)


def _spent(lab: Laboratory, size: Size, chunks: int, rate: int, streams: int) -> float:
    """Seconds of processor time from just before the first chunk to just after the last."""
    with lab.opened(WIDE) as window:
        begin = time.monotonic() + 1.0 + _EACH * streams
        prompts = [
            _ask(lab, window, f"words {chunks} at {rate} of p{tag}x", begin) for tag in ascii_lowercase[:streams]
        ]
        window.read_for(begin - 0.2 - time.monotonic())
        spent = cpu_seconds(window.pid)
        window.read_for(begin + size.seconds - time.monotonic())
        for prompt in prompts:
            lab.wait("sent", prompt, window=window)
        window.read_until_quiet()
        return cpu_seconds(window.pid) - spent


def _ask(lab: Laboratory, window: Window, words: str, begin: float) -> str:
    """Ask in a conversation of its own, so that the answer begins at a time."""
    window.type(NEW_CHAT)
    window.read_for(0.1)
    prompt = f"{words} after {max(0.0, begin - time.monotonic() - 0.1):.2f}"
    window.type(prompt)
    window.read_for(0.1)
    window.type(ENTER)
    window.read_for(0.05)
    lab.wait("asked", prompt)
    return prompt

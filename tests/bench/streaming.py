"""Replies while they come: in a burst, and at the pace of a model."""

import random
from collections.abc import Iterator, Sequence

from tests.bench.asking import Asking, note_end
from tests.bench.laboratory import Laboratory
from tests.bench.notebook import FLOOR, OFFICIAL, PROGRAM, Notebook
from tests.bench.replies import MARKDOWN, TOKEN
from tests.bench.size import Size
from tests.bench.window import Window
from tests.support.program import CHINWAG

RATE, FAST = 100, 200
"""Chunks a second."""
KEYS = [*map(chr, range(ord("а"), ord("я") + 1)), *map(chr, range(0x100, 0x138))]
"""None of which is in any reply, or twice on the screen."""


def burst(size: Size) -> str:
    """One word a chunk, as fast as possible."""
    return f"words {size.burst} of b"


def markdown(size: Size) -> str:
    """As a model writes."""
    characters = size.seconds * RATE * TOKEN
    return f"markdown {int(characters * len(MARKDOWN.encode()) / len(MARKDOWN))} at {RATE} of m"


def words(size: Size) -> str:
    """Words that can be told apart."""
    return f"words {int(size.seconds * RATE)} at {RATE} of p"


def under_keys(size: Size) -> str:
    """What streams while keys are pressed: as long as that takes, and a little longer."""
    return f"words {int((size.keys * 0.1 + 1) * FAST)} at {FAST} of k"


def measure_burst(lab: Laboratory, size: Size, book: Notebook) -> None:
    """From Enter to the last word on the screen."""
    for who, window in _everybody(lab):
        asking = Asking(lab, window, burst(size))
        book.note("burst", asking.shown() - asking.at, who=who)
        book.note("burst, cpu", asking.spent() * 1000 / size.burst, who=who)
        if who == PROGRAM:
            note_end(asking, book)


def measure_markdown(lab: Laboratory, size: Size, book: Notebook) -> None:
    """The processor's share while Markdown streams."""
    for who, window in _everybody(lab):
        asking = Asking(lab, window, markdown(size))
        shown = asking.shown()
        book.note("markdown", 100 * asking.spent() / (shown - asking.at), who=who)
        if who == PROGRAM:
            note_end(asking, book)


def measure_words(lab: Laboratory, size: Size, book: Notebook) -> None:
    """From each chunk's leave to its word on the screen."""
    for who, window in _everybody(lab):
        asking = Asking(lab, window, words(size))
        asking.shown()
        latencies, missing = asking.latencies()
        book.note("latency", *latencies, who=who)
        if who == PROGRAM:
            book.note("words", missing)
            note_end(asking, book)


def measure_echo(lab: Laboratory, size: Size, book: Notebook) -> None:
    """From each key to its letter on the screen, while a reply streams."""
    with lab.opened() as window:
        asking = Asking(lab, window, under_keys(size))
        asking.first_shown()
        start = window.written
        pressed = press(window, KEYS[: size.keys], random.Random(len(book.samples("echo"))))
        asking.shown()
        shown = window.times_of(list(pressed), start)
        book.note("echo", *((shown[key] - at) * 1000 for key, at in pressed.items() if key in shown))
        book.note("keys", len(pressed) - len(shown))


def press(window: Window, keys: Sequence[str], chance: random.Random) -> dict[str, float]:
    """Press keys, as unevenly as a person does; return when each was."""
    pressed = dict[str, float]()
    for key in keys:
        window.read_for(chance.uniform(0.05, 0.15))
        pressed[key] = window.type(key)
    return pressed


def _everybody(lab: Laboratory) -> Iterator[tuple[str, Window]]:
    for who in (PROGRAM, OFFICIAL, FLOOR):
        with lab.opened(CHINWAG if who == PROGRAM else lab.client(who)) as window:
            window.read_for(0.5)
            yield who, window

"""Whether the screen shows what was said: all of it in the end, and nothing that a terminal obeys."""

from tests.bench.asking import Asking, note_end
from tests.bench.laboratory import Laboratory
from tests.bench.notebook import FLOOR, OFFICIAL, PROGRAM, Notebook
from tests.bench.replies import HOSTILE
from tests.bench.size import Size
from tests.bench.streaming import RATE
from tests.bench.window import COLUMNS, LINES
from tests.support.program import CHINWAG

MARKDOWN = "markdown 8192 of q"

_HOSTILE = f"hostile {len(HOSTILE)} of h"
_EVERY = 0.04
"""Seconds between two of them: fifty in two seconds."""
_SHAPES = ((80, 24), (40, 10), (200, 60), (100, 30), (61, 47))


def measure_hostile(lab: Laboratory, size: Size, book: Notebook) -> None:
    """How many kinds of control sequences get from the model to the terminal as they are."""
    del size
    for who in (PROGRAM, OFFICIAL, FLOOR):
        with lab.opened(CHINWAG if who == PROGRAM else lab.client(who)) as window:
            asking = Asking(lab, window, _HOSTILE)
            asking.shown()
            window.read_until_quiet()
            written = window.since(asking.start)
            book.note("raw", sum(sequence.encode() in written for sequence in HOSTILE.values()), who=who)


def measure_ends(lab: Laboratory, size: Size, book: Notebook) -> None:
    """The end of Markdown that comes at once, and of words that come while the window changes all the time."""
    with lab.opened() as window:
        asking = Asking(lab, window, MARKDOWN)
        asking.shown()
        note_end(asking, book)
        asking = Asking(lab, window, f"words {int(2 * size.resizes * _EVERY * RATE)} at {RATE} of r")
        asking.first_shown()
        for number in range(size.resizes):
            window.resize(*_SHAPES[number % len(_SHAPES)])
            window.read_for(_EVERY)
        window.resize(COLUMNS, LINES)
        note_end(asking, book)

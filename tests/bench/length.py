"""What a long conversation costs: replies after it, frames of it, and its memory."""

from itertools import accumulate
from statistics import linear_regression, median

from tests.bench.asking import NEW_CHAT, Asking, note_end
from tests.bench.laboratory import Laboratory
from tests.bench.notebook import Notebook
from tests.bench.process import cpu_seconds, resident_bytes
from tests.bench.size import Size
from tests.bench.streaming import RATE
from tests.bench.window import Window

_SHORT = "markdown 4096 by 16 of s"
"""It fills the screen: an empty one costs less, however short the conversation is."""
_FEW = 20
"""Chunks a second, so that each is a frame of its own."""
_SETTLED = 1.0


def long(size: Size) -> str:
    """The reply that makes a conversation long."""
    return f"markdown {size.long} by 16 of x"


def growth(size: Size) -> list[str]:
    """The replies by which one conversation grows."""
    return [f"markdown {more} by 64 of g{number}x" for number, more in enumerate(size.growth)]


def measure_length(lab: Laboratory, size: Size, book: Notebook) -> None:
    """The same words after a short reply and after a long one; which comes first is turned around each round."""
    befores = [_SHORT, long(size)]
    turned = len(book.samples("length, cpu")) % 2
    costs = {before: _words_after(lab, before, size, book) for before in (befores[::-1] if turned else befores)}
    (cpu, latency), (long_cpu, long_latency) = (costs[before] for before in befores)
    book.note("length, cpu", long_cpu / cpu)
    book.note("length, latency", long_latency / latency)


def _words_after(lab: Laboratory, before: str, size: Size, book: Notebook) -> tuple[float, float]:
    """Processor time in seconds, and the median latency in milliseconds."""
    with lab.opened() as window:
        first = Asking(lab, window, before)
        first.shown()
        note_end(first, book)
        window.read_until_quiet(_SETTLED)
        asking = Asking(lab, window, f"words {int(size.seconds * RATE)} at {RATE} of y")
        asking.shown()
        spent = asking.spent()
        latencies, missing = asking.latencies()
        book.note("words", missing)
        note_end(asking, book)
        return spent, median(latencies)


def measure_growth(lab: Laboratory, size: Size, book: Notebook) -> None:
    """What a frame costs while one conversation grows, and what memory it takes."""
    with lab.opened() as window:
        Asking(lab, window, _SHORT).shown()
        costs, base = [_frame(lab, window, size, 0)], _settled_bytes(window)
        for number, prompt in enumerate(growth(size), start=1):
            asking = Asking(lab, window, prompt)
            book.note("catching up", (asking.shown() - asking.at) * 1e6 / size.growth[number - 1])
            window.read_until_quiet(_SETTLED)
            costs.append(_frame(lab, window, size, number))
        book.note("memory, grown", (_settled_bytes(window) - base) / sum(size.growth))
        window.type(NEW_CHAT)
        book.note("memory, hidden", (_settled_bytes(window) - base) / sum(size.growth))
    _note_frames(costs, size, book)


def _note_frames(costs: list[float], size: Size, book: Notebook) -> None:
    megabytes = [0.0, *(each / 1e6 for each in accumulate(size.growth))]
    book.note("frame", costs[0])
    book.note("frame, grown", costs[-1])
    book.note("frame, ratio", costs[-1] / costs[0])
    book.note("frame, slope", linear_regression(megabytes, costs).slope * 1000)


def _settled_bytes(window: Window) -> int:
    window.read_until_quiet(_SETTLED)
    return resident_bytes(window.pid)


def _frame(lab: Laboratory, window: Window, size: Size, number: int) -> float:
    """Milliseconds of processor time for a frame in which one word is new."""
    asking = Asking(lab, window, f"words {size.frames} at {_FEW} of t{number}x")
    asking.first_shown()
    begun = cpu_seconds(window.pid)
    asking.shown()
    return (cpu_seconds(window.pid) - begun) * 1000 / (size.frames - 1)

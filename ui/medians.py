"""How those who were compared did: the timings of each answer, and the medians of many."""

from collections.abc import Iterable, Sequence
from statistics import median
from unicodedata import combining, east_asian_width

from protocol.message import Value
from protocol.reply import Finished
from protocol.turn import TurnState
from protocol.ui import TurnEnded

_GOOD = (TurnState.DONE, TurnState.CUT)
_HEAD = ("", "answers", "failed", "first token", "tokens/s", "tokens", "seconds")
_NOTHING = "-"
_GAP = "  "


class Timing(Value, frozen=True):
    """One answer. What is None nobody knows."""

    failed: bool
    first_token: float | None = None
    """Seconds to its first piece."""
    rate: float | None = None
    """Tokens a second."""
    tokens: int | None = None
    seconds: float | None = None
    """To its end."""


class Medians(Value, frozen=True):
    """Of many answers of one."""

    answers: int
    failed: int
    first_token: float | None
    rate: float | None
    tokens: float | None
    seconds: float | None


def timing_of(event: TurnEnded, seconds: float) -> Timing:
    """Return how an answer did that took so many seconds."""
    if event.state not in _GOOD or not isinstance(event.ending, Finished):
        return Timing(True)
    ending = event.ending
    rate, tokens = ending.metrics.tokens_per_second, ending.metrics.eval_count
    return Timing(False, ending.first_token or None, rate, tokens, seconds)


def medians_of(timings: Sequence[Timing]) -> Medians:
    """Return the medians of those that did not fail."""
    good = [one for one in timings if not one.failed]
    return Medians(
        len(good),
        len(timings) - len(good),
        _median(one.first_token for one in good),
        _median(one.rate for one in good),
        _median(one.tokens for one in good),
        _median(one.seconds for one in good),
    )


def table(rows: Iterable[tuple[str, Medians]], columns: int | None = None) -> str:
    """Return the medians of several, each with its name, as a table for people.

    Where its lines would have more cells than `columns`, each number has a line of its own.
    """
    lines = [_HEAD, *((name, *_cells(medians)) for name, medians in rows)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(_HEAD))]
    if columns is not None and sum(widths) + len(_GAP) * (len(widths) - 1) > columns:
        return "\n".join(_block(line) for line in lines[1:])
    return "".join(f"{_line(line, widths)}\n" for line in lines)


def _line(line: Sequence[str], widths: Sequence[int]) -> str:
    name, *cells = line
    first, *others = widths
    padded = name + " " * (first - _width(name))
    return _GAP.join([padded, *(cell.rjust(width) for cell, width in zip(cells, others, strict=True))])


def _block(line: Sequence[str]) -> str:
    name, *cells = line
    heads = _HEAD[1:]
    most = max(map(len, heads))
    return "".join(
        [f"{name}\n", *(f"{_GAP}{head:<{most}}{_GAP}{cell}\n" for head, cell in zip(heads, cells, strict=True))]
    )


def _width(text: str) -> int:
    """Cells of a terminal. What the screen measures with takes long to import."""
    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def _cells(medians: Medians) -> tuple[str, ...]:
    return (
        str(medians.answers),
        str(medians.failed),
        _shown(medians.first_token, 2, " s"),
        _shown(medians.rate, 1),
        _shown(medians.tokens, 0),
        _shown(medians.seconds, 2),
    )


def _shown(value: float | None, digits: int, unit: str = "") -> str:
    return _NOTHING if value is None else f"{value:.{digits}f}{unit}"


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None

"""How far a pull is, on standard output: a bar for each layer on a terminal, lines elsewhere, events for programs."""

import os
from collections.abc import Callable
from typing import Protocol, TextIO

from protocol.json_text import json_text
from protocol.model_words import layer_words, size_words
from protocol.models_export import work_event
from protocol.progress import Layer, Progress
from ui.sanitiser import sanitise

_EVERY = 0.1
"""Seconds between two pictures."""
_LEAST_BAR = 6
_WIDEST = 100
_SHOWN_LAYERS = 12
_BESIDE = 2
"""Rows that are no bars: the status, and that of the cursor. What has scrolled away cannot be drawn anew."""
_QUARTER = 4


class Meter(Protocol):
    """Shows one work from its beginning to its end. One thread. What it writes may raise OSError."""

    def show(self, progress: Progress) -> None:
        """It is this far now."""
        ...

    def retry(self, why: str, delay: float) -> None:
        """It broke, and is tried again in so many seconds."""
        ...

    def end(self, words: str, error: str = "") -> None:
        """It is over; `error` says why it failed."""
        ...


class Bars:
    """Satisfies `Meter` with rows that are drawn anew in their place. `clock` tells seconds that never go back."""

    def __init__(self, model: str, out: TextIO, clock: Callable[[], float]) -> None:
        self._model = model
        self._out = out
        self._clock = clock
        self._rows = 0
        self._drawn_at = -_EVERY
        self._progress = Progress()

    def show(self, progress: Progress) -> None:
        """Draw it, unless it was drawn just now."""
        self._progress = progress
        if self._clock() >= self._drawn_at + _EVERY:
            self._draw(progress.status)

    def retry(self, why: str, delay: float) -> None:
        """Say it in the last row."""
        self._draw(f"{why} Trying again in {delay:.0f} s.")

    def end(self, words: str, error: str = "") -> None:
        """Draw it as it was at the end, and leave it there. An error is said by whoever asked."""
        self._draw("" if error else words)

    def _draw(self, status: str) -> None:
        self._drawn_at = self._clock()
        columns, rows = _size(self._out)
        layers = self._progress.layers[-max(1, min(_SHOWN_LAYERS, rows - _BESIDE)) :]
        lines = [bar(layer, columns) for layer in layers]
        lines += [one_row(f"{self._model}: {status}", columns)] if status else []
        up = f"\x1b[{self._rows}A" if self._rows else ""
        self._out.write(f"{up}\r\x1b[J" + "".join(f"{line}\n" for line in lines))
        self._out.flush()
        self._rows = len(lines)


class Lines:
    """Satisfies `Meter` with lines that are only appended: what is new of the status, and each quarter of a layer."""

    def __init__(self, model: str, out: TextIO) -> None:
        self._model = model
        self._out = out
        self._status = ""
        self._quarters: dict[str, int] = {}

    def show(self, progress: Progress) -> None:
        """Say what is new."""
        for layer in progress.layers:
            quarter = int(layer.share * _QUARTER)
            if quarter > self._quarters.get(layer.digest, -1):
                self._quarters[layer.digest] = quarter
                self._say(layer_words(layer))
                self._status = progress.status
        if progress.status != self._status:
            self._status = progress.status
            self._say(progress.status)

    def retry(self, why: str, delay: float) -> None:
        """Say it."""
        self._say(f"{why} Trying again in {delay:.0f} s.")

    def end(self, words: str, error: str = "") -> None:
        """Say it, unless it is an error, which whoever asked says."""
        if not error:
            self._say(words)

    def _say(self, words: str) -> None:
        self._out.write(f"{flat_line(self._model)}: {flat_line(words)}\n")
        self._out.flush()


class Events:
    """Satisfies `Meter` with a line of JSON an event (`protocol.models_export`)."""

    def __init__(self, model: str, out: TextIO, clock: Callable[[], float]) -> None:
        self._model = model
        self._out = out
        self._clock = clock
        self._told_at = -1.0
        self._progress = Progress()

    def show(self, progress: Progress) -> None:
        """Write it, unless one was written just now that says the same of the layers."""
        known = {layer.digest for layer in self._progress.layers} == {layer.digest for layer in progress.layers}
        same = known and progress.status == self._progress.status
        now = self._clock()
        if not same or (progress != self._progress and now >= self._told_at + _EVERY):
            self._told_at = now
            self._write("progress", progress)
        self._progress = progress if not same or now == self._told_at else self._progress

    def retry(self, why: str, delay: float) -> None:
        """Write it."""
        self._write("retry", self._progress, why, delay)

    def end(self, words: str, error: str = "") -> None:  # noqa: ARG002 - those are for people
        """Write the last one."""
        self._write("failed" if error else "done", self._progress, error)

    def _write(self, event: str, progress: Progress, error: str = "", delay: float = 0.0) -> None:
        self._out.write(json_text(work_event(event, self._model, progress, error, delay)))
        self._out.flush()


def bar(layer: Layer, columns: int) -> str:
    """Draw a layer in one row of less than so many columns."""
    size = size_words(layer.total) or "?"
    lead, end = f"{flat_line(layer.name):<12} ", f" {layer.share:4.0%} {size}"
    room = min(columns, _WIDEST) - 1 - len(lead) - len(end) - 2
    if room < _LEAST_BAR:
        return one_row(lead.rstrip() + end, columns)
    filled = int(room * layer.share)
    return f"{lead}[{'#' * filled}{' ' * (room - filled)}]{end}"


def one_row(text: str, columns: int) -> str:
    """Cut an untrusted text to a row of less than so many columns; a wide character counts as two."""
    kept, used = "", 0
    for character in flat_line(text):
        used += 1 if character.isascii() else 2
        if used >= columns:
            break
        kept += character
    return kept


def _size(out: TextIO) -> tuple[int, int]:
    """Columns and rows of the terminal that is written to."""
    try:
        size = os.get_terminal_size(out.fileno())
    except (OSError, ValueError):
        return 80, 24
    return size.columns or 80, size.lines or 24


def flat_line(text: str) -> str:
    """Return an untrusted text as one line that obeys nothing."""
    return sanitise(text).replace("\n", " ").replace("\t", " ")

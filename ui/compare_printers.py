"""How the answers of `chinwag compare` are printed: one after the other for people, as they come for programs."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from protocol.comparison import Contestant
from protocol.json_text import json_text
from ui.ask_events import VERSION, AskEvent, End, Id
from ui.ask_printers import JsonPrinter, TextPrinter
from ui.ask_prompts import PromptLine
from ui.compare_events import DIGITS, Contesting, Median
from ui.many_prompts import Answer
from ui.medians import Medians, table
from ui.paper import Held, Page, Paper


class Columns(Protocol):
    """Prints what all have answered. Raises OSError where standard output takes nothing."""

    def begin(self, contestants: tuple[Contestant, ...]) -> None:
        """These answer, in this order."""
        ...

    def answer(self, line: PromptLine, place: int) -> Answer:
        """Return where an answer is printed; `place` is that of who gives it, from 0."""
        ...

    def end(self, rows: list[tuple[str, Medians]]) -> None:
        """Print the medians of all, in this order."""
        ...


class TextColumns:
    """The answers as texts, a heading over each, an empty line between them; the table at the end.

    `width` is that of the terminal, in cells; None where nothing limits a line.
    """

    def __init__(self, paper: Paper, pages: Callable[[], Page], many: bool, width: int | None = None) -> None:
        self._paper = paper
        self._pages = pages
        self._many = many
        self._width = width
        self._labels: list[str] = []

    def begin(self, contestants: tuple[Contestant, ...]) -> None:
        """See `Columns`."""
        self._labels = [who.label for who in contestants]

    def answer(self, line: PromptLine, place: int) -> Answer:
        """See `Columns`."""
        held = Held(self._pages())
        label = self._labels[place]
        about = f"{line.number}: {label}" if self._many else label
        held.out(f"# {about}\n\n")
        return Answer(TextPrinter(held, about=f"{about}: ", command="compare"), held.release, place)

    def end(self, rows: list[tuple[str, Medians]]) -> None:
        """See `Columns`."""
        self._paper.out(f"\n{table(rows, self._width)}")


class JsonColumns:
    """The answers as events, as they come; the medians at the end."""

    def __init__(self, paper: Paper, many: bool) -> None:
        self._paper = paper
        self._many = many

    def begin(self, contestants: tuple[Contestant, ...]) -> None:
        """See `Columns`."""
        for number, who in enumerate(contestants, 1):
            self._paper.out(json_text(Contesting.of(VERSION, number, who)))

    def answer(self, line: PromptLine, place: int) -> Answer:
        """See `Columns`."""
        name = msgspec.UNSET if not self._many else line.number if line.id is None else line.id
        printer = ColumnPrinter(self._paper, place + 1, name)
        return Answer(printer, place=place, timed=printer.timed)

    def end(self, rows: list[tuple[str, Medians]]) -> None:
        """See `Columns`."""
        for number, (_, medians) in enumerate(rows, 1):
            self._paper.out(json_text(Median.of(number, medians)))


class ColumnPrinter(JsonPrinter):
    """The events of one of many answers; `number` is that of who gives it, from 1."""

    def __init__(self, paper: Paper, number: int, name: Id) -> None:
        super().__init__(paper, name=name)
        self._number = number
        self._times: dict[str, float | None] = {}

    def timed(self, first_token: float | None, seconds: float) -> None:
        """Its end says that it took so many seconds to its first piece, where one came, and so many in all."""
        first = None if first_token is None else round(first_token, DIGITS)
        self._times = {"first_token": first, "seconds": round(seconds, DIGITS)}

    def _said(self, event: AskEvent) -> object:
        times = self._times if isinstance(event, End) else {}
        return {**msgspec.to_builtins(event), **times, "contestant": self._number}

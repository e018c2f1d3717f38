"""How the answers of `chinwag compare` are printed: one after the other for people, as they come for programs."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from protocol.comparison import Contestant
from protocol.json_text import json_text
from protocol.reply import Finished
from protocol.ui import TurnEnded
from ui.ask_events import VERSION, AskEvent, End, Id
from ui.ask_printers import JsonPrinter, Printer, TextPrinter
from ui.ask_prompts import PromptLine
from ui.compare_events import DIGITS, Contesting, Median
from ui.medians import Medians, table
from ui.paper import Held, Page, Paper

Printing = tuple[Printer, Callable[[], None]]
"""The printer of one answer, and what is to be called when it is its turn."""


class Columns(Protocol):
    """Prints what all have answered. Raises OSError where standard output takes nothing."""

    def begin(self, contestants: tuple[Contestant, ...]) -> None:
        """These answer, in this order."""
        ...

    def printer(self, line: PromptLine, number: int) -> Printing:
        """Return what prints one answer; `number` is that of who gives it, from 1."""
        ...

    def end(self, rows: list[tuple[str, Medians]]) -> None:
        """Print the medians of all, in this order."""
        ...


class TextColumns:
    """The answers as texts, a heading over each, an empty line between them; the table at the end."""

    def __init__(self, paper: Paper, pages: Callable[[], Page], many: bool) -> None:
        self._paper = paper
        self._pages = pages
        self._many = many
        self._labels: list[str] = []

    def begin(self, contestants: tuple[Contestant, ...]) -> None:
        """See `Columns`."""
        self._labels = [who.label for who in contestants]

    def printer(self, line: PromptLine, number: int) -> Printing:
        """See `Columns`."""
        held = Held(self._pages())
        label = self._labels[number - 1]
        about = f"{line.number}: {label}" if self._many else label
        held.out(f"# {about}\n\n")
        return TextPrinter(held, about=f"{about}: "), held.release

    def end(self, rows: list[tuple[str, Medians]]) -> None:
        """See `Columns`."""
        self._paper.out(f"\n{table(rows)}")


class JsonColumns:
    """The answers as events, as they come; the medians at the end. `clock` tells seconds that never go back."""

    def __init__(self, paper: Paper, many: bool, clock: Callable[[], float]) -> None:
        self._paper = paper
        self._many = many
        self._clock = clock

    def begin(self, contestants: tuple[Contestant, ...]) -> None:
        """See `Columns`."""
        for number, who in enumerate(contestants, 1):
            self._paper.out(json_text(Contesting.of(VERSION, number, who)))

    def printer(self, line: PromptLine, number: int) -> Printing:
        """See `Columns`."""
        name = msgspec.UNSET if not self._many else line.number if line.id is None else line.id
        return ColumnPrinter(self._paper, number, name, self._clock), lambda: None

    def end(self, rows: list[tuple[str, Medians]]) -> None:
        """See `Columns`."""
        for number, (_, medians) in enumerate(rows, 1):
            self._paper.out(json_text(Median.of(number, medians)))


class ColumnPrinter(JsonPrinter):
    """The events of one of many answers. `clock` tells seconds that never go back."""

    def __init__(self, paper: Paper, number: int, name: Id, clock: Callable[[], float]) -> None:
        super().__init__(paper, name=name)
        self._number = number
        self._clock = clock
        self._began = 0.0
        self._times: dict[str, float] = {}

    def start(self, model: str, chat: str) -> None:
        """See `Printer`."""
        self._began = self._clock()
        super().start(model, chat)

    def end(self, event: TurnEnded) -> int:
        """See `Printer`."""
        first_token = event.ending.first_token if isinstance(event.ending, Finished) else 0.0
        seconds = self._clock() - self._began
        self._times = {"first_token": round(first_token, DIGITS), "seconds": round(seconds, DIGITS)}
        return super().end(event)

    def _said(self, event: AskEvent) -> object:
        times = self._times if isinstance(event, End) else {}
        return {**msgspec.to_builtins(event), **times, "contestant": self._number}

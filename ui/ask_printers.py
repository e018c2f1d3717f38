"""How an answer is printed: as text for people, as events for programs."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Protocol

from msgspec import UNSET

from protocol.errors import Category, Failure
from protocol.frames import Chunk, Metrics
from protocol.json_text import json_text
from protocol.reply import Broken, Finished
from protocol.turn import TurnState
from protocol.ui import TurnEnded
from ui.ask_events import VERSION, AskEvent, Called, End, Error, Id, Image, Note, Start, Text, Thinking
from ui.exit_status import DONE, FAILED, USAGE
from ui.paper import Paper

_CUT = "The reply was cut: it reached the length limit."
_ENDED = Failure(Category.APPLICATION, "The reply was ended.")
_HALVES = re.compile("[\ud800-\udfff]")
_GOOD = (TurnState.DONE, TurnState.CUT)
_STOPPED = (TurnState.CANCELLED, TurnState.INTERRUPTED)


class Printer(Protocol):
    """Prints the answer to one prompt. Raises OSError where standard output takes nothing."""

    def start(self, model: str, chat: str) -> None:
        """The prompt is sent, to this model."""
        ...

    def grow(self, chunks: Iterable[Chunk]) -> None:
        """The next pieces came."""
        ...

    def note(self, words: str) -> None:
        """Say something besides."""
        ...

    def end(self, event: TurnEnded) -> int:
        """The answer is over. Returns the exit status."""
        ...

    def fail(self, failure: Failure) -> None:
        """There is no answer, for this reason."""
        ...

    def close(self) -> None:
        """Nothing more comes, although the answer is not over."""
        ...


class TextPrinter:
    """The answer to standard output, everything else to standard error. `whole`: the answer when it is complete.

    `about` is put before what is said of it: which of many prompts it was. `command` is the one that asks.
    """

    def __init__(self, paper: Paper, whole: bool = False, about: str = "", command: str = "ask") -> None:
        self._paper = paper
        self._whole = whole
        self._about = about
        self._command = command
        self._kept: list[Chunk] = []
        self._ends_line = True
        self._thinking = False

    def start(self, model: str, chat: str) -> None:
        """See `Printer`."""

    def grow(self, chunks: Iterable[Chunk]) -> None:
        """See `Printer`."""
        if self._whole:
            self._kept += chunks
        else:
            self._print(list(chunks))

    def note(self, words: str) -> None:
        """See `Printer`."""
        self._say(words)

    def end(self, event: TurnEnded) -> int:
        """See `Printer`."""
        self.close()
        for call in event.reply.tool_calls:
            self._say(f"The model calls {call.name}({call.arguments}), which {self._command} cannot do.")
        if event.reply.images:
            how = "--json has it, and --keep keeps it in a chat"
            self._say(f"The model drew an image, which {self._command} does not print: {how}.")
        if event.state is TurnState.CUT:
            self._say(_CUT)
        elif event.state is TurnState.FAILED:
            self._say(str(_failure(event)))
        if misfit := _misfit(event):
            self._say(misfit)
        return _status(event)

    def fail(self, failure: Failure) -> None:
        """See `Printer`."""
        self.close()
        self._say(str(failure))

    def close(self) -> None:
        """See `Printer`."""
        self._print(self._kept)
        self._kept = []
        if not self._ends_line:
            self._paper.out("\n")
            self._ends_line = True

    def _print(self, chunks: list[Chunk]) -> None:
        thinking = "".join(chunk.thinking for chunk in chunks)
        if thinking:
            self._thinking = True
            self._paper.err(thinking)
        text = "".join(chunk.text for chunk in chunks)
        if text:
            if self._thinking:
                self._thinking = False
                self._paper.err("\n\n")
            self._ends_line = text.endswith("\n")
            self._paper.out(text)

    def _say(self, text: str) -> None:
        self._paper.err(f"chinwag: {self._about}{text}\n")


class JsonPrinter:
    """Everything to standard output, one event a line (`ui.ask_events`). `whole`: the texts when they are complete."""

    def __init__(self, paper: Paper, whole: bool = False, name: Id = UNSET) -> None:
        self._paper = paper
        self._whole = whole
        self._id = name
        self._kept: list[Chunk] = []

    def start(self, model: str, chat: str) -> None:
        """See `Printer`."""
        self._tell(Start(VERSION, _valid(model), chat, self._id))

    def grow(self, chunks: Iterable[Chunk]) -> None:
        """See `Printer`."""
        if self._whole:
            self._kept += chunks
        else:
            self._print(list(chunks))

    def note(self, words: str) -> None:
        """See `Printer`."""
        self._tell(Note(_valid(words), self._id))

    def end(self, event: TurnEnded) -> int:
        """See `Printer`."""
        self.close()
        for call in event.reply.tool_calls:
            self._tell(Called(_valid(call.name), _valid(call.arguments), self._id))
        if event.state in (*_GOOD, *_STOPPED):
            ending = event.ending
            reason, metrics = (ending.reason, ending.metrics) if isinstance(ending, Finished) else ("", Metrics())
            self._tell(End(event.state.value, _valid(reason), metrics, _valid(_misfit(event)), self._id))
        else:
            self.fail(_failure(event))
        return _status(event)

    def fail(self, failure: Failure) -> None:
        """See `Printer`."""
        self.close()
        what, advice, kind = _valid(failure.summary), _valid(failure.advice), failure.kind
        self._tell(Error(what, advice, failure.category.value, kind, failure.status, self._id))

    def close(self) -> None:
        """See `Printer`."""
        self._print(self._kept)
        self._kept = []

    def _print(self, chunks: list[Chunk]) -> None:
        if thinking := "".join(chunk.thinking for chunk in chunks):
            self._tell(Thinking(_valid(thinking), self._id))
        if text := "".join(chunk.text for chunk in chunks):
            self._tell(Text(_valid(text), self._id))
        for image in chain.from_iterable(chunk.images for chunk in chunks):
            self._tell(Image(image.media_type, image.data, self._id))

    def _tell(self, event: AskEvent) -> None:
        self._paper.out(json_text(self._said(event)))

    def _said(self, event: AskEvent) -> object:
        """What is printed of an event."""
        return event


def _valid(text: str) -> str:
    """Halves of characters, which no JSON holds, are replaced."""
    return _HALVES.sub("\ufffd", text)


def _misfit(event: TurnEnded) -> str:
    """In what the reply does not fit the format that was asked for; empty where it does."""
    return event.ending.misfit if isinstance(event.ending, Finished) else ""


def _status(event: TurnEnded) -> int:
    """What was asked for may turn out to make no sense only when it is to be sent."""
    if event.state in _GOOD and not _misfit(event):
        return DONE
    return USAGE if _failure(event).category is Category.INTERFACE else FAILED


def _failure(event: TurnEnded) -> Failure:
    return event.ending.failure if isinstance(event.ending, Broken) else _ENDED

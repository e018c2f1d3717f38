"""The headless face: one prompt in, its answer out."""

from collections.abc import Iterator
from typing import Protocol, TextIO

from protocol.address import Address
from protocol.coordinator import CancelAll, CoordinatorMessage, StartConversation, Submit
from protocol.errors import InterfaceError
from protocol.frames import Chunk
from protocol.reply import Broken
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    EngineFailed,
    EngineRecovered,
    InputRefused,
    ModelAsked,
    QuitRequested,
    ReplyGrew,
    ServerChanged,
    TurnEnded,
    TurnMoved,
    UiEvent,
)
from ui.ask_forewarning import AskForewarning
from ui.event_queue import EventQueue
from ui.sanitiser import sanitise

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
_GRACE_SECONDS = 2.0
"""How long an interrupted answer may take to end before the engine is stopped under it."""


class Engine(Protocol):
    """What this face needs of the engine."""

    @property
    def coordinator(self) -> Address[CoordinatorMessage]:
        """Who takes the prompt. It does not pass the InputHandler: a prompt from a pipe is never a command."""
        ...


def read_prompt(argument: str | None, stdin: TextIO | None, max_bytes: int) -> str:
    """Join the argument and what is piped in, a blank line between. Raises InterfaceError when there is neither, when
    there is more than `max_bytes`, and when nothing can be read.

    Bytes that are not UTF-8 become replacement characters: a prompt goes out as JSON, which has no others.
    """
    piped = "" if stdin is None or stdin.closed or stdin.isatty() else _read(stdin, max_bytes)
    parts = [part for part in ((argument or "").strip(), piped.strip()) if part]
    if not parts:
        raise InterfaceError("There is no prompt.", 'Give one: chinwag ask "Why is the sky blue?", or pipe one in.')
    prompt = "\n\n".join(parts)
    if len(prompt.encode()) > max_bytes:
        raise InterfaceError(f"The prompt has more than {max_bytes:,} bytes.", "Shorten it.")
    return prompt


def _read(stdin: TextIO, max_bytes: int) -> str:
    try:
        return stdin.buffer.read(max_bytes + 1).decode(errors="replace")
    except OSError as error:
        raise InterfaceError(f"Standard input cannot be read: {error}.", "Pipe something in.") from error


class Asking:
    """One prompt under way. The main thread. Writing raises OSError where standard output takes nothing."""

    def __init__(self, engine: Engine, events: EventQueue, out: TextIO, err: TextIO) -> None:
        self._engine = engine
        self._events = events
        self._out = out
        self._err = err
        self._ends_line = True
        self._thinking = False
        self._asked = False
        self._quit: QuitRequested | None = None

    def run(self, model: str | None, system: str, prompt: str) -> int:
        """Ask, print the answer as it comes, and return the exit status."""
        self._engine.coordinator.tell(StartConversation(model, system))
        forewarning = AskForewarning(prompt, system)
        for event in self._until_quit():
            words = forewarning.hear(event)
            if words:
                self._say(words)
            status = self._show(event, prompt)
            if status is not None:
                return status
        return self._interrupted()

    def _until_quit(self) -> Iterator[UiEvent]:
        """The events up to a wish to quit; then those that come within a moment, so that what came is printed."""
        while self._quit is None:
            event = self._events.take()
            if isinstance(event, QuitRequested):
                self._quit = event
                self._engine.coordinator.tell(CancelAll())
            elif event is not None:
                yield event
        while (event := self._events.take(_GRACE_SECONDS)) is not None:
            yield event

    def _show(self, event: UiEvent, prompt: str) -> int | None:
        """Show one event; the exit status when it is the last."""
        match event:
            case ConversationStarted(conversation=conversation) if not self._asked:
                self._asked = True
                self._engine.coordinator.tell(Submit(conversation, prompt))
            case ReplyGrew(chunks=chunks):
                self._print(chunks)
            case TurnMoved(state=TurnState.RETRYING, failure=failure, delay=delay) if failure is not None:
                self._say(f"{failure.summary} Trying again in {delay:.1f} s.")
            case ServerChanged(survey=survey) if survey.notice:
                self._say(survey.notice)
            case TurnEnded():
                return self._end(event)
            case ModelAsked(question=question):
                self._say(f"{question} Name one with -m.")
                return USAGE
            case InputRefused(reason=reason):
                self._say(reason)
                return USAGE
            case EngineFailed(failure=failure):
                self._say(str(failure))
                return FAILED
            case EngineRecovered(failure=failure):
                self._say(str(failure))
            case _:
                pass
        return None

    def _print(self, chunks: tuple[Chunk, ...]) -> None:
        thinking = "".join(chunk.thinking for chunk in chunks)
        if thinking:
            self._thinking = True
            self._write(self._err, thinking)
        text = "".join(chunk.text for chunk in chunks)
        if text:
            if self._thinking:
                self._thinking = False
                self._write(self._err, "\n\n")
            self._ends_line = text.endswith("\n")
            self._write(self._out, text)

    def _end(self, event: TurnEnded) -> int:
        self._finish_line()
        for call in event.reply.tool_calls:
            self._say(f"The model calls {call.name}({call.arguments}), which ask cannot do.")
        if self._quit is not None:
            return self._interrupted()
        match event.state:
            case TurnState.DONE:
                return DONE
            case TurnState.CUT:
                self._say("The reply was cut: it reached the length limit.")
                return DONE
            case _:
                failure = str(event.ending.failure) if isinstance(event.ending, Broken) else "The reply was ended."
                self._say(failure)
                return FAILED

    def _interrupted(self) -> int:
        assert self._quit is not None
        self._finish_line()
        if self._quit.reason:
            self._say(self._quit.reason)
        return self._quit.status

    def _finish_line(self) -> None:
        if not self._ends_line:
            self._write(self._out, "\n")
            self._ends_line = True

    def _say(self, text: str) -> None:
        self._write(self._err, f"chinwag: {text}\n")

    def _write(self, stream: TextIO, text: str) -> None:
        """Print through the sanitiser, at once: a model's control characters must not reach a terminal by a pipe."""
        stream.write(sanitise(text))
        stream.flush()

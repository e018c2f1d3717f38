"""The headless face: one prompt in, its answer out."""

from collections.abc import Callable, Iterator
from typing import Protocol, TextIO

from protocol.address import Address
from protocol.archivist import Resume
from protocol.attachments import words_sent
from protocol.chat import Attachment
from protocol.comparison import Compare
from protocol.coordinator import CancelAll, CoordinatorMessage, StartConversation, Submit
from protocol.errors import Category, Failure, InterfaceError
from protocol.identity import ConversationId
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    EngineFailed,
    EngineRecovered,
    InputRefused,
    KeepingFailed,
    ModelAsked,
    NoticePosted,
    QuitRequested,
    ReplyGrew,
    ServerChanged,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    UiEvent,
)
from ui.ask_forewarning import AskForewarning
from ui.ask_printers import Printer
from ui.event_queue import EventQueue
from ui.exit_status import FAILED, USAGE

GRACE_SECONDS = 2.0
"""How long an interrupted answer may take to end before the engine is stopped under it."""


class Engine(Protocol):
    """What this face needs of the engine."""

    @property
    def coordinator(self) -> Address[CoordinatorMessage]:
        """Who takes the prompt. It does not pass the InputHandler: a prompt from a pipe is never a command."""
        ...

    @property
    def archivist(self) -> Address[Resume | Submit | Compare]:
        """Who takes it where it is kept."""
        ...


def read_prompt(argument: str | None, stdin: TextIO | None, max_bytes: int, command: str = "ask") -> str:
    """Join the argument and what is piped in, a blank line between. Raises InterfaceError when there is neither, when
    there is more than `max_bytes`, and when nothing can be read. `command` is what asks.

    Bytes that are not UTF-8 become replacement characters: a prompt goes out as JSON, which has no others.
    """
    piped = "" if stdin is None or stdin.closed or stdin.isatty() else _read(stdin, max_bytes)
    parts = [part for part in ((argument or "").strip(), piped.strip()) if part]
    if not parts:
        raise InterfaceError(
            "There is no prompt.", f'Give one: chinwag {command} "Why is the sky blue?", or pipe one in.'
        )
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
    """One prompt under way. The main thread. Printing raises OSError where standard output takes nothing.

    `kept`: the engine keeps what is said. `say` takes a sentence for standard error; `forewarning` knows of what to
    warn. `attachments` go with the prompt.
    """

    def __init__(
        self,
        engine: Engine,
        events: EventQueue,
        printer: Printer,
        say: Callable[[str], None],
        forewarning: AskForewarning,
        kept: bool = False,
        attachments: tuple[Attachment, ...] = (),
    ) -> None:
        self._engine = engine
        self._events = events
        self._printer = printer
        self._say = say
        self._forewarning = forewarning
        self._kept = kept
        self._attachments = attachments
        self._conversation: ConversationId | None = None
        self._started = False
        self._gives_up = False
        """There is no model for the prompt: all that is left is to have it taken back."""
        self._quit: QuitRequested | None = None

    def run(self, begin: StartConversation | Resume, prompt: str) -> int:
        """Ask, print the answer as it comes, and return the exit status."""
        if isinstance(begin, Resume):
            self._engine.archivist.tell(begin)
        else:
            self._engine.coordinator.tell(begin)
        for event in self._until_quit():
            status = self._show(event, prompt)
            for _, words in self._forewarning.hear(event):
                self._printer.note(words)
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
        while (event := self._events.take(GRACE_SECONDS)) is not None:
            yield event

    def _show(self, event: UiEvent, prompt: str) -> int | None:
        """Show one event; the exit status when it is the last."""
        match event:
            case ConversationStarted() if self._conversation is None and event.shown:
                self._submit(event, prompt)
            case ReplyGrew(chunks=chunks):
                self._printer.grow(chunks)
            case TurnMoved(state=TurnState.CONNECTING) if not self._started:
                self._started = True
                self._printer.start(event.model, event.conversation)
            case TurnMoved(state=TurnState.RETRYING, failure=failure, delay=delay) if failure is not None:
                self._printer.note(f"{failure.summary} Trying again in {delay:.1f} s.")
            case ServerChanged(survey=survey) if survey.notice:
                self._printer.note(survey.notice)
            case NoticePosted(text=text) | KeepingFailed(warning=text):
                self._printer.note(text)
            case EngineRecovered(failure=failure):
                self._printer.note(str(failure))
            case TurnEnded():
                return self._end(event)
            case _:
                return self._fail(event)
        return None

    def _fail(self, event: UiEvent) -> int | None:
        """End with why there is no answer, if the event says so."""
        match event:
            case ModelAsked(question=question) if not self._gives_up:
                self._printer.fail(refusal(question, "Name one with -m."))
                self._gives_up = True
                self._engine.coordinator.tell(CancelAll())
                return None if self._conversation is not None else USAGE
            case TurnAccepted() if self._gives_up or self._quit is not None:
                self._engine.coordinator.tell(CancelAll())  # it was still on its way: a later run must not send it
                return None
            case InputRefused(reason=reason):
                self._printer.fail(refusal(reason))
                return USAGE
            case EngineFailed(failure=failure):
                self._printer.fail(failure)
                return FAILED
            case _:
                return None

    def _submit(self, event: ConversationStarted, prompt: str) -> None:
        self._conversation = event.conversation
        self._forewarning.ask(event, words_sent(prompt, self._attachments))
        submit = Submit(event.conversation, prompt, attachments=self._attachments)
        if self._kept:
            self._engine.archivist.tell(submit)
        else:
            self._engine.coordinator.tell(submit)

    def _end(self, event: TurnEnded) -> int:
        if self._gives_up:
            return USAGE
        status = self._printer.end(event)
        return status if self._quit is None else self._interrupted()

    def _interrupted(self) -> int:
        assert self._quit is not None
        self._printer.close()
        if self._quit.reason:
            self._say(self._quit.reason)
        return self._quit.status


def refusal(what: str, advice: str = "") -> Failure:
    """Return why something was not asked, as a failure."""
    return Failure(Category.INTERFACE, what, advice, InterfaceError.__name__)

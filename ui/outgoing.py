"""Texts, and commands that lead to another conversation, on their way to the engine."""

from collections import deque
from dataclasses import dataclass

from protocol.address import Address
from protocol.chat import Attachment
from protocol.command_table import is_command, parse_command
from protocol.commands import Command, Delete, Fork, New, Open, Undelete
from protocol.compare_words import CompareJudge, CompareMerge
from protocol.comparison import ColumnKind, JudgeOffered
from protocol.identity import ConversationId
from protocol.input_handler import CommandPressed, InputHandlerMessage, TextSubmitted
from protocol.mentions import carried
from protocol.ui import ConversationStarted, InputRefused, NoticePosted, PromptOffered, UiEvent

_MAY_STAY = Open | Fork | Delete | Undelete
"""These lead to another conversation, or it is said in the old one why not."""


@dataclass(frozen=True)
class Written:
    """What was written, and how it is meant."""

    text: str
    edits: PromptOffered | None = None
    """The prompt that it is to replace."""
    urgent: bool = False
    """Send it now: stop the reply under way."""
    typed: bool = True
    """False where it came by a pipe."""
    attachments: tuple[Attachment, ...] = ()
    """What commands printed, and goes with it."""
    asks: JudgeOffered | None = None
    """The question, to one who judges or merges answers, that was offered and is now this text."""


class Outgoing:
    """Keeps what was submitted until there is an engine, and the conversation that it is meant for. UI thread only."""

    def __init__(self) -> None:
        self._waiting: deque[Written | Command] = deque()
        self._engine: Address[InputHandlerMessage] | None = None
        self._left: ConversationId | None = None
        """The conversation that a command is about to leave: what is written after it must not go there."""
        self._may_stay = False

    def connect(self, engine: Address[InputHandlerMessage]) -> None:
        """There is somebody to tell."""
        self._engine = engine

    def submit(self, written: Written | Command) -> None:
        """Take a text or a command; `flush` sends it."""
        self._waiting.append(written)

    def hear(self, event: UiEvent) -> None:
        """Learn from an event what became of a command that leads to another conversation: that one is shown, or it
        was said in the old one why not."""
        match event:
            case ConversationStarted(shown=True):
                self._left = None
            case InputRefused() if event.conversation == self._left:
                self._left = None
            case NoticePosted() if event.conversation == self._left and self._may_stay:
                self._left = None
            case _:
                pass

    def flush(self, shown: ConversationId | None) -> None:
        """Send what is meant for the conversation that is shown."""
        if self._engine is None or shown is None:
            return
        while self._waiting and self._left is None:
            command = self._send(self._engine, self._waiting.popleft(), shown)
            self._may_stay = isinstance(command, _MAY_STAY)
            if self._may_stay or isinstance(command, New):
                self._left = shown

    def _send(
        self, engine: Address[InputHandlerMessage], what: Written | Command, shown: ConversationId
    ) -> Command | None:
        """Send it, and return the command that it is."""
        if not isinstance(what, Written):
            engine.tell(CommandPressed(shown, what))
            return what
        if what.asks is not None:
            made = CompareJudge if what.asks.kind is ColumnKind.JUDGE else CompareMerge
            engine.tell(CommandPressed(what.asks.conversation, made(what.asks.model, what.text)))
            return None
        edited = what.edits if what.edits and what.edits.conversation == shown else None
        stays = carried(edited.attachments, edited.prompt, what.text) if edited is not None else ()
        with_it, edits = (*stays, *what.attachments), edited.turn if edited is not None else None
        engine.tell(TextSubmitted(shown, what.text, edits, what.urgent, what.typed, with_it))
        return parse_command(what.text) if is_command(what.text) else None

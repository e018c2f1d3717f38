"""The InputHandler: what the user typed becomes commands, or is refused with a reason."""

from collections import deque
from collections.abc import Callable
from typing import assert_never

from actors.actor import Actor
from actors.attaching import Attaching
from actors.errands import Errands
from actors.orders import UserCommand, order, question
from actors.schema_file import checked, read_schema
from actors.vitals import Vitals
from protocol.address import Address
from protocol.archivist import ArchiveQuestion, KeepDraft, RememberInput
from protocol.attaching import AttachingMessage, ImagesWanted, PathsPasted, TextWritten
from protocol.chat import Attachment
from protocol.command_table import help_text, is_command, parse_command, shell_command
from protocol.commands import (
    Advice,
    Attach,
    Chats,
    Command,
    Debug,
    Delete,
    Help,
    Open,
    Quit,
    Search,
    Set,
    SetFormatFile,
    Title,
    Undelete,
    Unknown,
)
from protocol.compare_words import CompareAll
from protocol.comparison import Compare
from protocol.coordinator import CancelConversation, NewsOfActors, Submit
from protocol.errands import CommandRan, FilesGathered, FilesSeen, ImagesSaved
from protocol.errors import Failure
from protocol.identity import ConversationId
from protocol.input_handler import CancelPressed, CommandPressed, DraftChanged, InputHandlerMessage, TextSubmitted
from protocol.limits import ResourceLimits
from protocol.options import Unfit
from protocol.parameter_changes import SetFormat
from protocol.text import encodable
from protocol.ui import InputRefused, NoticePosted, QuitRequested, UiEvent

_DOUBLE_ENTER_SECONDS = 0.3
_BURST_PROMPTS = 10
_BURST_SECONDS = 1.0


class InputHandler(Actor[InputHandlerMessage]):
    """Owns the parsing and checking of input. `clock` tells seconds that never go back.

    `prompts` is where prompts go first: the Archivist, which passes them on when they are kept, or the Coordinator.
    What is taken is told to the Archivist besides, to be found again by later runs. `gauges` says how the engine fares;
    it waits for nobody. `errands` does what takes a disk or a shell; without it, `@` and `!` mean nothing.
    """

    def __init__(
        self,
        prompts: Address[Submit | Compare],
        archivist: Address[ArchiveQuestion],
        coordinator: Address[UserCommand],
        ui: Address[UiEvent],
        supervisor: Address[NewsOfActors],
        limits: ResourceLimits,
        clock: Callable[[], float],
        gauges: Callable[[], str] = str,
        vitals: Vitals | None = None,
        errands: Errands | None = None,
    ) -> None:
        super().__init__(supervisor, vitals)
        self._prompts = prompts
        self._archivist = archivist
        self._coordinator = coordinator
        self._ui = ui
        self._max_bytes = limits.max_prompt_bytes
        self._clock = clock
        self._gauges = gauges
        self._last: tuple[TextSubmitted, float] | None = None
        self._recent: deque[float] = deque(maxlen=_BURST_PROMPTS)
        self._handed_over: InputHandlerMessage | None = None
        self._attaching = None if errands is None else Attaching(errands, ui, self._hand_over, self._refuse)

    def act(self, message: InputHandlerMessage) -> None:
        match message:
            case TextSubmitted():
                self._take(message)
            case CommandPressed(conversation=conversation, command=command):
                self._execute(conversation, command)
            case CancelPressed(conversation=conversation):
                if self._attaching is None or not self._attaching.cancel(conversation):
                    self._coordinator.tell(CancelConversation(conversation))
            case DraftChanged(conversation=conversation, text=text):
                self._archivist.tell(KeepDraft(conversation, encodable(text)))
            case _ if isinstance(message, AttachingMessage):
                if self._attaching is not None:
                    self._attaching.act(message)
            case _:
                assert_never(message)

    def on_stop(self) -> None:
        """What still waits for its files is sent by nobody: the next run finds it with Up."""
        for text in self._attaching.waiting if self._attaching is not None else ():
            self._archivist.tell(RememberInput(text))

    def recover(self, message: InputHandlerMessage, failure: Failure) -> None:
        """Give back what was not handed over, and forget what came before."""
        self._last = None
        self._recent.clear()
        if self._attaching is not None:
            self._attaching.give_up(f"{failure.summary} Send it again.")
        if message is self._handed_over:
            return
        match message:
            case TextSubmitted(conversation=conversation, text=text, attachments=attachments):
                self._ui.tell(InputRefused(conversation, text, f"{failure.summary} Send it again.", attachments))
            case DraftChanged(conversation=conversation, text=text):
                self._archivist.tell(KeepDraft(conversation, encodable(text)))
            case CommandPressed(conversation=conversation) | CancelPressed(conversation=conversation):
                self._ui.tell(NoticePosted(conversation, f"{failure.summary} Press the key again."))
            case PathsPasted() | TextWritten():
                pass  # what is written stays what it is
            case ImagesWanted(conversation=conversation):
                self._ui.tell(NoticePosted(conversation, f"{failure.summary} Save it again."))
            case FilesSeen() | FilesGathered() | CommandRan() | ImagesSaved():
                pass  # whoever waited for it was told that it failed
            case _:
                assert_never(message)

    def _take(self, message: TextSubmitted) -> None:
        if message.typed and self._is_double_enter(message):
            return
        text = encodable(message.text.strip())
        command = parse_command(text) if is_command(text) else None
        refusal = self._unfit(text) or (self._burst(message) if command is None else _misunderstood(command))
        run = self._command_to_run(message, text) if not refusal else ""
        if run and self._attaching is not None:
            refusal = self._attaching.run(message.conversation, run)
        if refusal:
            self._refuse(message, refusal)
            return
        if run:
            self._remember(message, text)
        elif command is not None:
            self._execute(message.conversation, command)
            self._remember(message, text)
        else:
            self._recent.append(self._clock())
            self._submit(message, text)

    def _submit(self, message: TextSubmitted, text: str) -> None:
        if self._attaching is None:
            self._hand_over(message, text, message.attachments)
        else:
            self._attaching.submit(message, text)
            self._handed_over = message

    def _hand_over(self, message: TextSubmitted, text: str, attachments: tuple[Attachment, ...]) -> None:
        """Pass a prompt on with all that goes with it."""
        self._prompts.tell(Submit(message.conversation, text, message.edits, message.urgent, attachments))
        self._remember(message, text)

    def _remember(self, message: TextSubmitted, text: str) -> None:
        self._handed_over = message
        self._archivist.tell(RememberInput(text))

    def _command_to_run(self, message: TextSubmitted, text: str) -> str:
        """What of a text is to be run: only what somebody typed, and never again what ran already."""
        plain = message.typed and message.edits is None and not message.attachments and not message.urgent
        return shell_command(text) if plain and self._attaching is not None else ""

    def _is_double_enter(self, message: TextSubmitted) -> bool:
        """The same text, or none, within a moment is a finger that bounced, not a second question."""
        now, last = self._clock(), self._last
        bounced = last is not None and now - last[1] < _DOUBLE_ENTER_SECONDS
        if bounced and not message.text.strip():
            return True
        self._last = (message, now)
        return bounced and last is not None and last[0] == message

    def _unfit(self, text: str) -> str:
        if not text:
            return "There is nothing to send: write something first."
        size = len(text.encode(errors="replace"))
        if size > self._max_bytes:
            return f"The prompt has {size:,} bytes, the limit is {self._max_bytes:,}: shorten it."
        return ""

    def _burst(self, message: TextSubmitted) -> str:
        full = message.typed and len(self._recent) == _BURST_PROMPTS
        if full and self._clock() - self._recent[0] < _BURST_SECONDS:
            return f"More than {_BURST_PROMPTS} prompts in {_BURST_SECONDS:.0f} second: send it again in a moment."
        return ""

    def _refuse(self, message: TextSubmitted, reason: str) -> None:
        """Give a text back. The next Enter on it is no double one: to drop it would lose what was typed."""
        if message.text.strip():
            self._last = None
        self._ui.tell(InputRefused(message.conversation, message.text, reason, message.attachments))

    def _execute(self, conversation: ConversationId, command: Command) -> None:
        match command:
            case Help():
                self._ui.tell(NoticePosted(conversation, help_text()))
            case Quit():
                self._ui.tell(QuitRequested())
            case Debug():
                self._ui.tell(NoticePosted(conversation, self._gauges()))
            case Advice(text=text):
                self._ui.tell(NoticePosted(conversation, text))
            case Unknown(explanation=explanation):
                self._ui.tell(NoticePosted(conversation, explanation))
            case Attach(path=path):
                if self._attaching is not None:
                    self._attaching.attach(conversation, path)
            case Chats() | Open() | Title() | Search() | Delete() | Undelete():
                self._archivist.tell(question(conversation, command))
            case CompareAll(contestants=contestants, prompt=prompt) if prompt:
                self._prompts.tell(Compare(conversation, contestants, prompt))
            case SetFormatFile(path=path):
                self._set_format(conversation, lambda: read_schema(path))
            case Set(change=SetFormat() as change):
                self._set_format(conversation, lambda: checked(change))
            case _:
                self._coordinator.tell(order(conversation, command))

    def _set_format(self, conversation: ConversationId, find: Callable[[], SetFormat]) -> None:
        try:
            change = find()
        except Unfit as error:
            self._ui.tell(NoticePosted(conversation, str(error)))
        else:
            self._coordinator.tell(order(conversation, Set(change)))


def _misunderstood(command: Command) -> str:
    return command.explanation if isinstance(command, Unknown) else ""

"""The InputHandler: what the user typed becomes commands, or is refused with a reason."""

from collections import deque
from collections.abc import Callable
from typing import assert_never

from actors.actor import Actor
from protocol.address import Address
from protocol.archivist import ArchiveQuestion, ListConversations, Reopen
from protocol.commands import (
    Cancel,
    Chats,
    Command,
    Help,
    Model,
    New,
    Open,
    Queue,
    Quit,
    System,
    Unknown,
    help_text,
    is_command,
    parse_command,
)
from protocol.coordinator import (
    ActorFailed,
    CancelAll,
    CancelConversation,
    ChooseModel,
    SetSystemPrompt,
    ShowModels,
    ShowQueue,
    ShowSystemPrompt,
    StartConversation,
    Submit,
)
from protocol.identity import ConversationId
from protocol.input_handler import CancelPressed, InputHandlerMessage, TextSubmitted
from protocol.limits import ResourceLimits
from protocol.text import encodable
from protocol.ui import InputRefused, NoticePosted, QuitRequested, UiEvent

UserCommand = (
    CancelConversation
    | CancelAll
    | StartConversation
    | ChooseModel
    | ShowModels
    | SetSystemPrompt
    | ShowSystemPrompt
    | ShowQueue
)

_DOUBLE_ENTER_SECONDS = 0.3
_BURST_PROMPTS = 10
_BURST_SECONDS = 1.0


class InputHandler(Actor[InputHandlerMessage]):
    """Owns the parsing and checking of input. `clock` tells seconds that never go back.

    `prompts` is where prompts go first: the Archivist, which passes them on when they are kept, or the Coordinator.
    """

    def __init__(
        self,
        prompts: Address[Submit],
        archivist: Address[ArchiveQuestion],
        coordinator: Address[UserCommand],
        ui: Address[UiEvent],
        supervisor: Address[ActorFailed],
        limits: ResourceLimits,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(supervisor)
        self._prompts = prompts
        self._archivist = archivist
        self._coordinator = coordinator
        self._ui = ui
        self._max_bytes = limits.max_prompt_bytes
        self._clock = clock
        self._last: tuple[TextSubmitted, float] | None = None
        self._recent: deque[float] = deque(maxlen=_BURST_PROMPTS)

    def on_receive(self, message: InputHandlerMessage) -> None:
        match message:
            case TextSubmitted():
                self._take(message)
            case CancelPressed(conversation=conversation):
                self._coordinator.tell(CancelConversation(conversation))
            case _:
                assert_never(message)

    def _take(self, message: TextSubmitted) -> None:
        if self._is_double_enter(message):
            return
        text = encodable(message.text.strip())
        command = is_command(text)
        refusal = self._unfit(text) or ("" if command else self._burst())
        if refusal:
            self._refuse(message, refusal)
        elif command:
            self._execute(message, parse_command(text))
        else:
            self._recent.append(self._clock())
            self._prompts.tell(Submit(message.conversation, text))

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

    def _burst(self) -> str:
        full = len(self._recent) == _BURST_PROMPTS
        if full and self._clock() - self._recent[0] < _BURST_SECONDS:
            return f"More than {_BURST_PROMPTS} prompts in {_BURST_SECONDS:.0f} second: send it again in a moment."
        return ""

    def _refuse(self, message: TextSubmitted, reason: str) -> None:
        """Give a text back. The next Enter on it is no double one: to drop it would lose what was typed."""
        if message.text.strip():
            self._last = None
        self._ui.tell(InputRefused(message.conversation, message.text, reason))

    def _execute(self, message: TextSubmitted, command: Command) -> None:
        conversation = message.conversation
        match command:
            case Help():
                self._ui.tell(NoticePosted(conversation, help_text()))
            case Quit():
                self._ui.tell(QuitRequested())
            case Chats():
                self._archivist.tell(ListConversations(conversation))
            case Open(wanted=wanted):
                self._archivist.tell(Reopen(conversation, wanted))
            case Unknown(explanation=explanation):
                self._refuse(message, explanation)
            case _:
                self._coordinator.tell(_order(conversation, command))


def _order(conversation: ConversationId, command: New | Model | System | Cancel | Queue) -> UserCommand:
    match command:
        case New():
            return StartConversation(like=conversation)
        case Model(name=""):
            return ShowModels(conversation)
        case Model(name=name):
            return ChooseModel(conversation, name)
        case System(text=""):
            return ShowSystemPrompt(conversation)
        case System(text=text):
            return SetSystemPrompt(conversation, "" if text == "-" else text)
        case Cancel(everything=everything):
            return CancelAll() if everything else CancelConversation(conversation)
        case Queue():
            return ShowQueue(conversation)
        case _:
            assert_never(command)

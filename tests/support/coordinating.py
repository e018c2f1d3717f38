"""A Coordinator without a thread, and one journal of everything that it tells to anybody, in order."""

from itertools import count

from actors.colleagues import Colleagues
from actors.coordinator import Coordinator
from protocol.accumulator import BeginReply
from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.coordinator import (
    CoordinatorMessage,
    ReplyFinished,
    ReplyProgressed,
    ServerSurveyed,
    StartConversation,
    Submit,
)
from protocol.errors import ConnectionLost, Failure, ServerUnreachable
from protocol.frames import Metrics
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.limits import ResourceLimits
from protocol.message import Message
from protocol.models import InstalledModel, ServerSurvey
from protocol.reply import Broken, Ending, Finished, Reply, Stopped
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import TurnEnded, TurnMoved, VersionsCounted
from tests.support.addresses import Recorder

A, B, C = (ConversationId(name) for name in "123")
"""The first conversations of a desk, where ids count from 1; the turns come after them."""
MODEL = "tiny:1b"
SURVEY = ServerSurvey("here", models=(InstalledModel(MODEL),))
AWAY = ServerSurvey("here", failure=ServerUnreachable("No server answers.", "Start it.").failure)
UNREACHABLE = ServerUnreachable("No server answers.", "Start it.").failure
LOST = ConnectionLost("The connection broke.", "What came is kept.").failure
DONE = Finished("stop", Metrics(eval_count=2, eval_duration=3))
STOPPED = Stopped()
NOTHING = Reply()


class ReaderClosed(Message, frozen=True):
    """In the journal: the reader of this stream was cancelled."""

    stream: StreamId


class Desk:
    """A Coordinator at work, with as many conversations as wanted, all of which use MODEL."""

    def __init__(
        self,
        conversations: int = 1,
        model: str | None = MODEL,
        settings: EngineSettings | None = None,
        chance: float = 0.0,
        first_id: int = 1,
        kept: bool = False,
    ) -> None:
        """`kept`: there is an Archivist, who is told in the same journal what is for nobody else."""
        self._journal = Recorder[object]()
        numbers = count(first_id)
        archivist = self._journal if kept else None
        everybody = Colleagues(
            self._journal, self._journal, self._journal, self._journal, self, self._journal, archivist
        )
        chosen = settings or EngineSettings()
        self.coordinator = Coordinator(everybody, chosen, lambda: str(next(numbers)), lambda: chance)
        for _ in range(conversations):
            self.coordinator.on_receive(StartConversation(model))
        self.take()

    def open(self, message: OpenStream) -> None:
        """See `Readers.open`."""
        self._journal.tell(message)

    def close(self, stream: StreamId) -> None:
        """See `Readers.close`."""
        self._journal.tell(ReaderClosed(stream))

    def take(self) -> list[object]:
        """Everything told to anybody since the last `take`."""
        return self._journal.take()

    def after(self, *messages: CoordinatorMessage) -> list[object]:
        """Everything told because of these messages."""
        self.take()
        for message in messages:
            self.coordinator.on_receive(message)
        return self.take()

    def given(self, *messages: CoordinatorMessage) -> None:
        """Receive these messages; what is told because of them is of no interest."""
        self.after(*messages)


def limits(**values: int) -> EngineSettings:
    """Settings with other limits."""
    return EngineSettings(limits=ResourceLimits(**values))  # type: ignore[arg-type]


def stream(turn: int, attempt: int = 1) -> StreamId:
    """The attempt of the turn with this id."""
    return StreamId(TurnId(str(turn)), attempt)


def submit(conversation: ConversationId, prompt: str = "Hi") -> Submit:
    """A prompt."""
    return Submit(conversation, prompt)


def surveyed(survey: ServerSurvey = SURVEY, last_used: str | None = None) -> ServerSurveyed:
    """News of the server."""
    return ServerSurveyed(survey, last_used)


def thought(of: StreamId) -> ReplyProgressed:
    """News of a stream: the model thinks."""
    return ReplyProgressed(of, answering=False)


def answered(of: StreamId) -> ReplyProgressed:
    """News of a stream: the model answers."""
    return ReplyProgressed(of, answering=True)


def finished(of: StreamId, text: str = "Hello.", ending: Ending = DONE) -> ReplyFinished:
    """News of a stream: it is over."""
    return ReplyFinished(of, Reply(text), ending)


def broke(of: StreamId, failure: Failure = LOST, reply: Reply = NOTHING) -> ReplyFinished:
    """News of a stream: it broke."""
    return ReplyFinished(of, reply, Broken(failure))


def moved(conversation: ConversationId, of: StreamId, state: TurnState) -> TurnMoved:
    """The UI is told of a new state."""
    return TurnMoved(conversation, of, state, MODEL)


def ended(
    conversation: ConversationId, of: StreamId, state: TurnState, reply: Reply = NOTHING, ending: Ending = STOPPED
) -> TurnEnded:
    """The UI is told of an end."""
    return TurnEnded(conversation, of, state, reply, ending)


def failed(conversation: ConversationId, of: StreamId, failure: Failure, reply: Reply = NOTHING) -> TurnEnded:
    """The UI is told of a failure."""
    return ended(conversation, of, TurnState.FAILED, reply, Broken(failure))


def asked(*said: str, system: str = "", model: str = MODEL) -> ChatRequest:
    """The request for a talk in which user and assistant took turns."""
    roles = (Role.USER, Role.ASSISTANT)
    messages = tuple(ChatMessage(roles[number % 2], text) for number, text in enumerate(said))
    return ChatRequest(model, (*((ChatMessage(Role.SYSTEM, system),) if system else ()), *messages))


def begun(
    conversation: ConversationId,
    of: StreamId,
    request: ChatRequest | None = None,
    marks: tuple[Place, Place] | None = None,
    prefix: Reply = NOTHING,
) -> list[object]:
    """All that is told when an attempt begins: the UI, the Accumulator and then a reader.

    `marks` are those of the prompt and of the reply, where either has several versions.
    """
    connecting = TurnMoved(conversation, of, TurnState.CONNECTING, request.model if request else MODEL)
    counted = [VersionsCounted(conversation, of.turn, *marks)] if marks else []
    return [connecting, *counted, BeginReply(of, conversation, prefix), OpenStream(of, request or asked("Hi"))]


def parked(of: StreamId, failure: Failure, conversation: ConversationId = A) -> TurnMoved:
    """The UI is told that a turn waits for the server."""
    return TurnMoved(conversation, of, TurnState.WAITING_FOR_SERVER, MODEL, failure)

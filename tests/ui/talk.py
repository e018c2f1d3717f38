"""Events of one conversation, made short for tests."""

from protocol.chat import ToolCall
from protocol.errors import Category, Failure
from protocol.frames import Chunk, Metrics
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.models import RunningModel, ServerSurvey
from protocol.reply import Broken, Ending, Finished, Reply, Stopped
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    Exchange,
    PathShown,
    ReplyGrew,
    ServerChanged,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    TurnQueued,
    UiEvent,
    WaitReason,
)

TALK = ConversationId("talk")
OTHER = ConversationId("other")
MODEL = "llama3.2"
ROOM = 100
"""Tokens."""
REFUSED = Failure(Category.NETWORK, "Connection refused.", "Start the server.", "ServerUnreachable")
STOPPED = Stopped()
NO_METRICS = Metrics()


def stream(turn: str, attempt: int = 1) -> StreamId:
    return StreamId(TurnId(turn), attempt)


def started(conversation: ConversationId = TALK, model: str | None = MODEL) -> ConversationStarted:
    return ConversationStarted(conversation, model)


def accepted(turn: str, prompt: str = "Hi", conversation: ConversationId = TALK) -> TurnAccepted:
    return TurnAccepted(conversation, TurnId(turn), prompt)


def again(turn: str, prompt: str = "Hi") -> TurnAccepted:
    return TurnAccepted(TALK, TurnId(turn), prompt, again=True)


def exchange(
    turn: str,
    prompt: str = "Hi",
    text: str = "",
    thinking: str = "",
    state: TurnState = TurnState.DONE,
    ending: Ending | None = None,
    places: tuple[Place, Place] = (Place(), Place()),
) -> Exchange:
    reply = Reply(text, thinking)
    return Exchange(TurnId(turn), prompt, places[0], stream(turn), MODEL, reply, state, ending, places[1])


def shows(*exchanges: Exchange) -> PathShown:
    head = exchanges[-1].stream.message if exchanges else None
    return PathShown(TALK, head, exchanges)


def queued(turn: str, reason: WaitReason = WaitReason.EARLIER_PROMPT) -> TurnQueued:
    return TurnQueued(TALK, TurnId(turn), reason)


def moved(
    turn: str,
    state: TurnState,
    attempt: int = 1,
    failure: Failure | None = None,
    delay: float = 0.0,
    conversation: ConversationId = TALK,
) -> TurnMoved:
    return TurnMoved(conversation, stream(turn, attempt), state, MODEL, failure, delay)


def grew(turn: str, *texts: str, attempt: int = 1, conversation: ConversationId = TALK) -> ReplyGrew:
    return ReplyGrew(conversation, stream(turn, attempt), tuple(Chunk(text) for text in texts))


def thought(turn: str, *texts: str, attempt: int = 1) -> ReplyGrew:
    return ReplyGrew(TALK, stream(turn, attempt), tuple(Chunk(thinking=text) for text in texts))


def called(turn: str, *calls: ToolCall) -> ReplyGrew:
    return ReplyGrew(TALK, stream(turn), (Chunk(tool_calls=calls),))


def ended(
    turn: str,
    state: TurnState,
    text: str = "",
    ending: Ending = STOPPED,
    thinking: str = "",
    attempt: int = 1,
    calls: tuple[ToolCall, ...] = (),
) -> TurnEnded:
    return TurnEnded(TALK, stream(turn, attempt), state, Reply(text, thinking, calls), ending)


def done(turn: str, text: str, metrics: Metrics = NO_METRICS, thinking: str = "", attempt: int = 1) -> TurnEnded:
    return ended(turn, TurnState.DONE, text, Finished("stop", metrics), thinking, attempt)


def failed(turn: str, text: str = "", failure: Failure = REFUSED, attempt: int = 1) -> TurnEnded:
    return ended(turn, TurnState.FAILED, text, Broken(failure), attempt=attempt)


def runs(room: int | None = ROOM, model: str = MODEL) -> ServerChanged:
    """A server runs a model whose context holds so many tokens."""
    return ServerChanged(ServerSurvey("here", running=(RunningModel(model, 0, room),)))


def asked(
    turn: str, read: int | None, written: int = 10, prompt: str = "Hi", thinking: str = "", answer: str = "Yes."
) -> list[UiEvent]:
    """A turn from its prompt to its end, for which so many tokens were read and written."""
    metrics = Metrics(prompt_eval_count=read, eval_count=written)
    begun = accepted(turn, prompt), moved(turn, TurnState.CONNECTING), grew(turn, answer)
    return [*begun, done(turn, answer, metrics, thinking)]

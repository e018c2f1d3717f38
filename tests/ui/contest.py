"""What a screen is told of a comparison, made short for tests."""

from collections.abc import Iterator

from protocol.comparison import Column, ColumnKind, Comparison, ComparisonBegan, ComparisonId, Contestant
from protocol.errors import Category, Failure
from protocol.frames import Chunk, Metrics
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.reply import Broken, Finished, Reply
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, ReplyGrew, TurnAccepted, TurnEnded, TurnMoved, UiEvent, VersionsCounted
from tests.ui.talk import TALK

ASKED = "Why is the sky blue?"
COUNTED = Metrics(eval_count=120, eval_duration=2_000_000_000)
BROKE = Failure(Category.NETWORK, "The connection broke.", "Ask again.", "ConnectionBroke")


def column(model: str, kind: ColumnKind = ColumnKind.ANSWER) -> Column:
    """The column in which a model answers: all of it is called as the model is."""
    return Column(ConversationId(model), Contestant(model), TurnId(model), kind)


def comparison(*models: str) -> Comparison:
    """What these models are asked in the talk."""
    columns = tuple(map(column, models))
    return Comparison(ComparisonId("1"), TALK, None, TurnId("p"), ASKED, columns)


def begins(*models: str) -> Iterator[UiEvent]:
    """A comparison of these begins, and each of them is asked."""
    compared = comparison(*models)
    yield ComparisonBegan(TALK, compared)
    for one in compared.columns:
        yield ConversationStarted(one.conversation, one.contestant.model, shown=False, column_of=TALK)
        yield TurnAccepted(one.conversation, one.turn, ASKED)
        yield moved(one.contestant.model, TurnState.CONNECTING)


def moved(model: str, state: TurnState) -> UiEvent:
    """The answer of a model comes into another state."""
    return TurnMoved(ConversationId(model), _stream(model), state, model)


def says(model: str, *texts: str) -> Iterator[UiEvent]:
    """The next pieces of an answer."""
    yield moved(model, TurnState.ANSWERING)
    yield ReplyGrew(ConversationId(model), _stream(model), tuple(map(Chunk, texts)))


def ends(model: str, text: str, state: TurnState = TurnState.DONE) -> UiEvent:
    """An answer is over, and this is all of it."""
    ending = Finished("stop", COUNTED) if state is TurnState.DONE else Broken(BROKE)
    return TurnEnded(ConversationId(model), _stream(model), state, Reply(text), ending)


def answers(model: str, text: str, state: TurnState = TurnState.DONE) -> Iterator[UiEvent]:
    """All of an answer comes, and it is over."""
    yield from says(model, text)
    yield ends(model, text, state)


def comes_again(model: str, text: str) -> Iterator[UiEvent]:
    """An answer that is over is asked for again, and comes."""
    talk, stream = ConversationId(model), _stream(model, 2)
    yield TurnAccepted(talk, stream.turn, ASKED, again=True)
    yield TurnMoved(talk, stream, TurnState.CONNECTING, model)
    yield TurnEnded(talk, stream, TurnState.DONE, Reply(text), Finished("stop", COUNTED))
    yield VersionsCounted(talk, stream.turn, Place(), Place(2, 2))


def _stream(model: str, attempt: int = 1) -> StreamId:
    return StreamId(TurnId(model), attempt)

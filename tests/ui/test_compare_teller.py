"""What is compared, told in lines."""

from msgspec.structs import replace

from protocol.compare_words import CompareJudge, CompareMerge
from protocol.comparison import (
    Column,
    ColumnKind,
    Comparison,
    ComparisonBegan,
    ComparisonChanged,
    ComparisonId,
    ComparisonShown,
    Contestant,
    JudgeOffered,
)
from protocol.errors import ConnectionLost
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.reply import Broken, Ending, Reply
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, TurnAccepted, TurnEnded, TurnMoved, UiEvent
from tests.support.coordinating import DONE
from ui.compare_teller import is_under_way, question_put
from ui.model import Model
from ui.teller import Teller

TALK, LEFT, RIGHT = ConversationId("talk"), ConversationId("left"), ConversationId("right")
FIRST, SECOND = StreamId(TurnId("1"), 1), StreamId(TurnId("2"), 1)
COLUMNS = Column(LEFT, Contestant("a"), FIRST.turn), Column(RIGHT, Contestant("b"), SECOND.turn)
COMPARISON = Comparison(ComparisonId("it"), TALK, None, TurnId("p"), "Why?", COLUMNS)
BEGAN: tuple[UiEvent, ...] = (
    ConversationStarted(TALK, "m"),
    ConversationStarted(LEFT, "a", shown=False, column_of=TALK),
    ConversationStarted(RIGHT, "b", shown=False, column_of=TALK),
    ComparisonBegan(TALK, COMPARISON),
    TurnAccepted(LEFT, FIRST.turn, "Why?"),
    TurnAccepted(RIGHT, SECOND.turn, "Why?"),
    TurnMoved(LEFT, FIRST, TurnState.CONNECTING, "a"),
    TurnMoved(RIGHT, SECOND, TurnState.CONNECTING, "b"),
)
HOW = "chinwag: /compare pick N goes on from an answer, /compare drop without any."


class Page:
    """What was told."""

    def __init__(self, interactive: bool = True) -> None:
        self.model = Model()
        self._teller = Teller(self.model, interactive, breaks=False)

    def hear(self, *events: UiEvent) -> list[str]:
        """What is said of these."""
        return [line for event in events for line in self._teller.hear(event, 0.0)]


def ended(of: StreamId, text: str, state: TurnState = TurnState.DONE, ending: Ending = DONE) -> TurnEnded:
    return TurnEnded(LEFT if of is FIRST else RIGHT, of, state, Reply(text), ending)


def test_each_answer_is_told_when_it_is_whole_and_then_what_can_be_done() -> None:
    page = Page()
    assert page.hear(*BEGAN)[-1] == "chinwag: asked: 1. a, 2. b"
    assert is_under_way(page.model)
    assert page.hear(ended(SECOND, "So.\n")) == ["chinwag:", "answer 2, b:", "So."]
    lost = Broken(ConnectionLost("It broke.", "Try again.").failure)
    assert page.hear(ended(FIRST, "Be", TurnState.FAILED, lost)) == [
        "chinwag:",
        "answer 1, a, failed:",
        "Be",
        "It broke. Try again.",
        HOW,
    ]
    assert not is_under_way(page.model)


def test_where_nobody_listens_what_can_be_done_is_not_said() -> None:
    page = Page(interactive=False)
    page.hear(*BEGAN, ended(SECOND, "So."))
    assert page.hear(ended(FIRST, "")) == ["chinwag: answer 1, a"]


def test_one_that_is_shown_again_is_told_with_its_answers() -> None:
    page = Page()
    page.hear(*BEGAN, ended(FIRST, "Because."), ended(SECOND, "So."))
    assert page.hear(ComparisonShown(TALK, COMPARISON)) == [
        "chinwag: compared here: 1. a, 2. b",
        "chinwag:",
        "answer 1, a:",
        "Because.",
        "chinwag:",
        "answer 2, b:",
        "So.",
        HOW,
    ]
    assert page.hear(ComparisonShown(TALK, replace(COMPARISON, picked=LEFT), asked=False)) == []


def test_a_verdict_is_told_once() -> None:
    page, judged = Page(), replace(COMPARISON, verdict="Best: A (a)")
    page.hear(*BEGAN)
    assert page.hear(ComparisonChanged(TALK, judged)) == ["chinwag:", "the judge:", "Best: A (a)"]
    assert page.hear(ComparisonChanged(TALK, judged)) == []


def test_an_offered_question_is_told_and_put_as_it_is() -> None:
    page, offer = Page(), JudgeOffered(TALK, ColumnKind.JUDGE, "m", "Which?")
    page.hear(*BEGAN)
    assert page.hear(offer) == ["chinwag:", "this is asked:", "Which?"]
    assert question_put(offer) == CompareJudge("m", "Which?")
    assert question_put(JudgeOffered(TALK, ColumnKind.MERGE, "m", "All?")) == CompareMerge("m", "All?")

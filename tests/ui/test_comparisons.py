from msgspec.structs import replace

from protocol.chat import Role
from protocol.comparison import (
    AnswersBrought,
    Column,
    ColumnKind,
    Comparison,
    ComparisonBegan,
    ComparisonChanged,
    ComparisonId,
    ComparisonPrepared,
    ComparisonShown,
    Contestant,
    JudgeOffered,
)
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.reply import Reply, Stopped
from protocol.tree import Node
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, TurnAccepted, TurnEnded
from tests.support.coordinating import stream
from ui.comparisons import Comparisons
from ui.model import Model

TALK, LEFT, RIGHT = ConversationId("talk"), ConversationId("left"), ConversationId("right")
A, B = Contestant("a"), Contestant("b")
COLUMNS = Column(LEFT, A, TurnId("1")), Column(RIGHT, B, TurnId("2"))
FIRST = Comparison(ComparisonId("first"), TALK, None, TurnId("p"), "Why?", COLUMNS)
SECOND = replace(FIRST, id=ComparisonId("second"))
PROMPT = Node(MessageId("p"), None, Role.USER, "Why?")


def test_the_last_comparison_of_a_conversation_is_known_and_wanted() -> None:
    known = Comparisons()
    known.apply(ComparisonPrepared(TALK, (A, B)))
    assert known == Comparisons(prepared={TALK: (A, B)})
    known.apply(ComparisonBegan(TALK, FIRST))
    assert known == Comparisons({TALK: FIRST}, wanted=TALK)


def test_what_changes_in_an_earlier_one_does_not_take_the_place_of_a_later_one() -> None:
    known, picked = Comparisons(), replace(FIRST, picked=LEFT)
    for event in (ComparisonBegan(TALK, FIRST), ComparisonChanged(TALK, picked)):
        known.apply(event)
    assert known.of == {TALK: picked}
    known.apply(ComparisonBegan(TALK, SECOND))
    known.apply(AnswersBrought(TALK, picked, PROMPT, (), None))
    assert known.of == {TALK: SECOND}


def test_one_that_was_restored_is_wanted_while_it_is_under_way() -> None:
    known = Comparisons()
    known.apply(ComparisonShown(TALK, replace(FIRST, picked=LEFT), asked=False))
    assert known.wanted is None
    known.apply(ComparisonShown(TALK, FIRST, asked=False))
    assert known.wanted == TALK


def test_one_that_is_decided_in_the_moment_in_which_it_was_asked_for_is_not_wanted() -> None:
    known = Comparisons()
    for event in (ComparisonBegan(TALK, FIRST), ComparisonShown(TALK, FIRST)):
        known.apply(event)
    known.apply(ComparisonChanged(TALK, replace(FIRST, dropped=True)))
    assert known.wanted is None


def test_a_question_to_a_judge_is_offered() -> None:
    known, offer = Comparisons(), JudgeOffered(TALK, ColumnKind.JUDGE, "m", "Which?")
    known.apply(offer)
    assert known.offered == offer


def test_a_column_is_none_of_the_conversations_that_one_can_go_to() -> None:
    model = Model()
    for event in (
        ConversationStarted(TALK, "m"),
        ConversationStarted(LEFT, "a", shown=False, column_of=TALK),
        TurnAccepted(LEFT, TurnId("1"), "Why?"),
    ):
        model.apply(event, 0.0)
    assert [one.id for one in model.open_conversations] == [TALK]
    assert (model.background, model.unread) == (0, 0)
    model.apply(TurnEnded(LEFT, stream(1, 0), TurnState.FAILED, Reply(), Stopped()), 0.0)
    assert model.unread == 0

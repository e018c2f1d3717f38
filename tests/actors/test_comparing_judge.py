"""A model judges the answers without knowing whose they are, or makes one of them."""

import pytest
from msgspec.structs import replace

from protocol.chat import ChatMessage, Role
from protocol.comparison import (
    Column,
    ColumnKind,
    ComparisonChanged,
    Contestant,
    JudgeAnswers,
    JudgeOffered,
    MergeAnswers,
    PickAnswer,
)
from protocol.coordinator import SetSystemPrompt
from protocol.identity import ConversationId, TurnId
from protocol.judging import question
from protocol.stream_reader import OpenStream
from protocol.ui import ConversationStarted, NoticePosted, PathShown, TurnAccepted
from tests.support.comparing import Names, begun_in, both_answered
from tests.support.coordinating import A, Desk, begun, finished, stream

JUDGE, VERDICT = ConversationId("9"), stream(10)


def judged() -> tuple[Desk, Names]:
    """Both have answered, and a question to a judge was offered: the right one is shown as A."""
    desk, names = both_answered()
    desk.given(JudgeAnswers(A, "judge"))
    return desk, names


def test_the_question_is_offered_with_the_answers_in_an_order_that_chance_decides() -> None:
    desk, names = both_answered()
    assert desk.after(JudgeAnswers(A, "judge")) == [
        ComparisonChanged(A, replace(names.comparison, offered=(names.right, names.left))),
        JudgeOffered(A, ColumnKind.JUDGE, "judge", question(ColumnKind.JUDGE, "Why?", ["Large.", "Small."])),
    ]


def test_it_is_put_in_a_column_of_its_own_with_nothing_that_is_set_in_the_chat() -> None:
    desk, names = judged()
    desk.given(SetSystemPrompt(A, "Speak like a pirate."))
    told = desk.after(JudgeAnswers(A, "judge", "Which?"))
    shown = names.right, names.left
    column = Column(JUDGE, Contestant("judge"), TurnId("10"), ColumnKind.JUDGE, shown)
    request = next(one.request for one in told if isinstance(one, OpenStream))
    assert request.messages == (
        ChatMessage(Role.USER, "1?"),
        ChatMessage(Role.ASSISTANT, "1."),
        ChatMessage(Role.USER, "Which?"),
    )
    changed = replace(names.comparison, columns=(*names.comparison.columns, column), offered=shown)
    assert told == [
        ConversationStarted(JUDGE, "judge", "", "judge, judge", shown=False, column_of=A),
        ComparisonChanged(A, changed),
        TurnAccepted(JUDGE, TurnId("10"), "Which?"),
        *begun(JUDGE, VERDICT, request),
    ]


def test_its_verdict_is_told_with_the_names() -> None:
    desk, _ = judged()
    desk.given(JudgeAnswers(A, "judge", "Which?"))
    told = desk.after(finished(VERDICT, "Best: B"))[-1]
    assert isinstance(told, ComparisonChanged)
    assert told.comparison.verdict == "- A: large\n- B: small\n\nBest: B (small)"


def test_of_two_judges_the_one_that_was_asked_last_counts_whoever_ends_first() -> None:
    desk, _ = judged()
    desk.given(JudgeAnswers(A, "judge", "Which?"), JudgeAnswers(A, "other", "Which?"))
    desk.given(finished(stream(12), "Best: A"), finished(VERDICT, "Best: B"))
    comparison = desk.coordinator._comparing.book.of(A)
    assert comparison is not None
    assert comparison.verdict.endswith("Best: A (large)")


def test_a_verdict_cannot_be_picked_and_is_no_answer_to_the_next_judge() -> None:
    desk, _ = judged()
    desk.given(JudgeAnswers(A, "judge", "Which?"), finished(VERDICT, "Best: B"))
    words = "That column is a judge's: pick one of the answers."
    assert desk.after(PickAnswer(A, 3)) == [NoticePosted(A, words)]
    (offer,) = [one for one in desk.after(JudgeAnswers(A, "other")) if isinstance(one, JudgeOffered)]
    assert "Best: B" not in offer.prompt


def test_what_is_made_of_all_is_one_more_answer() -> None:
    desk, names = both_answered()
    desk.given(MergeAnswers(A, "merger"), MergeAnswers(A, "merger", "One?"), finished(VERDICT, "Both."))
    (shown,) = [one for one in desk.after(PickAnswer(A, 3)) if isinstance(one, PathShown)]
    assert (shown.head, shown.exchanges[-1].reply.text) == (names.reply(3), "Both.")


@pytest.mark.parametrize("command", [JudgeAnswers(A, "judge"), MergeAnswers(A, "judge", "One?")])
def test_with_one_answer_there_is_nothing_to_judge(command: JudgeAnswers | MergeAnswers) -> None:
    desk, names = begun_in()
    desk.given(finished(names.first, "Small."))
    words = "A judge needs two answers, and there are fewer yet."
    assert desk.after(command) == [NoticePosted(A, words)]


def test_there_is_an_end_to_columns() -> None:
    desk, _ = judged()
    for _ in range(30):
        told = desk.after(JudgeAnswers(A, "judge", "Which?"))
    assert told == [NoticePosted(A, "There is no room for another column: /compare pick N ends this one.")]

import pytest

from protocol.comparison import Column, Comparison, ComparisonId, Contestant
from protocol.identity import ConversationId, ServerName, TurnId

TALK, COLUMN, OTHER = ConversationId("talk"), ConversationId("column"), ConversationId("other")
FIRST = Column(COLUMN, Contestant("a"), TurnId("1"))
COMPARISON = Comparison(ComparisonId("it"), TALK, None, TurnId("p"), "Why?", (FIRST,))


@pytest.mark.parametrize(
    ("contestant", "label"),
    [
        (Contestant("a"), "a"),
        (Contestant("a", seed=3), "a seed 3"),
        (Contestant("a", ServerName("mill")), "a on mill"),
        (Contestant("a", ServerName("mill"), "coder", 0), "a coder seed 0 on mill"),
        (Contestant(preset="coder"), "coder"),
        (Contestant(), "?"),
    ],
)
def test_a_contestant_is_called_by_what_tells_it_from_others(contestant: Contestant, label: str) -> None:
    assert contestant.label == label


def test_a_column_is_found_by_its_conversation() -> None:
    assert (COMPARISON.column(COLUMN), COMPARISON.column(OTHER)) == (FIRST, None)


def test_a_comparison_is_decided_once_an_answer_is_picked_or_it_is_dropped() -> None:
    picked = Comparison(ComparisonId("it"), TALK, None, TurnId("p"), "Why?", (FIRST,), picked=COLUMN)
    dropped = Comparison(ComparisonId("it"), TALK, None, TurnId("p"), "Why?", (FIRST,), dropped=True)
    assert [one.decided for one in (COMPARISON, picked, dropped)] == [False, True, True]

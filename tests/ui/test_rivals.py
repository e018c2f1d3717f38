from msgspec.structs import replace

from protocol.comparison import ColumnKind
from protocol.identity import ConversationId
from tests.ui.contest import column, comparison
from ui.conversation import Conversation
from ui.rivals import Rivals

TWO = comparison("alpha", "beta")


def test_each_has_a_name_and_what_it_is_for() -> None:
    more = column("phi4", ColumnKind.JUDGE), column("qwen3", ColumnKind.MERGE)
    found = Rivals().of(replace(TWO, columns=(*TWO.columns, *more)), {})
    assert [rival.name for rival in found] == ["alpha", "beta", "judge: phi4", "merged by qwen3"]


def test_the_one_that_was_picked_is_known() -> None:
    found = Rivals().of(replace(TWO, picked=ConversationId("beta")), {})
    assert [rival.picked for rival in found] == [False, True]


def test_what_is_told_of_one_later_comes_to_the_same_conversation() -> None:
    talks = dict[ConversationId, Conversation]()
    first, second = Rivals().of(TWO, talks), Rivals().of(TWO, talks)
    assert [one.talk is other.talk for one, other in zip(first, second, strict=True)] == [True, True]
    assert list(talks) == ["alpha", "beta"]

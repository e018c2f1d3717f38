"""A prompt that goes to many: each answer comes by itself, and none disturbs another."""

import pytest
from msgspec.structs import replace

from actors.conversations import REMEMBERED
from protocol.chat import ChatMessage, Role
from protocol.comparison import (
    AnswersBrought,
    Compare,
    CompareAgain,
    ComparisonChanged,
    ComparisonPrepared,
    ComparisonShown,
    Contestant,
    DropComparison,
    PickAnswer,
    PrepareComparison,
    ShowComparison,
)
from protocol.context_events import HistoryTrimmed
from protocol.coordinator import CancelConversation, DiscardConversation, EditQueued, RetryReply
from protocol.errors import ServerRefusal
from protocol.identity import ServerName
from protocol.parameters import Parameters
from protocol.presets import PresetSettings
from protocol.reply import Broken, Reply
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, InputRefused, NoticePosted, TurnAccepted, TurnEnded
from tests.support.comparing import BOTH, SMALL, UNDECIDED, Names, begun_in, both_answered
from tests.support.coordinating import (
    DONE,
    NOTHING,
    STOPPED,
    A,
    B,
    Desk,
    ReaderClosed,
    asked,
    begun,
    broke,
    ended,
    finished,
    limits,
    stream,
    submit,
    surveyed,
)

NOTHING_YET = "Nothing was compared in this chat yet: /compare MODEL MODEL has several answer."
REFUSED = ServerRefusal("No.", status=400).failure


def posted(text: str) -> NoticePosted:
    return NoticePosted(A, text)


def test_a_prompt_goes_to_all_at_once_after_what_was_said_before() -> None:
    desk = Desk()
    desk.given(surveyed(), submit(A, "1?"), finished(stream(2), "1."))
    names = Names(2, stream(2).message)
    assert desk.after(names.compare) == [
        *names.started,
        names.began,
        TurnAccepted(names.left, names.first.turn, "Why?"),
        TurnAccepted(names.right, names.second.turn, "Why?"),
        *begun(names.left, names.first, asked("1?", "1.", "Why?", model="small")),
        *begun(names.right, names.second, asked("1?", "1.", "Why?", model="large")),
    ]


def test_it_may_be_the_first_prompt_of_a_conversation() -> None:
    desk, names = Desk(), Names(1)
    desk.given(surveyed())
    opened = [one.request for one in desk.after(names.compare) if isinstance(one, OpenStream)]
    assert opened == [asked("Why?", model="small"), asked("Why?", model="large")]


def test_of_a_long_chat_it_is_said_there_once_for_all_that_its_oldest_messages_are_not_sent() -> None:
    desk = Desk(settings=limits(max_message_history=2))
    desk.given(surveyed(), submit(A, "1?"), finished(stream(2), "1."), submit(A, "2?"), finished(stream(3), "2."))
    names = Names(3, stream(3).message)
    assert desk.after(names.compare)[5:] == [
        HistoryTrimmed(A, names.first.turn, left_out=2, limit=2),
        *begun(names.left, names.first, asked("2?", "2.", "Why?", model="small")),
        *begun(names.right, names.second, asked("2?", "2.", "Why?", model="large")),
    ]


def test_the_next_prompt_goes_to_those_that_are_named_before() -> None:
    desk, names = Desk(), Names(1)
    words = "The next prompt goes to 2: small, large. /compare drop takes that back."
    assert desk.after(surveyed(), PrepareComparison(A, BOTH))[-2:] == [ComparisonPrepared(A, BOTH), posted(words)]
    assert names.began in desk.after(submit(A, "Why?"))


def test_what_is_prepared_can_be_taken_back() -> None:
    desk = Desk()
    desk.given(surveyed(), PrepareComparison(A, BOTH))
    words = "The next prompt goes to the model of this chat again."
    assert desk.after(DropComparison(A)) == [ComparisonPrepared(A, ()), posted(words)]
    assert desk.after(submit(A, "Why?"))[0] == TurnAccepted(A, stream(2).turn, "Why?")


def test_each_is_asked_as_it_is_set() -> None:
    terse = PresetSettings("terse", "tiny", "Be terse.", Parameters.of_options({"temperature": 0.1}))
    mill = ServerSettings(name="mill")
    desk = Desk(settings=EngineSettings(presets=(terse,), others=(mill,)))
    contestants = Contestant(preset="terse"), Contestant("a", seed=3), Contestant("b", ServerName("MILL"))
    opened = [
        (one.request.model, one.request.server, one.request.parameters, one.request.messages[:-1])
        for one in desk.after(surveyed(), Compare(A, contestants, "Why?"))
        if isinstance(one, OpenStream)
    ]
    system = ChatMessage(Role.SYSTEM, "Be terse.")
    assert opened == [
        ("tiny", "", terse.parameters, (system,)),
        ("a", "", Parameters.of_options({"seed": 3}), ()),
        ("b", "mill", Parameters(), ()),
    ]


@pytest.mark.parametrize(
    ("contestant", "words"),
    [
        (Contestant(preset="coder"), "There is no preset coder. /preset lists them."),
        (Contestant("a", ServerName("mill")), "There is no server mill. /server lists them."),
    ],
)
def test_who_is_not_there_is_said_and_the_prompt_given_back(contestant: Contestant, words: str) -> None:
    desk = Desk()
    assert desk.after(Compare(A, (SMALL, contestant), "Why?")) == [InputRefused(A, "Why?", words)]
    assert desk.after(PrepareComparison(A, (SMALL, contestant))) == [posted(words)]


def test_while_a_reply_is_under_way_nothing_is_compared() -> None:
    desk = Desk()
    desk.given(surveyed(), submit(A, "1?"))
    refused = InputRefused(A, "Why?", "A reply is under way: Esc stops it.")
    assert desk.after(Compare(A, BOTH, "Why?")) == [refused]


def test_no_more_wait_than_may() -> None:
    desk = Desk(settings=limits(max_queued_prompts=1))
    refused = InputRefused(A, "Why?", "That would be 2 prompts that wait, and 1 may: compare fewer, or /cancel all.")
    assert desk.after(surveyed(), Compare(A, BOTH, "Why?"))[-1] == refused


def test_until_an_answer_is_picked_no_prompt_is_taken() -> None:
    desk, _ = begun_in()
    assert desk.after(submit(A, "2?")) == [InputRefused(A, "2?", UNDECIDED)]
    assert desk.after(Compare(A, BOTH, "2?")) == [InputRefused(A, "2?", UNDECIDED)]
    assert desk.after(PrepareComparison(A, BOTH)) == [posted(UNDECIDED)]


def test_the_failure_of_one_does_not_touch_the_other() -> None:
    desk, names = begun_in()
    failed = ended(names.left, names.first, TurnState.FAILED, Reply("Ha"), Broken(REFUSED))
    assert desk.after(broke(names.first, REFUSED, Reply("Ha"))) == [ReaderClosed(names.first), failed]
    assert desk.after(finished(names.second, "Large."))[-1] == ended(
        names.right, names.second, TurnState.DONE, Reply("Large."), DONE
    )


def test_one_can_be_cancelled() -> None:
    desk, names = begun_in()
    assert ReaderClosed(names.first) in desk.after(CancelConversation(names.left))
    told = desk.after(finished(names.first, "Ha", STOPPED), finished(names.second, "Large."))
    assert [(one.conversation, one.state) for one in told if isinstance(one, TurnEnded)] == [
        (names.left, TurnState.CANCELLED),
        (names.right, TurnState.DONE),
    ]


def test_to_cancel_in_the_parent_stops_all_of_them() -> None:
    desk, names = begun_in()
    closed = [one for one in desk.after(CancelConversation(A)) if isinstance(one, ReaderClosed)]
    assert closed == [ReaderClosed(names.first), ReaderClosed(names.second)]


def test_one_that_is_dropped_is_stopped_and_the_conversation_goes_on_without() -> None:
    desk, names = begun_in()
    told = desk.after(DropComparison(A))
    assert told[0] == ComparisonChanged(A, replace(names.comparison, dropped=True))
    assert told[-1] == posted("None of the answers is taken: the chat goes on without them.")
    assert [one for one in told if isinstance(one, ReaderClosed)] == [
        ReaderClosed(names.first),
        ReaderClosed(names.second),
    ]
    desk.given(finished(names.first, "", STOPPED), finished(names.second, "", STOPPED))
    (opened,) = [one for one in desk.after(submit(A, "2?")) if isinstance(one, OpenStream)]
    assert opened.request == asked("1?", "1.", "2?")


def test_the_last_one_is_shown_again() -> None:
    desk, names = both_answered()
    assert desk.after(ShowComparison(A)) == [ComparisonShown(A, names.comparison)]


@pytest.mark.parametrize("command", [ShowComparison(A), PickAnswer(A, 1), CompareAgain(A)])
def test_where_nothing_was_compared_that_is_said(command: ShowComparison | PickAnswer | CompareAgain) -> None:
    assert Desk().after(command) == [posted(NOTHING_YET)]


def test_where_nothing_is_compared_nothing_can_be_dropped() -> None:
    assert Desk().after(DropComparison(A)) == [posted("Nothing is being compared here.")]


def test_with_its_parent_a_column_is_discarded() -> None:
    desk, names = begun_in()
    told = desk.after(DiscardConversation(A))
    assert [one for one in told if isinstance(one, ReaderClosed)] == [
        ReaderClosed(names.first),
        ReaderClosed(names.second),
    ]
    assert [one for one in told if isinstance(one, ConversationStarted)] != []
    assert desk.after(RetryReply(names.left), submit(names.right, "2?")) == [
        InputRefused(names.right, "2?", "This chat is deleted.")
    ]
    told = desk.after(finished(names.first, "Ha", STOPPED), finished(names.second, "", STOPPED))
    assert [(one.conversation, one.reply) for one in told if isinstance(one, TurnEnded)] == [
        (names.left, Reply("Ha")),
        (names.right, NOTHING),
    ]


def test_two_comparisons_of_two_conversations_do_not_disturb_each_other() -> None:
    desk = Desk(2)
    desk.given(surveyed())
    one, other = Names(2), Names(8, parent=B)
    desk.given(one.compare, other.compare, finished(one.first, "One."), finished(other.first, "Other."))
    (brought,) = [told for told in desk.after(PickAnswer(A, 1)) if isinstance(told, AnswersBrought)]
    assert [node.text for node in brought.replies] == ["One."]


def test_a_prompt_that_waits_in_one_column_is_not_changed_there_alone() -> None:
    desk, names = begun_in(limits(max_concurrent_streams=1))
    words = "It goes to several at once, and is the same for all: /compare drop, then send it anew."
    assert desk.after(EditQueued(A, 2)) == [posted(words)]
    assert desk.after(replace(submit(A, "Who?"), edits=names.second.turn)) == [InputRefused(A, "Who?", words)]


def test_what_is_dropped_leaves_what_is_on_its_way_for_an_earlier_one() -> None:
    desk, names = begun_in()
    desk.given(finished(names.first, "Small."), PickAnswer(A, 1))
    later = Names(8, names.reply(1))
    assert later.began in desk.after(later.compare)
    closed = [one.stream for one in desk.after(DropComparison(A)) if isinstance(one, ReaderClosed)]
    assert closed == [later.first, later.second]
    (brought,) = [one for one in desk.after(finished(names.second, "Large.")) if isinstance(one, AnswersBrought)]
    assert [node.text for node in brought.replies] == ["Large."]


def test_nothing_is_known_any_more_of_what_was_compared_where_all_is_forgotten() -> None:
    desk, names = both_answered()
    desk.given(DiscardConversation(A))
    for _ in range(REMEMBERED):
        shown = desk.coordinator._conversations.shown
        assert shown is not None
        desk.given(DiscardConversation(shown))
    assert list(desk.coordinator._comparing.book) == []
    assert desk.coordinator._comparing.book.home(names.left) is None

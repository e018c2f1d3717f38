import pytest

from protocol.accumulator import AbandonReply
from protocol.coordinator import (
    CancelAll,
    CancelConversation,
    CoordinatorMessage,
    PrepareToStop,
    ReplyFinished,
    RetryReply,
    Submit,
)
from protocol.errors import Failure
from protocol.identity import StreamId, TurnId
from protocol.librarian import RememberModel
from protocol.limits import ResourceLimits
from protocol.reply import Reply, Stopped
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from protocol.timekeeper import RetryDue
from protocol.turn import TurnState
from protocol.ui import InputRefused, NoticePosted, ServerChanged, TurnAccepted, TurnMoved
from tests.support.coordinating import (
    DONE,
    LOST,
    MODEL,
    STOPPED,
    SURVEY,
    UNREACHABLE,
    A,
    B,
    C,
    Desk,
    ReaderClosed,
    answered,
    asked,
    begun,
    broke,
    ended,
    finished,
    stream,
    submit,
    surveyed,
    thought,
)

ONE = stream(2)
CLOSED = "chinwag is stopping."
TWICE = EngineSettings(retry=RetryPolicy(attempts=2))
ONE_AT_A_TIME = EngineSettings(retry=RetryPolicy(attempts=1), limits=ResourceLimits(max_concurrent_streams=1))


def stopped(text: str = "Half a", turn: int = 2) -> ReplyFinished:
    """The Accumulator hands over what came of an abandoned reply."""
    return finished(stream(turn), text, STOPPED)


@pytest.mark.parametrize("before", [[], [thought(ONE)], [thought(ONE), answered(ONE)]])
def test_a_stream_is_cut_at_once_and_its_turn_ends_with_what_came(before: list[CoordinatorMessage]) -> None:
    desk = Desk()
    desk.given(submit(A), *before)
    assert desk.after(CancelConversation(A)) == [ReaderClosed(ONE), AbandonReply(ONE)]
    assert desk.after(stopped()) == [ReaderClosed(ONE), ended(A, ONE, TurnState.CANCELLED, Reply("Half a"))]


def test_a_cancelled_reply_is_part_of_the_conversation_with_what_came() -> None:
    desk = Desk()
    desk.given(submit(A, "1?"), answered(ONE), CancelConversation(A), stopped("Half a"))
    assert desk.after(submit(A, "2?"))[1:] == begun(A, stream(3), asked("1?", "Half a", "2?"))


def test_how_long_the_first_piece_of_a_cancelled_reply_took_is_kept() -> None:
    desk, measured = Desk(), Stopped(1.5)
    desk.given(submit(A), answered(ONE), CancelConversation(A))
    told = desk.after(finished(ONE, "Half a", measured))
    assert told[1] == ended(A, ONE, TurnState.CANCELLED, Reply("Half a"), measured)


def test_the_next_prompt_begins_when_the_cancelled_one_has_ended_and_not_before() -> None:
    desk = Desk()
    desk.given(submit(A, "1?"), submit(A, "2?"))
    assert desk.after(CancelConversation(A)) == [ReaderClosed(ONE), AbandonReply(ONE)]
    assert desk.after(stopped())[2:] == begun(A, stream(3), asked("1?", "Half a", "2?"))


def test_cancelling_twice_does_no_harm_and_does_not_touch_what_waits() -> None:
    desk = Desk()
    desk.given(submit(A, "1?"), submit(A, "2?"), CancelConversation(A))
    assert desk.after(CancelConversation(A)) == [ReaderClosed(ONE), AbandonReply(ONE)]
    assert desk.after(stopped())[2:] == begun(A, stream(3), asked("1?", "Half a", "2?"))


def test_a_reply_that_was_done_before_the_cancel_reached_it_is_done() -> None:
    desk = Desk()
    desk.given(submit(A), answered(ONE), CancelConversation(A))
    assert desk.after(finished(ONE)) == [
        ReaderClosed(ONE),
        RememberModel(MODEL),
        ended(A, ONE, TurnState.DONE, Reply("Hello."), DONE),
    ]


@pytest.mark.parametrize("failure", [LOST, UNREACHABLE], ids=["lost", "unreachable"])
def test_a_stream_that_broke_before_the_cancel_reached_it_is_cancelled_and_not_tried_again(failure: Failure) -> None:
    desk = Desk(settings=TWICE)
    desk.given(submit(A), CancelConversation(A))
    assert desk.after(broke(ONE, failure)) == [ReaderClosed(ONE), ended(A, ONE, TurnState.CANCELLED)]


def test_a_turn_that_is_about_to_be_tried_again_ends_at_once_and_its_reminder_is_dropped() -> None:
    desk = Desk(settings=TWICE)
    desk.given(submit(A), broke(ONE))
    assert desk.after(CancelConversation(A)) == [ended(A, ONE, TurnState.CANCELLED)]
    assert desk.after(RetryDue(ONE)) == []


def test_a_turn_that_waits_for_the_server_ends_at_once_and_stays_ended_when_it_is_back() -> None:
    desk = Desk(settings=ONE_AT_A_TIME)
    desk.given(submit(A), broke(ONE, UNREACHABLE))
    assert desk.after(CancelConversation(A)) == [ended(A, ONE, TurnState.CANCELLED)]
    assert desk.after(surveyed()) == [ServerChanged(SURVEY)]


def test_where_nothing_is_under_way_all_that_waits_is_cancelled_in_order() -> None:
    desk = Desk(2, settings=ONE_AT_A_TIME)
    desk.given(submit(B), submit(A, "1?"), submit(A, "2?"))
    assert desk.after(CancelConversation(A)) == [
        ended(A, stream(4, 0), TurnState.CANCELLED),
        ended(A, stream(5, 0), TurnState.CANCELLED),
    ]


def test_where_nothing_is_under_way_and_nothing_waits_nothing_happens() -> None:
    desk = Desk(2)
    desk.given(submit(B))
    assert desk.after(CancelConversation(A)) == []


def test_another_conversation_is_not_touched() -> None:
    desk = Desk(2)
    desk.given(submit(A), submit(B))
    assert desk.after(CancelConversation(B)) == [ReaderClosed(stream(4)), AbandonReply(stream(4))]


def test_cancelling_everything_ends_what_waits_first_so_that_nothing_new_begins() -> None:
    desk = Desk(3, settings=ONE_AT_A_TIME)
    desk.given(submit(A), submit(A, "later"), submit(B), submit(C))
    assert desk.after(CancelAll()) == [
        ended(A, stream(5, 0), TurnState.CANCELLED),
        ended(B, stream(6, 0), TurnState.CANCELLED),
        ended(C, stream(7, 0), TurnState.CANCELLED),
        ReaderClosed(stream(4)),
        AbandonReply(stream(4)),
    ]
    assert desk.after(stopped(turn=4)) == [
        ReaderClosed(stream(4)),
        ended(A, stream(4), TurnState.CANCELLED, Reply("Half a")),
    ]


def test_cancelling_everything_lets_no_prompt_begin_in_place_of_one_that_waits_for_the_server() -> None:
    desk = Desk(settings=ONE_AT_A_TIME)
    desk.given(submit(A), submit(A, "later"), broke(ONE, UNREACHABLE))
    assert desk.after(CancelAll()) == [
        ended(A, ONE, TurnState.CANCELLED),
        ended(A, stream(3, 0), TurnState.CANCELLED),
    ]


def test_cancelling_everything_lets_no_prompt_begin_in_place_of_one_that_is_about_to_be_tried_again() -> None:
    one_stream = EngineSettings(limits=ResourceLimits(max_concurrent_streams=1))
    desk = Desk(2, settings=one_stream)
    desk.given(submit(A), broke(stream(3)), submit(B, "later"))
    told = desk.after(CancelAll())
    assert told == [
        ended(B, StreamId(TurnId("4"), 0), TurnState.CANCELLED),
        ended(A, stream(3), TurnState.CANCELLED),
    ]


def test_cancelling_everything_ends_streams_in_every_conversation() -> None:
    desk = Desk(3, settings=TWICE)
    desk.given(submit(A), submit(B), submit(C), answered(stream(5)), broke(stream(6)))
    assert desk.after(CancelAll()) == [
        ReaderClosed(stream(4)),
        AbandonReply(stream(4)),
        ReaderClosed(stream(5)),
        AbandonReply(stream(5)),
        ended(C, stream(6), TurnState.CANCELLED),
    ]


def test_after_cancelling_everything_new_prompts_are_welcome() -> None:
    desk = Desk()
    desk.given(submit(A), CancelAll(), stopped(""))
    assert desk.after(submit(A, "again"))[0] == TurnAccepted(A, TurnId("3"), "again")


def test_a_program_that_stops_cancels_what_streams_and_leaves_what_waits_to_the_next_run() -> None:
    desk = Desk(2, settings=ONE_AT_A_TIME)
    desk.given(submit(A), submit(A, "later"), submit(B))
    assert desk.after(PrepareToStop()) == [ReaderClosed(stream(3)), AbandonReply(stream(3))]
    assert desk.after(submit(B, "the archive has it")) == []
    assert desk.after(Submit(B, "other words", TurnId("4"))) == [InputRefused(B, "other words", CLOSED)]
    assert desk.after(RetryReply(A)) == [NoticePosted(A, CLOSED)]
    assert desk.after(stopped(turn=3)) == [
        ReaderClosed(stream(3)),
        ended(A, stream(3), TurnState.CANCELLED, Reply("Half a")),
    ]
    assert desk.after(surveyed()) == [ServerChanged(SURVEY)]


def test_a_program_that_stops_has_what_would_be_tried_again_wait_for_the_next_run() -> None:
    desk = Desk(2, settings=TWICE)
    desk.given(submit(A), broke(stream(3)), submit(B), broke(stream(4), UNREACHABLE))
    assert desk.after(PrepareToStop()) == [
        TurnMoved(A, stream(3), TurnState.WAITING_FOR_SERVER, MODEL, LOST),
        TurnMoved(B, stream(4), TurnState.WAITING_FOR_SERVER, MODEL, UNREACHABLE),
    ]
    assert desk.after(RetryDue(stream(3)), surveyed()) == [ServerChanged(SURVEY)]


def test_a_program_that_stops_says_nothing_of_a_prompt_that_waits_for_the_server() -> None:
    desk = Desk(settings=ONE_AT_A_TIME)
    desk.given(submit(A), broke(ONE, UNREACHABLE))
    assert desk.after(PrepareToStop(), surveyed()) == [ServerChanged(SURVEY)]


@pytest.mark.parametrize("failure", [LOST, UNREACHABLE], ids=["lost", "unreachable"])
def test_a_program_that_stops_tries_nothing_again(failure: Failure) -> None:
    desk = Desk(settings=TWICE)
    desk.given(submit(A), PrepareToStop())
    assert desk.after(broke(ONE, failure)) == [ReaderClosed(ONE), ended(A, ONE, TurnState.CANCELLED)]

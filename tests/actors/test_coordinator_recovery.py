import pytest
from msgspec.structs import replace

from protocol.coordinator import (
    ChooseVersion,
    DropQueued,
    StartConversation,
)
from protocol.errors import (
    ChinwagError,
    ConnectionLost,
    Failure,
    MalformedFrame,
    ReplyTooLong,
    ServerBusy,
    ServerRefusal,
    ServerSilent,
    ServerUnreachable,
    WrongAddress,
)
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.librarian import SurveyServer
from protocol.limits import ResourceLimits
from protocol.models import RunningModel, ServerSurvey
from protocol.reply import Reply
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.timekeeper import Remind, RetryDue, SurveyDue
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    Exchange,
    PathShown,
    ServerChanged,
    TurnMoved,
    TurnQueued,
    WaitReason,
)
from tests.support.coordinating import (
    AWAY,
    LOST,
    MODEL,
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
    failed,
    finished,
    parked,
    stream,
    submit,
    surveyed,
    thought,
)

ONE = stream(2)
POLICY = RetryPolicy(attempts=3, base=0.5, cap=8.0, jitter=0.5)
ONCE = RetryPolicy(attempts=1)
GARBLED = MalformedFrame("Not JSON.").failure
WHOLE = replace(asked("Hi"), stream=False)


def retrying(of: StreamId, failure: Failure, delay: float, conversation: ConversationId = A) -> list[object]:
    """All that is told when an attempt is to be made again."""
    moved = TurnMoved(conversation, of, TurnState.RETRYING, MODEL, failure, delay)
    return [ReaderClosed(of), moved, Remind(delay, RetryDue(of))]


def desk_that_waits(conversations: int = 1) -> Desk:
    """One attempt each, then wait; the first conversation has a prompt that streams."""
    desk = Desk(conversations, settings=EngineSettings(retry=ONCE, survey_interval=2.0))
    desk.given(surveyed(), submit(A))
    return desk


def test_a_connection_lost_before_any_text_is_tried_again_after_longer_and_longer_breaks() -> None:
    desk = Desk(settings=EngineSettings(retry=POLICY))
    desk.given(submit(A))
    assert desk.after(broke(stream(2, 1))) == retrying(stream(2, 1), LOST, 0.5)
    assert desk.after(RetryDue(stream(2, 1))) == begun(A, stream(2, 2))
    assert desk.after(broke(stream(2, 2))) == retrying(stream(2, 2), LOST, 1.0)
    assert desk.after(RetryDue(stream(2, 2))) == begun(A, stream(2, 3))
    assert desk.after(broke(stream(2, 3))) == [ReaderClosed(stream(2, 3)), failed(A, stream(2, 3), LOST)]


def test_an_attempt_that_leaves_a_dropped_prompt_behind_shows_the_path_without_it() -> None:
    desk = Desk()
    desk.given(surveyed(), submit(A, "1?"), broke(ONE), submit(A, "2?"), DropQueued(A, 2))
    told = desk.after(RetryDue(ONE))
    again = Exchange(ONE.turn, "1?", Place(), stream(2, 2), MODEL, Reply(), TurnState.CONNECTING, None, Place())
    assert told[1] == PathShown(A, stream(2, 2).message, (again,))
    assert [told[0], *told[2:]] == begun(A, stream(2, 2), asked("1?"))


def test_chance_makes_a_break_shorter() -> None:
    desk = Desk(settings=EngineSettings(retry=POLICY), chance=0.5)
    desk.given(submit(A))
    assert desk.after(broke(ONE)) == retrying(ONE, LOST, 0.375)


@pytest.mark.parametrize("error", [ServerSilent("Silent."), ServerBusy("Busy."), ServerUnreachable("Away.")])
def test_every_failure_of_the_network_is_worth_a_retry(error: ChinwagError) -> None:
    desk = Desk(settings=EngineSettings(retry=POLICY))
    desk.given(submit(A))
    assert desk.after(broke(ONE, error.failure)) == retrying(ONE, error.failure, 0.5)


@pytest.mark.parametrize(
    "error",
    [ServerRefusal("No.", status=400), WrongAddress("Elsewhere."), ReplyTooLong("Too long.")],
)
def test_other_failures_end_the_turn_at_once(error: ChinwagError) -> None:
    desk = Desk(settings=EngineSettings(retry=POLICY))
    desk.given(submit(A))
    assert desk.after(broke(ONE, error.failure)) == [ReaderClosed(ONE), failed(A, ONE, error.failure)]


@pytest.mark.parametrize("reply", [Reply("Half a"), Reply(thinking="Hm")])
def test_once_something_came_it_is_never_replaced_by_another_attempt(reply: Reply) -> None:
    desk = Desk(settings=EngineSettings(retry=POLICY))
    desk.given(submit(A))
    assert desk.after(broke(ONE, UNREACHABLE, reply)) == [ReaderClosed(ONE), failed(A, ONE, UNREACHABLE, reply)]


def test_what_is_garbled_is_begun_anew_then_asked_for_as_a_whole_and_every_attempt_is_a_version() -> None:
    desk = Desk(settings=EngineSettings(retry=POLICY))
    desk.given(submit(A))
    read = Reply("Half a")
    assert desk.after(broke(ONE, GARBLED, read)) == retrying(ONE, GARBLED, 0.5)
    assert desk.after(RetryDue(ONE)) == begun(A, stream(2, 2), marks=(Place(), Place(2, 2)))
    assert desk.after(broke(stream(2, 2), GARBLED, read)) == retrying(stream(2, 2), GARBLED, 1.0)
    assert desk.after(RetryDue(stream(2, 2))) == begun(A, stream(2, 3), WHOLE, (Place(), Place(3, 3)))
    assert desk.after(broke(stream(2, 3), GARBLED)) == [ReaderClosed(stream(2, 3)), failed(A, stream(2, 3), GARBLED)]
    shown = desk.after(ChooseVersion(A, 1))
    assert [event.exchanges[-1].reply for event in shown if isinstance(event, PathShown)] == [read]


def test_a_whole_reply_is_asked_for_again_as_a_whole_until_the_turn_is_admitted_anew() -> None:
    desk = Desk(settings=EngineSettings(retry=RetryPolicy(attempts=4, base=0.5)))
    desk.given(surveyed(), submit(A), broke(ONE, GARBLED), RetryDue(ONE), broke(stream(2, 2), GARBLED))
    assert desk.after(RetryDue(stream(2, 2)))[-1] == OpenStream(stream(2, 3), WHOLE)
    desk.given(broke(stream(2, 3), UNREACHABLE))
    assert desk.after(RetryDue(stream(2, 3)))[-1] == OpenStream(stream(2, 4), WHOLE)
    desk.given(broke(stream(2, 4), UNREACHABLE))
    assert desk.after(surveyed())[-1] == OpenStream(stream(2, 5), asked("Hi"))
    assert desk.after(broke(stream(2, 5), GARBLED)) == retrying(stream(2, 5), GARBLED, 0.5)


def test_a_turn_that_is_tried_again_keeps_its_stream() -> None:
    settings = EngineSettings(retry=POLICY, limits=ResourceLimits(max_concurrent_streams=1))
    desk, second = Desk(2, settings=settings), TurnId("4")
    desk.given(submit(A), submit(B), broke(stream(3)))
    assert desk.after(RetryDue(stream(3))) == begun(A, stream(3, 2))
    assert desk.after(finished(stream(3, 2)))[-3:] == begun(B, StreamId(second, 1))


def test_news_of_past_attempts_are_dropped() -> None:
    desk = Desk(settings=EngineSettings(retry=POLICY))
    desk.given(submit(A), broke(ONE), RetryDue(ONE))
    late = (thought(ONE), answered(ONE), finished(ONE), broke(ONE), RetryDue(ONE))
    assert desk.after(*late) == []
    assert desk.after(answered(stream(2, 2))) == [TurnMoved(A, stream(2, 2), TurnState.ANSWERING, MODEL)]


def test_news_of_turns_that_have_ended_or_never_were_are_dropped() -> None:
    desk = Desk()
    desk.given(submit(A), finished(ONE))
    assert desk.after(finished(ONE), answered(ONE), RetryDue(ONE), broke(stream(99))) == []


def test_a_reminder_for_an_attempt_that_is_not_to_be_made_again_is_dropped() -> None:
    desk = Desk()
    desk.given(submit(A))
    assert desk.after(RetryDue(ONE)) == []


def test_a_prompt_stays_when_the_server_cannot_be_reached_and_the_server_is_watched() -> None:
    desk = desk_that_waits()
    watched = Remind(2.0, SurveyDue())
    assert desk.after(broke(ONE, UNREACHABLE)) == [ReaderClosed(ONE), parked(ONE, UNREACHABLE), watched]
    assert desk.after(SurveyDue()) == [SurveyServer()]
    assert desk.after(surveyed(AWAY)) == [ServerChanged(AWAY), watched]
    assert desk.after(SurveyDue()) == [SurveyServer()]
    assert desk.after(surveyed()) == [ServerChanged(SURVEY), *begun(A, stream(2, 2))]


def test_a_prompt_that_waited_may_be_tried_as_often_as_a_new_one() -> None:
    desk = Desk(settings=EngineSettings(retry=RetryPolicy(attempts=2, base=0.5)))
    desk.given(surveyed(), submit(A), broke(ONE, UNREACHABLE), RetryDue(ONE), broke(stream(2, 2), UNREACHABLE))
    assert desk.after(surveyed()) == begun(A, stream(2, 3))
    assert desk.after(broke(stream(2, 3), UNREACHABLE)) == retrying(stream(2, 3), UNREACHABLE, 0.5)


def test_a_server_that_is_only_busy_is_waited_for_and_one_that_breaks_off_is_not() -> None:
    busy = ServerBusy("Busy.").failure
    assert desk_that_waits().after(broke(ONE, busy))[1] == parked(ONE, busy)
    assert desk_that_waits().after(broke(ONE, LOST))[1] == failed(A, ONE, LOST)


def test_the_server_is_looked_for_once_at_a_time_however_many_prompts_wait() -> None:
    desk = desk_that_waits(2)
    desk.given(submit(B))
    first, second = stream(3), stream(4)
    assert desk.after(broke(first, UNREACHABLE), broke(second, UNREACHABLE)) == [
        ReaderClosed(first),
        parked(first, UNREACHABLE),
        Remind(2.0, SurveyDue()),
        ReaderClosed(second),
        parked(second, UNREACHABLE, B),
    ]
    assert desk.after(surveyed()) == [*begun(A, stream(3, 2)), *begun(B, stream(4, 2))]


def test_a_prompt_that_waits_for_the_server_leaves_its_stream_to_others() -> None:
    settings = EngineSettings(retry=ONCE, limits=ResourceLimits(max_concurrent_streams=1))
    desk = Desk(3, settings=settings)
    desk.given(submit(A), submit(A, "later"), submit(B), submit(C))
    assert desk.after(broke(stream(4), UNREACHABLE))[3:] == begun(B, stream(6))
    assert desk.after(surveyed())[1:] == [TurnQueued(A, TurnId("4"), WaitReason.STREAM_LIMIT)]
    assert desk.after(finished(stream(6)))[3:] == begun(C, stream(7))
    assert desk.after(finished(stream(7)))[3:] == begun(A, stream(4, 2))


def test_who_must_not_wait_fails() -> None:
    desk = Desk(settings=EngineSettings(retry=ONCE, wait_for_server=False))
    desk.given(submit(A))
    assert desk.after(broke(ONE, UNREACHABLE)) == [ReaderClosed(ONE), failed(A, ONE, UNREACHABLE)]
    assert desk.after(surveyed(AWAY)) == [ServerChanged(AWAY)]


def test_a_server_that_is_away_at_the_start_is_watched_until_it_comes() -> None:
    desk = Desk(model=None, settings=EngineSettings(survey_interval=3.0))
    assert desk.after(surveyed(AWAY)) == [ServerChanged(AWAY), Remind(3.0, SurveyDue())]
    assert desk.after(surveyed(AWAY)) == []
    assert desk.after(SurveyDue(), surveyed(AWAY)) == [SurveyServer(), Remind(3.0, SurveyDue())]


def test_a_change_that_concerns_no_model_is_shown_and_asks_nothing() -> None:
    desk = Desk(model=None)
    two = ServerSurvey("here", models=(*SURVEY.models, *SURVEY.models))
    busy = ServerSurvey("here", models=two.models, running=(RunningModel(MODEL),))
    desk.given(surveyed(two))
    assert desk.after(surveyed(busy)) == [ServerChanged(busy)]
    assert desk.after(surveyed(busy)) == []


def test_a_conversation_that_begins_while_the_server_is_known_does_not_look_again() -> None:
    desk = Desk(0)
    desk.given(surveyed())
    assert desk.after(StartConversation("other")) == [ConversationStarted(A, "other")]


def test_a_broken_attempt_of_a_second_prompt_sends_the_same_history_again() -> None:
    desk = Desk(settings=EngineSettings(retry=POLICY))
    desk.given(
        submit(A, "1?"), finished(stream(2), "1."), submit(A, "2?"), broke(stream(3), ConnectionLost("Gone.").failure)
    )
    assert desk.after(RetryDue(stream(3))) == begun(A, stream(3, 2), asked("1?", "1.", "2?"))

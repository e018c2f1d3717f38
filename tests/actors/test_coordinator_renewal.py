import pytest
from msgspec.structs import replace

from protocol.accumulator import AbandonAll, StreamBroken
from protocol.coordinator import (
    ActorFailed,
    ActorRestarted,
    AllAbandoned,
    ChooseModel,
    ReplyFinished,
    RetellConversations,
)
from protocol.errors import (
    ActorDied,
)
from protocol.identity import TurnId
from protocol.kept import WaitingPrompt
from protocol.librarian import SurveyServer
from protocol.limits import ResourceLimits
from protocol.reply import Broken, Reply, Stopped
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from protocol.timekeeper import Remind, RemindersLost, RetryDue, SurveyDue
from protocol.turn import TurnState
from protocol.ui import (
    ConversationRetold,
    ConversationStarted,
    EngineFailed,
    EngineRecovered,
    InputRefused,
    PathShown,
    ServerChanged,
    TurnAccepted,
)
from tests.support.coordinating import (
    AWAY,
    DONE,
    LOST,
    MODEL,
    SURVEY,
    A,
    B,
    C,
    Desk,
    ReaderClosed,
    answered,
    broke,
    ended,
    failed,
    finished,
    parked,
    stream,
    submit,
    surveyed,
)

ONE = stream(2)
POLICY = RetryPolicy(attempts=3, base=0.5, cap=8.0, jitter=0.5)
DEATH = ActorDied("The part failed.", "The log has the details.").failure


def test_the_death_of_a_reader_breaks_its_stream_by_way_of_the_accumulator() -> None:
    desk = Desk()
    desk.given(submit(A), answered(ONE))
    assert desk.after(ActorFailed("StreamReader", DEATH, ONE)) == [StreamBroken(ONE, DEATH)]
    assert desk.after(broke(ONE, DEATH, Reply("Half a"))) == [
        ReaderClosed(ONE),
        ended(A, ONE, TurnState.INTERRUPTED, Reply("Half a"), Broken(DEATH)),
    ]


def test_the_death_of_the_accumulator_ends_every_stream_and_leaves_what_waits_to_the_next_run() -> None:
    desk = Desk(3, settings=EngineSettings(retry=POLICY, limits=ResourceLimits(max_concurrent_streams=2)))
    desk.given(submit(A), submit(A, "later"), submit(B), broke(stream(6)), submit(C))
    assert desk.after(ActorFailed("Accumulator", DEATH)) == [
        EngineFailed(DEATH),
        parked(stream(6), LOST, B),
        ReaderClosed(stream(4)),
        replace(failed(A, stream(4), DEATH), as_told=True),
    ]
    reason = "A part of chinwag failed: copy what you need, then start it again."
    assert desk.after(submit(A, "again")) == [InputRefused(A, "again", reason)]
    assert desk.after(finished(stream(4)), RetryDue(stream(6)), surveyed()) == [ServerChanged(SURVEY)]


@pytest.mark.parametrize(("actor", "fatal"), [("Timekeeper", False), ("InputHandler", True), ("Archivist", True)])
def test_the_death_of_another_actor_is_told_and_streams_go_on(actor: str, fatal: bool) -> None:
    desk = Desk()
    desk.given(submit(A))
    assert desk.after(ActorFailed(actor, DEATH)) == [EngineFailed(DEATH, fatal)]
    assert desk.after(finished(ONE))[-1] == ended(A, ONE, TurnState.DONE, Reply("Hello."), DONE)


def test_a_lost_reminder_is_asked_for_again() -> None:
    desk = Desk(model=None, settings=EngineSettings(retry=POLICY, survey_interval=3.0))
    assert desk.after(RemindersLost()) == []
    desk.given(ChooseModel(A, MODEL), submit(A), broke(stream(2)), surveyed(AWAY))
    told = desk.after(RemindersLost())
    assert [(reminder.reminder) for reminder in told if isinstance(reminder, Remind)] == [
        RetryDue(stream(2)),
        SurveyDue(),
    ]


def test_what_goes_on_after_a_failure_is_said() -> None:
    assert Desk().after(ActorRestarted("Librarian", DEATH)) == [EngineRecovered(DEATH)]


def test_an_archivist_that_begins_anew_is_told_what_is_known() -> None:
    desk = Desk()
    desk.given(submit(A), finished(ONE), submit(A, "more"), submit(A, "later"))
    (told,) = desk.after(RetellConversations())
    assert isinstance(told, ConversationRetold)
    assert told.shown
    assert [(node.id, node.text, node.state) for node in told.record.messages] == [
        ("2", "Hi", TurnState.DONE),
        ("2#1", "Hello.", TurnState.DONE),
        ("3", "more", TurnState.CONNECTING),
        ("3#1", "", TurnState.CONNECTING),
    ]
    assert told.record.waiting == (WaitingPrompt(TurnId("4"), "later"),)


def test_it_begins_anew_with_what_it_remembers_where_nothing_is_kept_and_puts_off_what_comes_meanwhile() -> None:
    desk = Desk()
    desk.given(submit(A), answered(ONE), submit(A, "later"))
    lost = submit(A, "lost")
    desk.take()
    desk.coordinator.recover(lost, DEATH)
    assert desk.take() == [
        InputRefused(A, "lost", f"{DEATH.summary} Send it again."),
        ReaderClosed(ONE),
        AbandonAll(),
    ]
    assert desk.after(submit(A, "meanwhile"), ReplyFinished(ONE, Reply("Half a"), Stopped())) == []
    told = desk.after(AllAbandoned())
    assert told[0] == ended(A, ONE, TurnState.INTERRUPTED, Reply("Half a"), Broken(DEATH))
    assert told[1] == ConversationStarted(A, MODEL)
    assert isinstance(told[2], PathShown)
    assert told[2].afresh
    assert told[3:5] == [TurnAccepted(A, TurnId("3"), "later"), SurveyServer()]
    assert TurnAccepted(A, TurnId("4"), "meanwhile") in told

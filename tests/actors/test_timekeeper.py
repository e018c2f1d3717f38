import threading
import time

from actors.timekeeper import Timekeeper
from actors.vitals import Vitals
from protocol.coordinator import ActorFailed, ActorRestarted, NewsOfActors
from protocol.errors import ActorDied
from protocol.identity import StreamId, TurnId
from protocol.supervision import RestartPolicy
from protocol.timekeeper import Remind, Reminder, RemindersLost, RetryDue, StopKeeping, SurveyDue
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.clock import FakeClock
from tests.support.leaks import nothing_left

FIRST, SECOND, THIRD = (RetryDue(StreamId(TurnId("turn"), number)) for number in (1, 2, 3))


class Unstarted:
    """A Timekeeper that has no thread yet, a clock that stands still, and whom it tells."""

    def __init__(self) -> None:
        self.clock = FakeClock(now=1000.0)
        self.receiver = Recorder[Reminder]()
        self.keeper = Timekeeper(self.receiver, Recorder[NewsOfActors](), self.clock)

    def told_after(self, seconds: float) -> list[Reminder]:
        self.clock.advance(seconds)
        self.keeper.tell_due()
        return self.receiver.take()


class Blocking:
    """A receiver that breaks the promise not to block, until it is let go."""

    def __init__(self) -> None:
        self._blocked, self._released = threading.Event(), threading.Event()

    def tell(self, message: Reminder, /) -> None:
        self._blocked.set()
        self._released.wait(PATIENCE)

    def wait_until_blocked(self) -> None:
        assert self._blocked.wait(PATIENCE)

    def release(self) -> None:
        self._released.set()


def test_without_reminders_it_may_wait_for_ever() -> None:
    kept = Unstarted()
    assert kept.keeper.next_deadline() is None
    assert kept.told_after(1e9) == []


def test_a_reminder_is_told_once_when_its_time_has_come_and_not_before() -> None:
    kept = Unstarted()
    kept.keeper.on_receive(Remind(2.0, FIRST))
    assert kept.told_after(1.5) == []
    assert kept.told_after(0.5) == [FIRST]
    assert kept.told_after(100.0) == []


def test_reminders_are_told_in_the_order_of_their_times() -> None:
    kept = Unstarted()
    kept.keeper.on_receive(Remind(3.0, FIRST))
    kept.keeper.on_receive(Remind(1.0, SECOND))
    kept.clock.advance(0.5)
    kept.keeper.on_receive(Remind(1.0, THIRD))
    assert kept.told_after(3.0) == [SECOND, THIRD, FIRST]


def test_reminders_for_one_moment_are_told_in_the_order_in_which_they_came() -> None:
    kept = Unstarted()
    for reminder in (THIRD, FIRST, SurveyDue(), SECOND):
        kept.keeper.on_receive(Remind(1.0, reminder))
    assert kept.told_after(1.0) == [THIRD, FIRST, SurveyDue(), SECOND]


def test_the_next_deadline_is_that_of_the_earliest_and_never_in_the_past() -> None:
    kept = Unstarted()
    kept.keeper.on_receive(Remind(5.0, FIRST))
    kept.keeper.on_receive(Remind(2.0, SECOND))
    assert kept.keeper.next_deadline() == 2.0
    kept.clock.advance(3.0)
    assert kept.keeper.next_deadline() == 0.0
    assert kept.told_after(0.0) == [SECOND]
    assert kept.keeper.next_deadline() == 2.0


def test_a_reminder_without_delay_is_due_at_once() -> None:
    kept = Unstarted()
    kept.keeper.on_receive(Remind(0.0, FIRST))
    assert kept.told_after(0.0) == [FIRST]


def test_stopping_forgets_every_reminder() -> None:
    kept = Unstarted()
    kept.keeper.on_receive(Remind(0.0, FIRST))
    kept.keeper.on_receive(StopKeeping())
    assert kept.keeper.next_deadline() is None
    assert kept.told_after(1.0) == []


def test_the_thread_tells_what_is_due_and_keeps_waiting_for_the_rest() -> None:
    receiver = QueueAddress[Reminder]()
    with nothing_left():
        keeper = Timekeeper(receiver, Recorder[NewsOfActors](), time.monotonic)
        keeper.start()
        keeper.tell(Remind(3600.0, FIRST))
        keeper.tell(Remind(0.02, SECOND))
        keeper.tell(Remind(0.01, THIRD))
        assert [receiver.next(), receiver.next()] == [THIRD, SECOND]
        assert keeper.end(PATIENCE) is True
    assert receiver.drain() == []


def test_an_earlier_reminder_interrupts_the_wait_for_a_later_one() -> None:
    receiver = QueueAddress[Reminder]()
    keeper = Timekeeper(receiver, Recorder[NewsOfActors](), time.monotonic)
    keeper.start()
    keeper.tell(Remind(3600.0, FIRST))
    keeper.tell(Remind(0.0, SECOND))
    assert receiver.next() == SECOND
    assert keeper.end(PATIENCE)


def test_it_can_be_stopped_while_it_waits_for_nothing() -> None:
    with nothing_left():
        keeper = Timekeeper(Recorder[Reminder](), Recorder[NewsOfActors](), time.monotonic)
        keeper.start()
        assert keeper.end(PATIENCE) is True
        assert keeper.end(PATIENCE) is True


def test_what_stays_away_too_long_is_said_to_be_late() -> None:
    blocked = Blocking()
    keeper = Timekeeper(blocked, Recorder[NewsOfActors](), time.monotonic)
    keeper.start()
    keeper.tell(Remind(0.0, FIRST))
    blocked.wait_until_blocked()
    assert keeper.end(0.0) is False
    blocked.release()
    assert keeper.end(PATIENCE) is True


class Broken:
    """A receiver that breaks the promise not to raise."""

    def tell(self, message: Reminder, /) -> None:
        raise RuntimeError(f"no {type(message).__name__}, please")


def test_a_failure_ends_the_thread_and_is_told() -> None:
    supervisor = QueueAddress[NewsOfActors]()
    with nothing_left():
        keeper = Timekeeper(Broken(), supervisor, time.monotonic)
        keeper.start()
        keeper.tell(Remind(0.0, SurveyDue()))
        failed = "The Timekeeper failed (RuntimeError('no SurveyDue, please'))."
        died = ActorDied(failed, "The log has the details.").failure
        assert supervisor.next() == ActorFailed("Timekeeper", died)
        assert keeper.end(PATIENCE)


class BrokenOnce(QueueAddress[Reminder]):
    """A receiver that raises the first time."""

    broken = True

    def tell(self, message: Reminder, /) -> None:
        if self.broken:
            self.broken = False
            raise RuntimeError("not now")
        super().tell(message)


def test_a_failure_loses_one_reminder_which_is_said_and_the_others_are_told() -> None:
    receiver, supervisor = BrokenOnce(), QueueAddress[NewsOfActors]()
    with nothing_left():
        keeper = Timekeeper(receiver, supervisor, time.monotonic, Vitals(RestartPolicy()))
        keeper.start()
        keeper.tell(Remind(0.0, FIRST))
        assert receiver.next() == RemindersLost()
        keeper.tell(Remind(0.0, SECOND))
        assert receiver.next() == SECOND
        died = ActorDied("The Timekeeper failed (RuntimeError('not now')).", "The log has the details.").failure
        assert supervisor.next() == ActorRestarted("Timekeeper", died)
        assert keeper.end(PATIENCE)

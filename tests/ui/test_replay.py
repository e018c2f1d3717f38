from collections.abc import Sequence

import pytest

from protocol.commands import Retry
from protocol.errors import ActorDied
from protocol.identity import ConversationId
from protocol.input_handler import CancelPressed, CommandPressed, InputHandlerMessage, TextSubmitted
from protocol.trace import TracedEvent
from protocol.ui import ConversationStarted, EngineFailed, NoticePosted, QuitRequested, UiEvent
from tests.support.addresses import QueueAddress, Recorder
from tests.support.clock import FakeClock
from tests.support.leaks import nothing_left
from ui.replay import Player, Replay

TALK = ConversationId("talk")
START = ConversationStarted(TALK, "tiny")
ONE, TWO = NoticePosted(TALK, "one"), NoticePosted(TALK, "two")
SCENE = (TracedEvent(1.0, START), TracedEvent(2.0, ONE), TracedEvent(5.0, TWO))
NOTHING_SENT = NoticePosted(TALK, "This is a replay: nothing is sent, and nothing can be changed. Ctrl-D leaves.")


class Reel:
    """A trace of these events."""

    def __init__(self, events: Sequence[TracedEvent], bad: int = 0, missed: int = 0, trouble: str = "") -> None:
        self._events = list(events)
        self._size = len(events)
        self.bad, self.missed, self.trouble = bad, missed, trouble

    @property
    def share(self) -> float:
        return 1 - len(self._events) / self._size

    def next(self) -> TracedEvent | None:
        return self._events.pop(0) if self._events else None


class Torn(Reel):
    """A trace that cannot be read."""

    def next(self) -> TracedEvent | None:
        raise RuntimeError("torn")


def over(events: int) -> NoticePosted:
    return NoticePosted(TALK, f"The replay is over: {events} events.")


def playing(speed: float | None, reel: Reel | None = None) -> tuple[Player, Recorder[UiEvent], FakeClock]:
    ui: Recorder[UiEvent] = Recorder()
    clock = FakeClock(50.0)
    return Player(reel or Reel(SCENE), ui, speed, clock), ui, clock


@pytest.mark.parametrize("speed", [1.0, 2.0, 0.5])
def test_events_come_at_the_distance_that_they_had_divided_by_the_speed(speed: float) -> None:
    player, ui, clock = playing(speed)
    player.tell_due()
    assert (ui.take(), player.next_deadline()) == ([START], 1.0 / speed)
    clock.advance(0.9 / speed)
    player.tell_due()
    assert ui.take() == []
    clock.advance(0.1 / speed)
    player.tell_due()
    assert ui.take() == [ONE]
    assert player.next_deadline() == pytest.approx(3.0 / speed)
    clock.advance(3.0 / speed)
    player.tell_due()
    assert (ui.take(), player.next_deadline()) == ([TWO, over(3)], None)


def test_who_comes_late_tells_everything_that_is_due() -> None:
    player, ui, clock = playing(1.0)
    clock.advance(100.0)
    player.tell_due()
    assert ui.take() == [START, ONE, TWO, over(3)]


def test_a_step_is_one_event_and_no_time_brings_another() -> None:
    player, ui, clock = playing(None)
    assert player.next_deadline() is None
    clock.advance(1000.0)
    player.tell_due()
    assert ui.take() == []
    player.step()
    assert (ui.take(), player.place) == ([START], "replay: event 1, 33%   Space: the next")
    player.step()
    assert ui.take() == [ONE]
    player.step()
    assert (ui.take(), player.place) == ([TWO, over(3)], "replay over: 3 events")
    player.step()
    assert ui.take() == []


def test_a_step_while_it_plays_brings_the_next_event_at_once_and_the_others_at_their_distance() -> None:
    player, ui, clock = playing(1.0)
    player.tell_due()
    clock.advance(0.25)
    player.step()
    assert (ui.take(), player.next_deadline()) == ([START, ONE], 3.0)


def test_times_that_run_backwards_hold_nothing_up() -> None:
    player, ui, _ = playing(1.0, Reel((TracedEvent(9.0, START), TracedEvent(1.0, ONE))))
    player.tell_due()
    assert ui.take() == [START, ONE, over(2)]


def test_a_quit_in_the_trace_does_not_end_the_replay() -> None:
    player, ui, _ = playing(None, Reel((TracedEvent(0.0, START), TracedEvent(0.0, QuitRequested("bye", 3)))))
    player.step()
    player.step()
    assert ui.take() == [START, NoticePosted(TALK, "Here the chat was left."), over(2)]


def test_the_end_says_what_was_left_out() -> None:
    _, ui, _ = playing(1.0, Reel((), 2, 7, "The trace cannot be read further: Input/output error."))
    here = ConversationId("replay")
    words = (
        "The replay is over: 0 events. 2 lines could not be read and are left out. "
        "7 messages are missing in the trace. The trace cannot be read further: Input/output error."
    )
    assert ui.take() == [ConversationStarted(here, None), NoticePosted(here, words)]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (TextSubmitted(TALK, "Hello"), NOTHING_SENT),
        (TextSubmitted(TALK, "/retry"), NOTHING_SENT),
        (CommandPressed(TALK, Retry()), NOTHING_SENT),
        (CancelPressed(TALK), NOTHING_SENT),
        (TextSubmitted(TALK, " /quit "), QuitRequested()),
    ],
)
def test_what_is_typed_is_sent_nowhere(message: InputHandlerMessage, told: UiEvent) -> None:
    player, ui, _ = playing(None)
    player.answer(message)
    assert ui.take() == [told]


def test_it_plays_in_a_thread_of_its_own_and_stops() -> None:
    ui: QueueAddress[UiEvent] = QueueAddress()
    with nothing_left():
        replay = Replay(Reel(SCENE), None)
        engine = replay.start(ui)
        assert ui.next() == START
        assert [replay.takes(key) for key in ("x", " ", "right", ("mouse press", 1, 2, 3))] == [
            False,
            True,
            True,
            False,
        ]
        assert [ui.next() for _ in range(3)] == [ONE, TWO, over(3)]
        engine.input.tell(TextSubmitted(TALK, "Hello"))
        assert ui.next() == NOTHING_SENT
        assert replay.place == "replay over: 3 events"
        engine.stop()


def test_it_plays_by_the_clock_where_no_key_is_wanted() -> None:
    ui: QueueAddress[UiEvent] = QueueAddress()
    with nothing_left():
        engine = Replay(Reel(SCENE), 1000.0).start(ui)
        assert [ui.next() for _ in range(4)] == [START, ONE, TWO, over(3)]
        engine.stop()


def test_a_replay_that_fails_says_so() -> None:
    ui: QueueAddress[UiEvent] = QueueAddress()
    with nothing_left():
        engine = Replay(Torn(()), 1.0).start(ui)
        words = "The replay failed (RuntimeError('torn'))."
        assert ui.next() == EngineFailed(ActorDied(words, "The log has the details.").failure, fatal=True)
        engine.stop()

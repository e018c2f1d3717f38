import pytest

from actors.accumulator import Accumulator, NewsOfReplies
from actors.actor import stop
from actors.cancel import CancelToken
from actors.credit import Credit
from protocol.accumulator import (
    AbandonAll,
    AbandonReply,
    AccumulatorMessage,
    BeginReply,
    FramesArrived,
    StreamBroken,
    StreamEnded,
)
from protocol.chat import ToolCall
from protocol.coordinator import AllAbandoned, NewsOfActors, ReplyFinished, ReplyProgressed
from protocol.errors import ConnectionLost, ReplyTooLong
from protocol.frames import Chunk, Completion, Metrics
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.limits import ResourceLimits
from protocol.reply import Broken, Ending, Finished, Reply, Stopped
from protocol.ui import ReplyGrew, UiEvent
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.clock import FakeClock
from tests.support.engine import NONSENSE, death_by_nonsense
from tests.support.leaks import nothing_left

TALK, OTHER_TALK = ConversationId("talk"), ConversationId("other")
STREAM, OTHER = StreamId(TurnId("turn"), 1), StreamId(TurnId("other turn"), 1)
METRICS = Metrics(eval_count=3, eval_duration=5)
LOST = ConnectionLost("The connection broke.").failure
CALL, SECOND_CALL = ToolCall("weather", '{"city":"Oslo"}'), ToolCall("time", "{}")


class Unstarted:
    """An Accumulator without a thread that has been told to begin a reply, and whom it tells."""

    def __init__(self, max_reply: int = 1000, capacity: int = 100) -> None:
        self.coordinator, self.ui = Recorder[NewsOfReplies](), Recorder[UiEvent]()
        self.supervisor = Recorder[NewsOfActors]()
        self.credit = Credit(capacity)
        limits = ResourceLimits(max_reply_bytes=max_reply)
        self.actor = Accumulator(self.coordinator, self.ui, self.supervisor, self.credit, limits)
        self.actor.on_receive(BeginReply(STREAM, TALK))

    def arrive(self, *chunks: Chunk, stream: StreamId = STREAM) -> None:
        self.actor.on_receive(FramesArrived(stream, chunks))


def test_beginning_a_reply_tells_nothing() -> None:
    told = Unstarted()
    assert (told.ui.take(), told.coordinator.take()) == ([], [])


def test_chunks_are_shown_as_they_came_and_joined_at_the_end() -> None:
    told = Unstarted()
    told.arrive(Chunk("The "), Chunk("sky"))
    told.arrive(Chunk(" is"))
    told.actor.on_receive(StreamEnded(STREAM, Completion("length", METRICS)))
    assert told.ui.take() == [
        ReplyGrew(TALK, STREAM, (Chunk("The "), Chunk("sky"))),
        ReplyGrew(TALK, STREAM, (Chunk(" is"),)),
    ]
    assert told.coordinator.take() == [
        ReplyProgressed(STREAM, answering=True),
        ReplyFinished(STREAM, Reply("The sky is"), Finished("length", METRICS)),
    ]


def test_thoughts_text_and_tool_calls_are_kept_apart_and_in_order() -> None:
    told = Unstarted()
    told.arrive(Chunk(thinking="Hm, "))
    told.arrive(Chunk(thinking="rain?", text="Let me"), Chunk(" look", tool_calls=(CALL,)))
    told.arrive(Chunk(tool_calls=(SECOND_CALL,)))
    told.actor.on_receive(StreamEnded(STREAM, Completion()))
    assert told.coordinator.take() == [
        ReplyProgressed(STREAM, answering=False),
        ReplyProgressed(STREAM, answering=True),
        ReplyFinished(STREAM, Reply("Let me look", "Hm, rain?", (CALL, SECOND_CALL)), Finished("stop", Metrics())),
    ]


def test_a_thought_and_an_answer_that_come_together_are_told_in_that_order() -> None:
    told = Unstarted()
    told.arrive(Chunk(thinking="Hm."), Chunk("Yes."))
    assert told.coordinator.take() == [
        ReplyProgressed(STREAM, answering=False),
        ReplyProgressed(STREAM, answering=True),
    ]


def test_a_thought_after_the_answer_began_is_no_step_back() -> None:
    told = Unstarted()
    told.arrive(Chunk("Yes"))
    told.arrive(Chunk(thinking="Or not?"))
    assert told.coordinator.take() == [ReplyProgressed(STREAM, answering=True)]


def test_a_tool_call_is_an_answer() -> None:
    told = Unstarted()
    told.arrive(Chunk(tool_calls=(CALL,)))
    assert told.coordinator.take() == [ReplyProgressed(STREAM, answering=True)]


def test_a_reply_without_a_word_is_an_empty_reply() -> None:
    told = Unstarted()
    told.actor.on_receive(StreamEnded(STREAM, Completion("load")))
    assert told.ui.take() == []
    assert told.coordinator.take() == [ReplyFinished(STREAM, Reply(), Finished("load", Metrics()))]


def test_a_broken_stream_keeps_what_came() -> None:
    told = Unstarted()
    told.arrive(Chunk("Half a"))
    told.coordinator.take()
    told.actor.on_receive(StreamBroken(STREAM, LOST))
    assert told.coordinator.take() == [ReplyFinished(STREAM, Reply("Half a"), Broken(LOST))]


def test_an_abandoned_reply_keeps_what_came() -> None:
    told = Unstarted()
    told.arrive(Chunk("Half a"))
    told.coordinator.take()
    told.actor.on_receive(AbandonReply(STREAM))
    assert told.coordinator.take() == [ReplyFinished(STREAM, Reply("Half a"), Stopped())]


def test_what_comes_of_a_stream_that_is_over_is_dropped() -> None:
    told = Unstarted()
    told.actor.on_receive(AbandonReply(STREAM))
    told.coordinator.take()
    told.arrive(Chunk("too late"))
    told.actor.on_receive(StreamEnded(STREAM, Completion()))
    told.actor.on_receive(StreamBroken(STREAM, LOST))
    told.actor.on_receive(AbandonReply(STREAM))
    assert (told.ui.take(), told.coordinator.take()) == ([], [])


def test_what_comes_of_a_stream_that_never_began_is_dropped() -> None:
    told = Unstarted()
    told.arrive(Chunk("from nowhere"), stream=OTHER)
    told.actor.on_receive(StreamEnded(OTHER, Completion()))
    told.actor.on_receive(AbandonReply(OTHER))
    assert (told.ui.take(), told.coordinator.take()) == ([], [])


def test_streams_do_not_mix() -> None:
    told = Unstarted()
    told.actor.on_receive(BeginReply(OTHER, OTHER_TALK))
    told.arrive(Chunk("a"))
    told.arrive(Chunk("b"), stream=OTHER)
    told.arrive(Chunk("c"))
    assert told.ui.take() == [
        ReplyGrew(TALK, STREAM, (Chunk("a"),)),
        ReplyGrew(OTHER_TALK, OTHER, (Chunk("b"),)),
        ReplyGrew(TALK, STREAM, (Chunk("c"),)),
    ]
    told.coordinator.take()
    told.actor.on_receive(StreamEnded(OTHER, Completion()))
    told.actor.on_receive(StreamEnded(STREAM, Completion()))
    assert told.coordinator.take() == [
        ReplyFinished(OTHER, Reply("b"), Finished("stop", Metrics())),
        ReplyFinished(STREAM, Reply("ac"), Finished("stop", Metrics())),
    ]


def test_a_second_attempt_begins_with_nothing() -> None:
    told, second = Unstarted(), StreamId(STREAM.turn, 2)
    told.arrive(Chunk("first attempt"))
    told.actor.on_receive(StreamBroken(STREAM, LOST))
    told.actor.on_receive(BeginReply(second, TALK))
    told.arrive(Chunk("late news of the first"))
    told.arrive(Chunk("second attempt"), stream=second)
    told.coordinator.take()
    told.actor.on_receive(StreamEnded(second, Completion()))
    assert told.coordinator.take() == [ReplyFinished(second, Reply("second attempt"), Finished("stop", Metrics()))]


def test_a_reply_may_grow_to_the_limit_and_no_further() -> None:
    told = Unstarted(max_reply=1200)
    told.arrive(Chunk("x" * 700, "y" * 500))
    assert told.coordinator.take() == [ReplyProgressed(STREAM, False), ReplyProgressed(STREAM, True)]
    told.arrive(Chunk("z"))
    too_long = ReplyTooLong("The reply grew past the limit of 1,200 characters and was ended.", "What came is kept.")
    assert told.coordinator.take() == [
        ReplyFinished(STREAM, Reply("x" * 700 + "z", "y" * 500), Broken(too_long.failure))
    ]
    told.arrive(Chunk("more"))
    assert told.coordinator.take() == []


def test_every_chunk_that_arrives_gives_back_what_its_reader_took() -> None:
    told = Unstarted(capacity=9)
    long = Chunk("x" * 4096)
    told.credit.take(STREAM, 5, CancelToken())
    told.arrive(Chunk("a"), long)
    assert told.credit.in_flight(STREAM) == 2
    told.arrive(long)
    assert told.credit.in_flight(STREAM) == 0


def test_chunks_of_a_stream_that_is_over_give_back_too() -> None:
    told = Unstarted()
    told.credit.take(STREAM, 2, CancelToken())
    told.actor.on_receive(AbandonReply(STREAM))
    told.arrive(Chunk("a"), Chunk("b"))
    assert told.credit.in_flight(STREAM) == 0


def test_its_thread_does_what_is_in_its_mailbox_before_it_stops() -> None:
    coordinator, nobody = QueueAddress[NewsOfReplies](), Recorder[object]()
    with nothing_left():
        actor = Accumulator.start(coordinator, nobody, nobody, Credit(9), ResourceLimits())
        actor.tell(BeginReply(STREAM, TALK))
        actor.tell(FramesArrived(STREAM, (Chunk("Hi"),)))
        actor.tell(StreamEnded(STREAM, Completion()))
        assert stop(actor, PATIENCE) is True
    assert coordinator.drain() == [
        ReplyProgressed(STREAM, answering=True),
        ReplyFinished(STREAM, Reply("Hi"), Finished("stop", Metrics())),
    ]


def test_its_death_is_told_and_ends_its_thread() -> None:
    supervisor, nobody = QueueAddress[NewsOfActors](), Recorder[object]()
    with nothing_left():
        actor = Accumulator.start(nobody, nobody, supervisor, Credit(9), ResourceLimits())
        actor.tell(NONSENSE)
        assert supervisor.next() == death_by_nonsense("Accumulator")
    assert not actor.is_alive()


def test_a_failure_breaks_the_stream_it_was_about_with_what_came_and_the_others_go_on() -> None:
    told = Unstarted()
    told.actor.on_receive(BeginReply(OTHER, OTHER_TALK))
    told.arrive(Chunk("Half a"))
    told.arrive(Chunk("More"), stream=OTHER)
    told.coordinator.take()
    told.actor.recover(FramesArrived(STREAM, (Chunk("lost"),)), LOST)
    told.arrive(Chunk("late"))
    assert told.coordinator.take() == [ReplyFinished(STREAM, Reply("Half a"), Broken(LOST))]
    told.actor.on_receive(StreamEnded(OTHER, Completion()))
    assert told.coordinator.take() == [ReplyFinished(OTHER, Reply("More"), Finished("stop", Metrics()))]


def test_a_stream_that_could_not_begin_is_over() -> None:
    told = Unstarted()
    told.actor.recover(BeginReply(OTHER, OTHER_TALK), LOST)
    assert told.coordinator.take() == [ReplyFinished(OTHER, Reply(), Broken(LOST))]


def test_abandoning_all_ends_every_stream_before_it_is_said_to_be_done() -> None:
    told = Unstarted()
    told.actor.on_receive(BeginReply(OTHER, OTHER_TALK))
    told.arrive(Chunk("Half a"))
    told.coordinator.take()
    told.actor.on_receive(AbandonAll())
    assert told.coordinator.take() == [
        ReplyFinished(STREAM, Reply("Half a"), Stopped()),
        ReplyFinished(OTHER, Reply(), Stopped()),
        AllAbandoned(),
    ]
    told.actor.recover(AbandonAll(), LOST)
    assert told.coordinator.take() == [AllAbandoned()]


class BrokenUi:
    """A face that breaks its promise not to raise."""

    def tell(self, message: UiEvent, /) -> None:
        raise RuntimeError("broken")


def test_credit_is_given_back_for_what_could_not_be_shown() -> None:
    credit, nobody = Credit(9), Recorder[object]()
    actor = Accumulator(nobody, BrokenUi(), nobody, credit, ResourceLimits())
    actor.on_receive(BeginReply(STREAM, TALK))
    credit.take(STREAM, 1, CancelToken())
    with pytest.raises(RuntimeError):
        actor.on_receive(FramesArrived(STREAM, (Chunk("a"),)))
    assert credit.in_flight(STREAM) == 0


def ending_after_a_while(first: Chunk, end: AccumulatorMessage) -> Ending | None:
    """How a reply ends, the first piece of which comes after 1.5 s."""
    news, nobody, clock = Recorder[NewsOfReplies](), Recorder[object](), FakeClock(5.0)
    actor = Accumulator(news, nobody, nobody, Credit(9), ResourceLimits(), clock=clock)
    actor.on_receive(BeginReply(STREAM, TALK))
    clock.advance(1.5)
    actor.on_receive(FramesArrived(STREAM, (first,)))
    clock.advance(1.0)
    actor.on_receive(FramesArrived(STREAM, (Chunk(" there"),)))
    actor.on_receive(end)
    endings = [one.ending for one in news.take() if isinstance(one, ReplyFinished)]
    return endings[0] if endings else None


@pytest.mark.parametrize("first", [Chunk("Hi"), Chunk(thinking="Hm")])
def test_how_long_the_first_piece_took_is_told_at_the_end(first: Chunk) -> None:
    whole = StreamEnded(STREAM, Completion())
    assert ending_after_a_while(first, whole) == Finished("stop", Metrics(), first_token=1.5)


@pytest.mark.parametrize("end", [AbandonReply(STREAM), AbandonAll()])
def test_it_is_told_of_a_reply_that_was_stopped_too(end: AccumulatorMessage) -> None:
    assert ending_after_a_while(Chunk("Hi"), end) == Stopped(1.5)

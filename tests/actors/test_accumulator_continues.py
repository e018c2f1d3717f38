"""A reply that goes on with a partial one: what the Accumulator tells and keeps of it."""

import pytest

from actors.accumulator import Accumulator, NewsOfReplies
from actors.cancel import CancelToken
from actors.credit import Credit
from protocol.accumulator import AbandonReply, BeginReply, FramesArrived, StreamBroken, StreamEnded
from protocol.chat import ToolCall
from protocol.coordinator import ReplyFinished, ReplyProgressed
from protocol.errors import ConnectionLost, ReplyTooLong
from protocol.frames import Chunk, Completion, Metrics
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.limits import ResourceLimits
from protocol.reply import Broken, Ending, Finished, Reply, Stopped
from protocol.ui import ReplyGrew, UiEvent
from tests.support.addresses import Recorder

TALK, STREAM = ConversationId("talk"), StreamId(TurnId("turn"), 2)
LOST = ConnectionLost("The connection broke.").failure
CALL = ToolCall("weather", '{"city":"Oslo"}')


class Continued:
    """An Accumulator without a thread that has been told to go on with a partial reply, and whom it tells."""

    def __init__(self, partial: Reply, max_reply: int = 1000) -> None:
        self.coordinator, self.ui = Recorder[NewsOfReplies](), Recorder[UiEvent]()
        self.credit = Credit(100)
        limits = ResourceLimits(max_reply_bytes=max_reply)
        self.actor = Accumulator(self.coordinator, self.ui, Recorder(), self.credit, limits)
        self.actor.on_receive(BeginReply(STREAM, TALK, partial))

    def arrive(self, *chunks: Chunk) -> None:
        self.actor.on_receive(FramesArrived(STREAM, chunks))


def test_a_reply_that_goes_on_with_another_shows_that_at_once() -> None:
    told = Continued(Reply("The sea is", "Hm.", (CALL,)))
    assert told.ui.take() == [ReplyGrew(TALK, STREAM, (Chunk("The sea is", "Hm.", (CALL,)),))]
    assert told.coordinator.take() == []


def test_what_is_added_follows_the_text_it_goes_on_with() -> None:
    told = Continued(Reply("The sea is", "Hm."))
    told.ui.take()
    told.arrive(Chunk(thinking=" Deep?"))
    told.arrive(Chunk(" deep."))
    told.actor.on_receive(StreamEnded(STREAM, Completion()))
    assert told.ui.take() == [
        ReplyGrew(TALK, STREAM, (Chunk(thinking=" Deep?"),)),
        ReplyGrew(TALK, STREAM, (Chunk(" deep."),)),
    ]
    assert told.coordinator.take() == [
        ReplyProgressed(STREAM, answering=False),
        ReplyProgressed(STREAM, answering=True),
        ReplyFinished(STREAM, Reply("The sea is deep.", "Hm. Deep?"), Finished("stop", Metrics())),
    ]


def test_a_repetition_is_neither_shown_nor_kept_but_is_an_answer() -> None:
    told = Continued(Reply("The sea is"))
    told.ui.take()
    told.arrive(Chunk("The "), Chunk("sea"))
    assert (told.ui.take(), told.coordinator.take()) == ([], [ReplyProgressed(STREAM, answering=True)])
    told.arrive(Chunk(" is blue."))
    told.actor.on_receive(StreamEnded(STREAM, Completion()))
    assert told.ui.take() == [ReplyGrew(TALK, STREAM, (Chunk(" blue."),))]
    assert told.coordinator.take() == [ReplyFinished(STREAM, Reply("The sea is blue."), Finished("stop", Metrics()))]


def test_what_was_held_back_to_the_end_is_shown_before_the_end() -> None:
    told = Continued(Reply("```\nls\n"))
    told.ui.take()
    told.arrive(Chunk("``"), Chunk("`"))
    told.actor.on_receive(StreamEnded(STREAM, Completion()))
    assert told.ui.take() == [ReplyGrew(TALK, STREAM, (Chunk("```"),))]
    assert told.coordinator.take()[-1:] == [ReplyFinished(STREAM, Reply("```\nls\n```"), Finished("stop", Metrics()))]


@pytest.mark.parametrize(
    ("end", "ending"),
    [
        (StreamEnded(STREAM, Completion()), Finished("stop", Metrics())),
        (StreamBroken(STREAM, LOST), Broken(LOST)),
        (AbandonReply(STREAM), Stopped()),
    ],
)
@pytest.mark.parametrize("came", [(), (Chunk("The sea"),)], ids=["nothing came", "half a repetition came"])
def test_a_stream_that_adds_nothing_ends_with_what_it_went_on_with(
    came: tuple[Chunk, ...], end: StreamEnded | StreamBroken | AbandonReply, ending: Ending
) -> None:
    told = Continued(Reply("The sea is,", "Hm."))
    told.arrive(*came)
    told.actor.on_receive(end)
    assert told.coordinator.take()[-1:] == [ReplyFinished(STREAM, Reply("The sea is,", "Hm."), ending)]


def test_what_a_reply_goes_on_with_counts_towards_the_limit_but_was_taken_from_no_reader() -> None:
    told = Continued(Reply("x" * 60, "y" * 39), max_reply=100)
    told.credit.take(STREAM, 3, CancelToken())
    told.arrive(Chunk("a"))
    assert told.coordinator.take() == [ReplyProgressed(STREAM, answering=True)]
    told.arrive(Chunk("bc"))
    too_long = ReplyTooLong("The reply grew past the limit of 100 characters and was ended.", "What came is kept.")
    assert told.coordinator.take() == [
        ReplyFinished(STREAM, Reply("x" * 60 + "abc", "y" * 39), Broken(too_long.failure))
    ]
    assert told.credit.in_flight(STREAM) == 1


def test_a_repetition_gives_back_what_its_reader_took_exactly_once() -> None:
    told = Continued(Reply("The sea is"))
    told.credit.take(STREAM, 5, CancelToken())
    told.arrive(Chunk("The "), Chunk("sea"))
    assert told.credit.in_flight(STREAM) == 3
    told.arrive(Chunk(" is blue."))
    assert told.credit.in_flight(STREAM) == 2
    told.actor.on_receive(AbandonReply(STREAM))
    assert told.credit.in_flight(STREAM) == 2

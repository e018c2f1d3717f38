"""What a reply costs the actors is counted, not timed: reads, and messages told for what they bring."""

from contextlib import ExitStack

from actors.accumulator import Accumulator
from actors.cancel import CancelToken
from actors.credit import Credit
from protocol.accumulator import BeginReply, FramesArrived, StreamEnded
from protocol.coordinator import ReplyFinished, ReplyProgressed
from protocol.frames import Chunk, Completion
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.limits import ResourceLimits
from protocol.ui import ReplyGrew, UiEvent
from tests.actors.test_stream_reader import arrived, done, ended, line, read
from tests.support.addresses import Recorder
from tests.support.answers import ndjson_chat
from tests.support.reading import REQUEST, ollama
from tests.support.replay_server import ReplayServer

STREAM = StreamId(TurnId("turn"), 2)
BUFFER = ResourceLimits().chunk_buffer_size


def test_chunks_that_arrived_together_are_one_message() -> None:
    assert read(line("word ") * 500 + done()) == [arrived(*["word "] * 500), ended()]


def test_more_than_the_buffer_holds_is_as_few_messages_as_can_be() -> None:
    told = read(line("word ") * 2500 + done())
    sizes = [len(message.chunks) for message in told if isinstance(message, FramesArrived)]
    assert sizes == [BUFFER, BUFFER, 2500 - 2 * BUFFER]


def test_a_batch_is_one_event_for_the_screen_and_progress_is_told_once() -> None:
    news, ui, credit = Recorder[object](), Recorder[UiEvent](), Credit(10**6)
    accumulator = Accumulator(news, ui, news, credit, ResourceLimits())
    chunks = (Chunk("word "),) * 100
    accumulator.on_receive(BeginReply(STREAM, ConversationId("talk")))
    for _ in range(10):
        credit.take(STREAM, len(chunks), CancelToken())
        accumulator.on_receive(FramesArrived(STREAM, chunks))
    accumulator.on_receive(StreamEnded(STREAM, Completion()))
    assert [type(event) for event in ui.take()] == [ReplyGrew] * 10
    assert [type(message) for message in news.take()] == [ReplyProgressed, ReplyFinished]


def test_a_body_of_many_small_chunks_takes_fewer_reads() -> None:
    with ExitStack() as stack:
        server = stack.enter_context(ReplayServer(ndjson_chat(["word "] * 2000)))
        body = stack.enter_context(ollama(server.port).open(REQUEST, CancelToken()))
        reads = [data.count(b"\n") for data in body]
    assert sum(reads) == 2001
    assert len(reads) < 2000

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from actors.credit import Credit
from actors.reader_pool import ReaderPool
from actors.source import ChatSource
from protocol.accumulator import AccumulatorMessage, FramesArrived, StreamBroken, StreamEnded
from protocol.chat import ChatRequest
from protocol.coordinator import NewsOfActors
from protocol.errors import ApplicationError
from protocol.frames import Chunk, Completion
from protocol.identity import StreamId, TurnId
from protocol.limits import ResourceLimits
from protocol.stream_reader import OpenStream
from tests.support.addresses import PATIENCE, QueueAddress
from tests.support.answers import silence_after
from tests.support.engine import DeafServer, ScriptedServer
from tests.support.leaks import nothing_left
from tests.support.reading import ollama
from tests.support.replay_server import ReplayServer

FIRST, SECOND = StreamId(TurnId("first"), 1), StreamId(TurnId("second"), 1)
REQUEST = ChatRequest("tiny", ())
REPLY = b'{"message":{"content":"Hi"},"done":false}\n{"done":true}\n'
ENDLESS_STACK = 1 << 46
"""Bytes; no system has them for a new thread."""


class Pool:
    """A pool, and whom its readers tell."""

    def __init__(self, source: ChatSource) -> None:
        self.accumulator, self.supervisor = QueueAddress[AccumulatorMessage](), QueueAddress[NewsOfActors]()
        self.pool = ReaderPool(source, self.accumulator, self.supervisor, Credit(99), ResourceLimits())

    def open(self, stream: StreamId) -> None:
        self.pool.open(OpenStream(stream, REQUEST))


@contextmanager
def no_thread_to_be_had() -> Iterator[None]:
    before = threading.stack_size(ENDLESS_STACK)
    try:
        yield
    finally:
        threading.stack_size(before)


def test_a_reader_reads_one_stream_and_is_gone() -> None:
    with nothing_left():
        readers = Pool(ScriptedServer(REPLY))
        readers.open(FIRST)
        assert [readers.accumulator.next(), readers.accumulator.next()] == [
            FramesArrived(FIRST, (Chunk("Hi"),)),
            StreamEnded(FIRST, Completion()),
        ]
        readers.pool.close(FIRST)
    assert readers.pool.stop_all(0.0) is True


def test_closing_cuts_one_stream_and_no_other() -> None:
    with nothing_left(), ReplayServer(silence_after(["a"])) as server:
        readers = Pool(ollama(server.port))
        readers.open(FIRST)
        readers.open(SECOND)
        server.request_received(2)
        readers.pool.close(FIRST)
        server.client_gone(1)
        server.connections_are(1)
        assert readers.pool.stop_all(PATIENCE) is True
        server.client_gone(2)


def test_closing_what_is_not_open_does_nothing() -> None:
    readers = Pool(ScriptedServer())
    readers.pool.close(FIRST)
    assert readers.pool.stop_all(0.0) is True


def test_stopping_stops_all_at_once_and_tells_nobody() -> None:
    with nothing_left(), ReplayServer(silence_after([])) as server:
        readers = Pool(ollama(server.port))
        for number in range(5):
            readers.open(StreamId(TurnId(str(number)), 1))
        server.request_received(5)
        assert readers.pool.stop_all(PATIENCE) is True
        server.connections_are(0)
    assert (readers.accumulator.drain(), readers.supervisor.drain()) == ([], [])


def test_a_reader_that_does_not_end_is_late_however_long_ago_it_was_closed() -> None:
    source = DeafServer()
    with nothing_left():
        readers = Pool(source)
        readers.open(FIRST)
        assert source.entered.wait(PATIENCE)
        readers.pool.close(FIRST)
        assert readers.pool.stop_all(0.05) is False
        source.release()
        assert readers.pool.stop_all(PATIENCE) is True


def test_all_readers_together_have_the_time_of_one() -> None:
    source = DeafServer()
    with nothing_left():
        readers = Pool(source)
        for number in range(20):
            readers.open(StreamId(TurnId(str(number)), 1))
        stopped = threading.Event()
        stopping = threading.Thread(target=lambda: stopped.set() if not readers.pool.stop_all(0.5) else None)
        stopping.start()
        assert stopped.wait(PATIENCE / 2)
        source.release()
        assert readers.pool.stop_all(PATIENCE) is True


def test_a_system_without_a_thread_to_spare_breaks_the_stream_and_not_the_caller() -> None:
    readers = Pool(ScriptedServer(REPLY))
    with no_thread_to_be_had():
        readers.open(FIRST)
    failure = ApplicationError(
        "No reader could be started (can't start new thread).", "Close other programs, then send again."
    )
    assert readers.accumulator.drain() == [StreamBroken(FIRST, failure.failure)]
    readers.open(SECOND)
    assert isinstance(readers.accumulator.next(), FramesArrived)
    assert readers.pool.stop_all(PATIENCE) is True

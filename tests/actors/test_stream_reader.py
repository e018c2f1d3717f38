import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.actor import stop
from actors.cancel import CancelToken
from actors.credit import Credit
from actors.source import ChatBody
from actors.stream_reader import StreamReader
from protocol.accumulator import AccumulatorMessage, FramesArrived, StreamBroken, StreamEnded
from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.coordinator import NewsOfActors
from protocol.errors import (
    ChinwagError,
    ConnectionLost,
    LineTooLong,
    MalformedFrame,
    ServerRefusal,
    ServerUnreachable,
)
from protocol.frames import Chunk, Completion, Metrics
from protocol.identity import StreamId, TurnId
from protocol.limits import ResourceLimits
from protocol.ollama_chat import ollama_chat_decoder
from protocol.stream_reader import OpenStream
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.engine import NONSENSE, ScriptedServer, death_by_nonsense, death_of
from tests.support.leaks import nothing_left

STREAM = StreamId(TurnId("turn"), 2)
REQUEST = ChatRequest("tiny", (ChatMessage(Role.USER, "Hi"),))
KEPT = "What came is kept."
SMALLER = "Make its context smaller with /set num_ctx N, unload others (`ollama stop NAME`), or choose a smaller model."
NO_END = ConnectionLost("The server's reply ended before it was done.", KEPT)
HALF_A_LINE = ConnectionLost("The server's reply ended in the middle of a line.", KEPT)
NOT_A_LINE = MalformedFrame(
    "The server sent a line that is not an Ollama chat's (JSON is malformed: invalid character (byte 0)): '<html>'.",
    "Check that the address is that of an Ollama server.",
)


def line(text: str) -> bytes:
    return json.dumps({"message": {"role": "assistant", "content": text}, "done": False}).encode() + b"\n"


def done(reason: str = "stop", count: int = 7) -> bytes:
    return json.dumps({"done": True, "done_reason": reason, "eval_count": count}).encode() + b"\n"


def error(words: str) -> bytes:
    return json.dumps({"error": words}).encode() + b"\n"


def arrived(*texts: str) -> FramesArrived:
    return FramesArrived(STREAM, tuple(Chunk(text) for text in texts))


def ended(reason: str = "stop", count: int = 7) -> StreamEnded:
    return StreamEnded(STREAM, Completion(reason, Metrics(eval_count=count)))


def broken(error: ChinwagError) -> StreamBroken:
    return StreamBroken(STREAM, error.failure)


def read(*pieces: bytes | Exception, limits: ResourceLimits | None = None) -> list[AccumulatorMessage]:
    """Everything an unstarted reader tells of a body that comes in these pieces."""
    return read_from(ScriptedServer(*pieces), CancelToken(), limits)


def read_from(
    server: ScriptedServer, cancel: CancelToken, limits: ResourceLimits | None = None
) -> list[AccumulatorMessage]:
    accumulator, supervisor = Recorder[AccumulatorMessage](), Recorder[NewsOfActors]()
    chosen = limits or ResourceLimits()
    credit = Credit(10**9)
    reader = StreamReader(STREAM, server, accumulator, supervisor, credit, cancel, chosen)
    reader.on_receive(OpenStream(STREAM, REQUEST))
    assert supervisor.take() == []
    return accumulator.take()


def test_it_sends_the_request_it_was_given_and_gives_the_body_back() -> None:
    server = ScriptedServer(line("Hi"), done())
    read_from(server, CancelToken())
    assert (server.requests, server.left) == ([REQUEST], 1)


def test_chunks_are_told_as_they_come_and_then_the_end() -> None:
    told = read(line("The"), line(" sky") + line(" is"), done("length", 3))
    assert told == [arrived("The"), arrived(" sky", " is"), ended("length", 3)]


def test_chunks_and_the_end_may_come_at_once() -> None:
    assert read(line("a") + line("b") + done()) == [arrived("a", "b"), ended()]


def test_an_end_without_a_newline_is_an_end() -> None:
    assert read(line("a"), done().rstrip()) == [arrived("a"), ended()]


def test_an_answer_that_is_not_streamed_is_text_and_end_in_one_line() -> None:
    whole = json.dumps({"message": {"role": "assistant", "content": "Hi."}, "done": True, "eval_count": 7}).encode()
    assert read(whole) == [arrived("Hi."), ended()]


def test_what_comes_after_the_end_is_not_read() -> None:
    assert read(line("a"), done() + line("b") + done("other") + b"garbage") == [arrived("a"), ended()]
    assert read(line("a"), done(), line("b"), RuntimeError("read on after the end")) == [arrived("a"), ended()]


def test_an_error_line_breaks_the_reply_and_what_came_before_it_is_told() -> None:
    refused = ServerRefusal("The server ended the reply with an error: out of memory.", f"{SMALLER} {KEPT}")
    assert read(line("a") + error("out of memory") + line("b") + done()) == [arrived("a"), broken(refused)]
    assert read(error("out of memory.")) == [broken(refused)]


def test_a_body_that_ends_without_done_is_broken() -> None:
    assert read(line("a"), line("b")) == [arrived("a"), arrived("b"), broken(NO_END)]
    assert read() == [broken(NO_END)]


def test_a_body_that_ends_in_half_a_line_is_broken() -> None:
    assert read(line("a"), line("b")[:-5]) == [arrived("a"), broken(HALF_A_LINE)]


def test_a_line_that_is_not_a_chats_breaks_the_reply() -> None:
    assert read(line("a"), b"<html>\n", line("b"), done()) == [arrived("a"), broken(NOT_A_LINE)]


@pytest.mark.parametrize("after", [[], [line("b")], [RuntimeError("waited for more")]], ids=["end", "more", "silence"])
def test_a_fault_behind_good_chunks_is_told_at_once_and_for_what_it_is(after: list[bytes | Exception]) -> None:
    assert read(line("a") + b"<html>\n", *after) == [arrived("a"), broken(NOT_A_LINE)]


def test_a_line_over_the_limit_breaks_the_reply_before_it_is_held_in_memory() -> None:
    limits = ResourceLimits(max_line_bytes=100)
    too_long = LineTooLong(
        "The server sent a line of more than 100 bytes.", "Check that the address is that of an Ollama server."
    )
    pieces = (b"x" * 60, b"x" * 60, RuntimeError("read on after the limit"))
    assert read(line("a"), *pieces, limits=limits) == [arrived("a"), broken(too_long)]


@pytest.mark.parametrize(
    "fault", [ServerUnreachable("No server.", "Start it."), ServerRefusal("No.", status=404), ConnectionLost("Gone.")]
)
def test_what_the_source_cannot_do_is_told_as_it_says_it(fault: ChinwagError) -> None:
    assert read(fault) == [broken(fault)]
    assert read(line("a"), fault) == [arrived("a"), broken(fault)]


def test_empty_lines_and_empty_chunks_tell_nothing() -> None:
    assert read(b"\n \r\n", line(""), b"", done()) == [ended()]


def test_characters_may_be_cut_anywhere() -> None:
    whole = "".join(chr(each) for each in (0x1F469, 0x200D, 0x1F4BB, 0x2028, 0x85, 0x0C)) + "ß"
    body = json.dumps({"message": {"content": whole}, "done": False}, ensure_ascii=False).encode() + b"\n" + done()
    assert read(*(body[at : at + 1] for at in range(len(body)))) == [arrived(whole), ended()]


@given(st.lists(st.integers(1, 60), max_size=12))
def test_however_a_body_is_cut_it_says_the_same(sizes: list[int]) -> None:
    body = line("The ") + line("sky\u2028is") + line(" blue.") + done()
    *messages, last = read(*_cut(body, sizes))
    chunks = [chunk for message in messages if isinstance(message, FramesArrived) for chunk in message.chunks]
    assert (chunks, last) == ([Chunk("The "), Chunk("sky\u2028is"), Chunk(" blue.")], ended())


@given(st.lists(st.integers(1, 60), max_size=12), st.sampled_from([b"<html>\n", b"[1]\n", b'{"done":3}\n']))
def test_however_a_faulty_body_is_cut_nothing_before_the_fault_is_lost(sizes: list[int], fault: bytes) -> None:
    *messages, last = read(*_cut(line("The ") + line("sky") + fault + line("is") + done(), sizes))
    chunks = [chunk for message in messages if isinstance(message, FramesArrived) for chunk in message.chunks]
    assert chunks == [Chunk("The "), Chunk("sky")]
    assert isinstance(last, StreamBroken)
    assert last.failure.kind == "MalformedFrame"


def test_no_message_is_worth_more_than_credit_allows_but_a_huge_chunk_goes_alone() -> None:
    small = ResourceLimits(chunk_buffer_size=3)
    huge = "x" * 5 * 4096
    body = line("a") + line("b") + line("c") + line("d") + line(huge) + line("e") + done()
    assert read(body, limits=small) == [arrived("a", "b", "c"), arrived("d"), arrived(huge), arrived("e"), ended()]


def test_a_stream_that_was_cancelled_before_it_opened_tells_nothing() -> None:
    server, cancel = ScriptedServer(line("a"), done()), CancelToken()
    cancel.cancel()
    assert read_from(server, cancel) == []


class CancellingServer(ScriptedServer):
    """A server in whose body somebody cancels, after `pieces`; it takes no notice."""

    def __init__(self, cancel: CancelToken, *pieces: bytes, then: tuple[bytes | Exception, ...]) -> None:
        super().__init__()
        self._cancel, self._before, self._after = cancel, pieces, then

    @contextmanager
    def open(self, request: ChatRequest, cancel: CancelToken) -> Iterator[ChatBody]:
        yield ChatBody(self._cancelled_body(), ollama_chat_decoder)

    def _cancelled_body(self) -> Iterator[bytes]:
        yield from self._before
        self._cancel.cancel()
        for piece in self._after:
            if isinstance(piece, Exception):
                raise piece
            yield piece


@pytest.mark.parametrize(
    "then",
    [(line("b"), done()), (done(),), (error("no"),), (b"<html>\n",), (ConnectionLost("Gone."),), ()],
    ids=["text", "done", "an error", "a fault", "a broken connection", "the end of the body"],
)
def test_a_cancelled_stream_tells_nothing_further(then: tuple[bytes | Exception, ...]) -> None:
    cancel = CancelToken()
    assert read_from(CancellingServer(cancel, line("a"), then=then), cancel) == [arrived("a")]


class Threaded:
    """A reader in its thread, and whom it tells."""

    def __init__(self, server: ScriptedServer, capacity: int = 1024) -> None:
        self.accumulator, self.supervisor = QueueAddress[AccumulatorMessage](), QueueAddress[NewsOfActors]()
        self.cancel, self.credit = CancelToken(), Credit(capacity)
        limits = ResourceLimits(chunk_buffer_size=capacity)
        self.actor = StreamReader.start(
            STREAM, server, self.accumulator, self.supervisor, self.credit, self.cancel, limits
        )

    def open(self) -> None:
        self.actor.tell(OpenStream(STREAM, REQUEST))


def test_its_thread_ends_with_its_stream() -> None:
    with nothing_left():
        reader = Threaded(ScriptedServer(line("a"), done()))
        reader.open()
        assert [reader.accumulator.next(), reader.accumulator.next()] == [arrived("a"), ended()]
        assert reader.actor.actor_stopped.wait(PATIENCE)
    assert (reader.accumulator.drain(), reader.supervisor.drain()) == ([], [])


def test_it_can_be_stopped_before_it_was_told_what_to_read() -> None:
    with nothing_left():
        reader = Threaded(ScriptedServer())
        assert stop(reader.actor, PATIENCE) is True


def test_no_more_is_in_flight_than_credit_allows_and_cancel_frees_it_from_there() -> None:
    with nothing_left():
        reader = Threaded(ScriptedServer(*[line("x")] * 100, done()), capacity=3)
        reader.open()
        assert [reader.accumulator.next() for _ in range(3)] == [arrived("x")] * 3
        reader.credit.give_back(STREAM, 1)
        assert reader.accumulator.next() == arrived("x")
        assert stop(reader.actor, 0.05) is False
        assert reader.credit.in_flight(STREAM) == 3
        reader.cancel.cancel()
        assert stop(reader.actor, PATIENCE) is True
    assert (reader.accumulator.drain(), reader.supervisor.drain()) == ([], [])


def test_a_source_that_breaks_its_promise_kills_its_reader_which_names_its_stream() -> None:
    with nothing_left():
        reader = Threaded(ScriptedServer(line("a"), RuntimeError("oh no")))
        reader.open()
        assert reader.supervisor.next() == death_of("StreamReader", "RuntimeError('oh no')", STREAM)
    assert reader.accumulator.drain() == [arrived("a")]


def test_its_death_is_told_and_ends_its_thread() -> None:
    with nothing_left():
        reader = Threaded(ScriptedServer())
        reader.actor.tell(NONSENSE)
        assert reader.supervisor.next() == death_by_nonsense("StreamReader", STREAM)
    assert not reader.actor.is_alive()


def _cut(body: bytes, sizes: list[int]) -> Iterator[bytes]:
    for size in sizes:
        yield body[:size]
        body = body[size:]
    yield body

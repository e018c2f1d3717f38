"""What a StreamReader does with bytes that are no chat."""

import pytest

from actors.cancel import CancelToken
from actors.credit import Credit
from actors.stream_reader import StreamReader
from protocol.accumulator import AccumulatorMessage, StreamBroken
from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.coordinator import NewsOfActors
from protocol.errors import ConnectionLost, Failure, MalformedFrame
from protocol.identity import StreamId, TurnId
from protocol.limits import ResourceLimits
from protocol.stream_reader import OpenStream
from tests.support.addresses import Recorder
from tests.support.engine import ScriptedServer

STREAM = StreamId(TurnId("turn"), 2)
HALF = ConnectionLost("The server's reply ended in the middle of a line.", "What came is kept.").failure


def malformed(fault: str, line: str) -> Failure:
    summary = f"The server sent a line that is not an Ollama chat's ({fault}): '{line}'."
    return MalformedFrame(summary, "Check that the address is that of an Ollama server.").failure


def failure_of(*pieces: bytes | Exception, limits: ResourceLimits | None = None) -> Failure:
    """How a stream breaks whose body comes in these pieces."""
    accumulator, supervisor = Recorder[AccumulatorMessage](), Recorder[NewsOfActors]()
    chosen = limits or ResourceLimits()
    reader = StreamReader(STREAM, ScriptedServer(*pieces), accumulator, supervisor, Credit(1000), CancelToken(), chosen)
    reader.on_receive(OpenStream(STREAM, ChatRequest("tiny", (ChatMessage(Role.USER, "Hi"),))))
    (told,) = accumulator.take()
    assert isinstance(told, StreamBroken)
    return told.failure


@pytest.mark.parametrize("line", ['{"mess', '{"message":{"content":"a', '{"message":null,"done":tr', "{"])
def test_a_body_that_ends_inside_an_object_was_cut_off(line: str) -> None:
    assert failure_of(line.encode()) == HALF


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("<html>", "JSON is malformed: invalid character (byte 0)"),
        ("4", "Expected `object`, got `int`"),
        ('{"message":5,"done":true}', "Expected `object | null`, got `int` - at `$.message`"),
    ],
)
def test_a_whole_body_that_is_no_chat_is_not_taken_for_half_a_line(line: str, fault: str) -> None:
    assert failure_of(line.encode()) == malformed(fault, line)


def test_the_beginning_of_what_is_no_chat_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    failure_of(b"\x00\xff" + b"x" * 1000 + b"\n")
    failure_of(b"y" * 1000, limits=ResourceLimits(max_line_bytes=600))
    failure_of(ConnectionLost("The connection broke."))
    said = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    begins = f"{STREAM}: the server sent what is no chat, beginning with "
    assert said == [begins + repr(b"\x00\xff" + b"x" * 498), begins + repr(b"y" * 500)]

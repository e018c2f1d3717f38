"""A trace: every message of one run, a line of JSON each, after a first line that says what it is.

{"program":"chinwag","version":"0.1.0","format":1,"started":"2026-11-22T09:20:18+00:00"}
{"at":0.001204,"from":"Coordinator","to":"UI","message":{"type":"ConversationStarted",...}}
{"at":2.5,"missed":12}
"""

from typing import Any

import msgspec

from protocol.message import Value
from protocol.ui import UiEvent

PROGRAM = "chinwag"
FORMAT = 1
UI = "UI"
"""Who shows things, as a receiver of messages. As a sender it is the thread that draws, and `ask` too."""
MAX_LINE_BYTES = 64 * 1024 * 1024
"""No line of a trace is longer: a conversation with some replies at their limit fits."""
_LONGEST = 1e9
"""Seconds; thirty years. A moment after that is no moment."""


class TraceHeader(Value, frozen=True):
    """The first line."""

    program: str
    version: str
    format: int
    started: str
    """Date and time, by ISO 8601."""


class TraceLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message that was told, or how many are missing here because the disk was too slow for them."""

    at: float
    """Seconds since the start, by a clock that never goes back."""
    sender: str = msgspec.field(default="", name="from")
    """An actor by its class; empty where it is not known."""
    receiver: str = msgspec.field(default="", name="to")
    message: Any = None
    missed: int = 0


class TracedEvent(Value, frozen=True):
    """An event that the UI was told, and when."""

    at: float
    event: UiEvent


class Missed(Value, frozen=True):
    """So many messages are not in the trace."""

    count: int


class BadTrace(ValueError):
    """This is not what a trace consists of."""


class _Read(msgspec.Struct, frozen=True):
    at: float
    receiver: str = msgspec.field(default="", name="to")
    message: msgspec.Raw = msgspec.Raw(b"")
    missed: int = 0


_encoder = msgspec.json.Encoder()
_header = msgspec.json.Decoder(TraceHeader)
_line = msgspec.json.Decoder(_Read)
_event = msgspec.json.Decoder[UiEvent](UiEvent)


def encode_header(version: str, started: str) -> bytes:
    """Return the first line, with its end."""
    return _encoder.encode(TraceHeader(PROGRAM, version, FORMAT, started)) + b"\n"


def encode_line(line: TraceLine) -> bytes:
    """Return a line, with its end. A message that JSON has no words for is told by its name and what is wrong."""
    try:
        return _encoder.encode(line) + b"\n"
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        named = {"type": type(line.message).__name__, "unwritable": ascii(error)}
        return _encoder.encode(msgspec.structs.replace(line, message=named)) + b"\n"


def decode_header(data: bytes) -> TraceHeader:
    """Parse the first line. Raises BadTrace for what is none, and for a format that is not known."""
    try:
        header = _header.decode(data)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise BadTrace("It does not begin as a trace does.") from error
    if header.program != PROGRAM:
        raise BadTrace("It does not begin as a trace does.")
    if header.format != FORMAT:
        raise BadTrace(f"Its format is {header.format}, and only {FORMAT} is known here.")
    return header


def decode_line(data: bytes) -> TracedEvent | Missed | None:
    """Parse a line; None for a message that is not for the UI. Raises BadTrace for what is no line."""
    try:
        line = _line.decode(data)
        if not 0.0 <= line.at <= _LONGEST or line.missed < 0:
            raise BadTrace(f"{line.at} is no moment, or {line.missed} no number of messages.")
        if line.missed:
            return Missed(line.missed)
        return TracedEvent(line.at, _event.decode(line.message)) if line.receiver == UI else None
    except (RecursionError, msgspec.MsgspecError, UnicodeError) as error:
        raise BadTrace(str(error)) from error

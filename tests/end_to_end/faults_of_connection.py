"""Faults of a connection: where it breaks, where it is silent, and how a body is framed."""

import gzip
import zlib
from collections.abc import Iterator

from protocol.limits import MIB, ResourceLimits, TimeLimits
from protocol.turn import TurnState
from tests.support.answers import (
    cut_off,
    done,
    error_line,
    head,
    ndjson_chat,
    opening,
    replay,
    reset_after,
    silence_after,
    silence_before_headers,
    text,
    thought,
)
from tests.support.faults import Attempt, Fault, Outcome, brief, ends, fine, garbled, mended, scripted, tried_twice
from tests.support.recordings import recording
from tests.support.wire import Answer, Close, Hold, Pause, Reset, Send, SendChunk, Step

NDJSON = "application/x-ndjson"
HEAD = head(200, NDJSON)
ONCE = text("Once").data
DONE = done().data
BODY = ONCE + DONE
QUICK = ResourceLimits(time=TimeLimits(first_byte=0.5, idle=0.5))
"""Half a second stands for a minute."""
SMALL = ResourceLimits(max_reply_bytes=5)
AGAIN = "Try again."
ENDED = f"The connection to URL broke (it ended before the reply did). {AGAIN}"
RESET = f"The connection to URL broke (connection reset by peer). {AGAIN}"
CLOSED = f"The connection to URL broke (closed without an answer). {AGAIN}"
NO_HTTP = f"The connection to URL broke (it does not speak HTTP as it should). {AGAIN}"
SILENT = f"The server at URL was silent for longer than the time limit. {AGAIN}"
NOT_DONE = "The server's reply ended before it was done. What came is kept."
HALF_LINE = "The server's reply ended in the middle of a line. What came is kept."
TOO_LONG = "The reply grew past the limit of 5 characters and was ended. What came is kept."
LONG_LINE = "The server sent a line of more than 8,388,608 bytes. Check that the address is that of an Ollama server."
UNPACKED = f"The server at URL sent a body that cannot be unpacked. {AGAIN}"
DIED = (
    "The server ended the reply with an error: llama runner process has terminated. "
    "Send again; where it ends again, the log of the server says why. What came is kept."
)


def with_length(length: int, body: bytes) -> Answer:
    """A body that says how long it is."""
    return (Send(head(200, NDJSON, length) + body), Close())


def raw(data: bytes, end: Step | None = None) -> Answer:
    """These bytes, then the end of the connection."""
    return (Send(data), end or Close())


def dripped(data: bytes, seconds: float) -> Iterator[Step]:
    """One byte after the other, with a pause before each."""
    for byte in data:
        yield Pause(seconds)
        yield Send(bytes([byte]))


def chunk(data: bytes) -> bytes:
    """An HTTP chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def packed(data: bytes) -> Answer:
    """A body that a proxy packed."""
    return (
        Send(HEAD[:-2] + b"Content-Encoding: gzip\r\n\r\n"),
        SendChunk(data),
        SendChunk(b""),
    )


def _half_packed() -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(ONCE) + packer.flush(zlib.Z_SYNC_FLUSH)


DIES: tuple[Fault, ...] = (
    scripted(
        "the model process is killed mid-stream",
        ends(DIED, "Once"),
        error_line("llama runner process has terminated", ["Once"]),
    ),
    scripted(
        "the model process is terminated: a long silence, then an error",
        ends(DIED, "Once"),
        error_line("llama runner process has terminated", ["Once", Pause(0.1)]),
        limits=QUICK,
    ),
    scripted("the model process hangs mid-stream", ends(SILENT, "Once"), silence_after(["Once"]), limits=QUICK),
    scripted(
        "the model process hangs while it thinks", ends(SILENT), (*opening([thought("Hm")]), Hold()), limits=QUICK
    ),
    scripted("the server is silent before the headers", tried_twice(SILENT), silence_before_headers(), limits=QUICK),
    scripted("the server is silent after the headers", tried_twice(SILENT), raw(HEAD, Hold()), limits=QUICK),
    scripted("the server is killed mid-stream", ends(ENDED, "Once"), cut_off(["Once"])),
    scripted(
        "the recorded death of a server",
        ends(ENDED, recording("server_kill9_mid_stream").expected.text),
        replay(recording("server_kill9_mid_stream")),
    ),
    scripted(
        "the server is killed before it answers, and is back",
        mended(CLOSED, "Fine."),
        (Close(),),
        ndjson_chat(["Fine."]),
    ),
    scripted(
        "the recorded hanging of a model process",
        ends(SILENT, recording("runner_hangs_mid_stream").expected.text),
        replay(recording("runner_hangs_mid_stream"), end=Hold()),
        limits=QUICK,
    ),
    scripted(
        "the model is unloaded mid-stream",
        Outcome((Attempt(TurnState.CUT, brief(recording("unload_while_streaming").expected.text)),), 1),
        replay(recording("unload_while_streaming")),
    ),
    scripted(
        "a reply grows past the limit", ends(TOO_LONG, "Once upon"), silence_after(["Once", " upon"]), limits=SMALL
    ),
)
BREAKS: tuple[Fault, ...] = (
    scripted("a reset after the request", tried_twice(RESET), (Reset(),)),
    scripted("a reset inside the headers", tried_twice(RESET), (Send(HEAD[:30]), Pause(0.05), Reset())),
    scripted("a reset between headers and body", tried_twice(RESET), raw(HEAD, Reset())),
    scripted("a reset mid-stream", ends(RESET, "Once"), reset_after(["Once"])),
    scripted("an end inside the status line", tried_twice(NO_HTTP), raw(HEAD[:10])),
    scripted("an end inside the headers", tried_twice(NOT_DONE), raw(HEAD[:30])),
    scripted("an end between headers and body", tried_twice(ENDED), raw(HEAD)),
    scripted("an end inside a chunk's size", ends(ENDED, "Once"), raw(HEAD + chunk(ONCE) + b"5")),
    scripted("an end inside a chunk", ends(ENDED, "Once"), raw(HEAD + chunk(ONCE) + b"ff\r\n{")),
    scripted(
        "an end inside a character", ends(ENDED, "Once"), raw(HEAD + chunk(ONCE) + b'40\r\n{"message":{"content":"\xc3')
    ),
    scripted(
        "an end inside a string", ends(ENDED, "Once"), raw(HEAD + chunk(ONCE) + b'40\r\n{"message":{"content":"upon')
    ),
    scripted(
        "a clean end inside a character",
        ends(HALF_LINE, "Once"),
        raw(HEAD + chunk(ONCE + b'{"message":{"content":"\xc3') + chunk(b"")),
    ),
    scripted(
        "a clean end inside a string",
        ends(HALF_LINE, "Once"),
        raw(HEAD + chunk(ONCE + b'{"message":{"content":"upon') + chunk(b"")),
    ),
    scripted("a clean end without done", ends(NOT_DONE, "Once"), (*opening(["Once"]), SendChunk(b""))),
    scripted("a body of nothing", tried_twice(NOT_DONE), raw(HEAD + chunk(b""))),
    scripted("no end of the body after done", fine("Once"), raw(HEAD + chunk(BODY))),
    scripted("silence after done", fine("Once"), (*opening(["Once"]), done(), Hold())),
    scripted("a reset after done", fine("Once"), (*opening(["Once"]), done(), Pause(0.05), Reset())),
)
FRAMES: tuple[Fault, ...] = (
    scripted("one byte at a time", fine("Once"), (*dripped(HEAD + chunk(BODY), 0.002), Hold()), limits=QUICK),
    scripted("a body that is packed", fine("Once"), packed(gzip.compress(BODY))),
    scripted("a packed body that breaks off", ends(NOT_DONE, "Once"), packed(_half_packed())),
    scripted("a body that says that it is packed and is not", garbled(UNPACKED), packed(BODY)),
    scripted(
        "a body that unpacks to a line without end", garbled(LONG_LINE), packed(gzip.compress(b"x" * 100 * MIB, 1))
    ),
    scripted(
        "a packing that nobody knows", fine("Once"), raw(HEAD[:-2] + b"Content-Encoding: sand\r\n\r\n" + chunk(BODY))
    ),
    scripted("a length instead of chunks", fine("Once"), with_length(len(BODY), BODY)),
    scripted("a length that is too long", ends(ENDED, "Once"), with_length(len(BODY) + 9, ONCE)),
    scripted("a length that is too long for all that came", fine("Once"), with_length(len(BODY) + 9, BODY)),
    scripted("a length that is too short", ends(HALF_LINE, "Once"), with_length(len(BODY) - 9, BODY)),
    scripted("a length of nothing", tried_twice(NOT_DONE), with_length(0, BODY)),
    scripted(
        "a length that is no number", fine("Once"), raw(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" + BODY)
    ),
    scripted(
        "a length and chunks",
        fine("Once"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(BODY) + chunk(b"")),
    ),
    scripted("HTTP/1.0 without a length", fine("Once"), raw(b"HTTP/1.0 200 OK\r\n\r\n" + BODY)),
    scripted("HTTP/1.0 without a length, broken off", ends(NOT_DONE, "Once"), raw(b"HTTP/1.0 200 OK\r\n\r\n" + ONCE)),
    scripted("a chunk's size that is none", ends(ENDED, "Once"), raw(HEAD + chunk(ONCE) + b"what?\r\n")),
    scripted("a chunk's size below nothing", ends(ENDED, "Once"), raw(HEAD + chunk(ONCE) + b"-5\r\n")),
    scripted(
        "a chunk's size of gigabytes", ends(ENDED, "Once"), raw(HEAD + chunk(ONCE) + b"ffffffffffff\r\n" + b"\n" * 99)
    ),
    scripted("a chunk without its end", ends(ENDED, "Once"), raw(HEAD + chunk(ONCE)[:-2] + chunk(DONE) + chunk(b""))),
    scripted(
        "extensions of chunks, and trailers",
        fine("Once"),
        raw(HEAD + b"%x;a=b;c\r\n%s\r\n0\r\nX-Sum: 7\r\n\r\n" % (len(BODY), BODY)),
    ),
    scripted(
        "an interim answer first", fine("Once"), raw(b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + chunk(BODY) + chunk(b""))
    ),
    scripted("no HTTP at all", tried_twice(NO_HTTP), raw(b"SSH-2.0-OpenSSH_9.2\r\n")),
    scripted("a status that is none", tried_twice(NO_HTTP), raw(b"HTTP/1.1 abc\r\n\r\n")),
    scripted(
        "a header as long as a book", tried_twice(NO_HTTP), raw(HEAD[:-2] + b"X: " + b"x" * 100_000 + b"\r\n\r\n")
    ),
    scripted("a thousand headers", tried_twice(NO_HTTP), raw(HEAD[:-2] + b"X: y\r\n" * 1000 + b"\r\n")),
    scripted("a header that is none", fine("Once"), raw(HEAD[:-2] + b"what?\r\n\r\n" + chunk(BODY) + chunk(b""))),
)

"""Answers that the replay server can be told to give, made of steps."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Literal

from tests.support.recordings import METRICS, Recording
from tests.support.wire import Answer, Close, Forever, Hold, Pause, Reset, Send, SendChunk, Step

Cut = Literal["one byte", "whole"] | Sequence[int]
"""How to cut a body anew: sizes in bytes, of which the last stands for the rest too."""
MODEL = "smollm2:135m"
_MADE_AT = "2026-11-22T09:20:18.5201565Z"
_PLACES = {name: number for number, name in enumerate(METRICS, start=1)}


def replay(recorded: Recording, cut: Cut | None = None, timed: bool = False, end: Step | None = None) -> Answer:
    """Answer as recorded: the same bytes, in the recorded chunks unless `cut`, with the recorded silences if `timed`.

    A body that the recorder did not see the end of ends by closing the connection, or by `end`.
    """
    steps: list[Step] = [Send(recorded.head)]
    for data in _split(recorded.body, _sizes(recorded, cut)):
        steps.append(SendChunk(data) if recorded.chunked else Send(data))
    if timed and cut is None:
        steps = list(_with_silences(recorded, steps))
    if recorded.complete:
        steps += [SendChunk(b"")] if recorded.chunked else []
        steps += [Close()] if recorded.headers.get("connection") == "close" else []
    else:
        steps.append(end or Close())
    return tuple(steps)


def ndjson_chat(parts: Iterable[str | Step], done_reason: str = "stop") -> Answer:
    """Stream `parts`: texts as lines of a reply, steps as they are; then the end of the reply."""
    return (*opening(parts), done(done_reason), SendChunk(b""))


def opening(parts: Iterable[str | Step]) -> Answer:
    """Begin a streamed reply, without an end."""
    return (Send(head(200, "application/x-ndjson")), *(text(part) if isinstance(part, str) else part for part in parts))


def error_line(words: object, after: Iterable[str | Step] = ()) -> Answer:
    """Stream what comes before, then an error, then a clean end of the body without `done`, as Ollama does."""
    return (*opening(after), SendChunk(_line({"error": words})), SendChunk(b""))


def cut_off(parts: Iterable[str | Step]) -> Answer:
    """Close the connection before the reply is done."""
    return (*opening(parts), Close())


def reset_after(parts: Iterable[str | Step]) -> Answer:
    """Break the connection before the reply is done."""
    return (*opening(parts), Reset())


def silence_after(parts: Iterable[str | Step]) -> Answer:
    """Begin a reply, then be silent for ever."""
    return (*opening(parts), Hold())


def silence_before_headers() -> Answer:
    """Take the request and never answer, as while a model loads."""
    return (Hold(),)


def endless(words: str = "word ", pause: float = 0.0) -> Answer:
    """Stream the same words again and again, until the client goes."""
    between: Answer = (Pause(pause),) if pause else ()
    return (*opening(()), Forever((text(words), *between)))


def status(code: int, body: object = None, content_type: str = "application/json; charset=utf-8") -> Answer:
    """Answer with this status; `body` is sent as it is if it is bytes, else as JSON."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return (Send(head(code, content_type, len(data)) + data),)


def web_page() -> Answer:
    """Answer as a captive portal does: well, but with a page."""
    return status(200, b"<!DOCTYPE html><title>Log in</title><p>Log in to continue.", "text/html; charset=utf-8")


def text(content: str) -> SendChunk:
    """One line of a reply."""
    return _message({"role": "assistant", "content": content})


def thought(thinking: str) -> SendChunk:
    """One line of a model's thinking."""
    return _message({"role": "assistant", "content": "", "thinking": thinking})


def done(reason: str = "stop", counts: Mapping[str, int] = _PLACES) -> SendChunk:
    """The last line of a reply. Unless they are given, each metric is its place in the list, counted from 1."""
    message = {"role": "assistant", "content": ""}
    line = {"model": MODEL, "created_at": _MADE_AT, "message": message, "done": True, "done_reason": reason}
    return SendChunk(_line({**line, **counts}))


def head(code: int, content_type: str, length: int | None = None) -> bytes:
    """Status line and headers; without a length, the body is chunked."""
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return f"HTTP/1.1 {code} {HTTPStatus(code).phrase}\r\nContent-Type: {content_type}\r\n{framing}\r\n\r\n".encode()


def _message(message: dict[str, str]) -> SendChunk:
    return SendChunk(_line({"model": MODEL, "created_at": _MADE_AT, "message": message, "done": False}))


def _line(value: dict[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _sizes(recorded: Recording, cut: Cut | None) -> Sequence[int]:
    match cut:
        case None:
            return [piece.size for piece in recorded.pieces] or [len(recorded.body)]
        case "one byte":
            return [1]
        case "whole":
            return [len(recorded.body)]
        case sizes:
            return sizes or [len(recorded.body)]


def _split(body: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    start, turn = 0, 0
    while start < len(body):
        size = max(1, sizes[min(turn, len(sizes) - 1)])
        yield body[start : start + size]
        start, turn = start + size, turn + 1


def _with_silences(recorded: Recording, steps: list[Step]) -> Iterator[Step]:
    """Ollama sends the head with the first chunk, so the first silence comes before both."""
    now = 0.0
    head_step, *chunks = steps
    for number, (piece, chunk) in enumerate(zip(recorded.pieces, chunks, strict=False)):
        yield Pause(max(0.0, piece.at - now))
        if number == 0:
            yield head_step
        yield chunk
        now = piece.at
    if not recorded.pieces:
        yield from steps


def one_model(*capabilities: str, name: str = MODEL) -> dict[str, Answer]:
    """What a server says to the GET requests that ask for models, where it has one, which can do this."""
    model = {"name": name, "model": name, "size": 1, "details": {}, "capabilities": list(capabilities)}
    return {"/api/tags": status(200, {"models": [model]}), "/api/ps": status(200, {"models": []})}

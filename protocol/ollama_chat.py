"""Ollama's dialect of a chat: the body of `POST /api/chat` and the lines that come back (api.md)."""

from collections.abc import Mapping

import msgspec

from protocol.chat import ChatMessage, ChatRequest, ToolCall
from protocol.duration import SECONDS
from protocol.errors import MalformedFrame
from protocol.frames import Chunk, Completion, ErrorLine, Frame, Metrics
from protocol.ndjson import NdjsonDecoder
from protocol.ollama_errors import unwrap_error
from protocol.parameters import Parameters
from protocol.quantity import plausible
from protocol.text import encodable

CHAT_PATH = "/api/chat"
STREAM_TYPES = frozenset({"application/x-ndjson", "application/json", ""})
"""Content types of a chat's answer; a server that names none is believed."""
_NO_ERROR = frozenset({b"null", b'""'})
_SHOWN_BYTES = 120
"""A number as JSON writes it."""


# A null counts as not said, as in Ollama's own clients: hence `| None` on fields that have an empty value.
class _Function(msgspec.Struct):
    name: str
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class _ToolCall(msgspec.Struct):
    function: _Function
    id: str | None = None


class _Message(msgspec.Struct):
    content: str | None = None
    thinking: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Line(msgspec.Struct):
    message: _Message | None = None
    done: bool | None = None
    done_reason: str | None = None
    error: msgspec.Raw = msgspec.Raw(b"null")
    total_duration: int | None = None
    load_duration: int | None = None
    prompt_eval_count: int | None = None
    prompt_eval_duration: int | None = None
    eval_count: int | None = None
    eval_duration: int | None = None


_decoder = msgspec.json.Decoder(_Line)


def encode_chat(request: ChatRequest) -> bytes:
    """Encode the body of a chat request. Only what the user set is in it: an unasked option may reload the model."""
    body = {
        "model": request.model,
        "messages": [_wire_message(message) for message in request.messages],
        "stream": request.stream,
        **_wire_parameters(request.parameters),
    }
    return msgspec.json.encode(body)


def ollama_chat_decoder(max_line_bytes: int) -> NdjsonDecoder[Frame]:
    """Return what decodes one answer, streamed or whole: satisfies `protocol.chat_decoder.ChatDecoder`."""
    return NdjsonDecoder(decode_chat_line, max_line_bytes)


def decode_chat_line(line: bytes) -> list[Frame]:
    """Decode one line of the answer. Raises MalformedFrame, naming the fault, for what is not a chat's line."""
    try:
        return _frames(_decoder.decode(line))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        fault = _malformed(line, str(error))
        fault.half = line.lstrip().startswith(b"{") and type(error) is msgspec.DecodeError
        raise fault from error


def _frames(wire: _Line) -> list[Frame]:
    error = bytes(wire.error)
    if error not in _NO_ERROR:
        return [ErrorLine(unwrap_error(error))]
    if wire.message is None and not wire.done:
        raise msgspec.ValidationError("neither a message, nor done, nor an error")
    frames: list[Frame] = []
    message = wire.message
    if message is not None and (message.content or message.thinking or message.tool_calls):
        calls = tuple(_tool_call(call) for call in message.tool_calls or ())
        frames.append(Chunk(message.content or "", message.thinking or "", calls))
    if wire.done:
        frames.append(Completion(wire.done_reason or "stop", _metrics(wire)))
    return frames


def _metrics(wire: _Line) -> Metrics:
    return Metrics(
        plausible(wire.total_duration),
        plausible(wire.load_duration),
        plausible(wire.prompt_eval_count),
        plausible(wire.prompt_eval_duration),
        plausible(wire.eval_count),
        plausible(wire.eval_duration),
    )


def _tool_call(call: _ToolCall) -> ToolCall:
    arguments = bytes(call.function.arguments).decode()
    if arguments == "null":
        arguments = "{}"
    if not arguments.startswith("{"):
        raise msgspec.ValidationError("the arguments of a tool call are no object")
    return ToolCall(call.function.name, arguments, call.id or "")


def _wire_parameters(parameters: Parameters) -> Mapping[str, object]:
    """Only what is set. A number of seconds goes as a number: as a text it would lack its unit (Go's ParseDuration)."""
    wire: dict[str, object] = {}
    if parameters.format:
        wire["format"] = msgspec.Raw(parameters.format.encode())
    if parameters.options:
        wire["options"] = {option.name: option.value for option in parameters.options}
    if parameters.keep_alive is not None:
        seconds = SECONDS.fullmatch(parameters.keep_alive)
        wire["keep_alive"] = msgspec.Raw(parameters.keep_alive.encode()) if seconds else parameters.keep_alive
    for name, value in (("think", parameters.think), ("truncate", parameters.truncate), ("shift", parameters.shift)):
        if value is not None:
            wire[name] = value
    return wire


def _wire_message(message: ChatMessage) -> Mapping[str, object]:
    wire: dict[str, object] = {"role": message.role, "content": encodable(message.content)}
    if message.thinking:
        wire["thinking"] = message.thinking
    if message.tool_calls:
        wire["tool_calls"] = [_wire_call(call) for call in message.tool_calls]
    return wire


def _wire_call(call: ToolCall) -> Mapping[str, object]:
    function = {"name": call.name, "arguments": msgspec.Raw(call.arguments.encode())}
    return {"id": call.id, "function": function} if call.id else {"function": function}


def _malformed(line: bytes, fault: str) -> MalformedFrame:
    shown = line[:_SHOWN_BYTES].decode(errors="backslashreplace")
    more = " ..." if len(line) > _SHOWN_BYTES else ""
    return MalformedFrame(
        f"The server sent a line that is not an Ollama chat's ({fault}): '{shown}{more}'.",
        "Check that the address is that of an Ollama server.",
        offending=line,
    )

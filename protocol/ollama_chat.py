"""Ollama's dialect of a chat: the body of `POST /api/chat` and the lines that come back (api.md)."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import msgspec

from protocol.chat import Attachment, ChatMessage, ChatRequest, ToolCall
from protocol.duration import SECONDS
from protocol.errors import MalformedFrame
from protocol.frames import Chunk, Completion, ErrorLine, Frame, Metrics
from protocol.images import SUFFIXES, image_facts
from protocol.malformed import malformed
from protocol.ndjson import NdjsonDecoder
from protocol.ollama_errors import unwrap_error
from protocol.parameters import Parameters
from protocol.quantity import plausible
from protocol.text import encodable

CHAT_PATH = "/api/chat"
STREAM_TYPES = frozenset({"application/x-ndjson", "application/json", ""})
"""Content types of a chat's answer; a server that names none is believed."""
_NO_ERROR = frozenset({b"null", b'""'})
_LEFT_OUT = "\n\n*(an image of a kind that is not known is left out)*\n\n"


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
    images: Any = None


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
    if message is not None:
        calls = tuple(_tool_call(call) for call in message.tool_calls or ())
        images, note = _images(message.images)
        chunk = Chunk((message.content or "") + note, message.thinking or "", calls, images)
        frames += [chunk] if chunk.size else []
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


def _images(wire: Any) -> tuple[tuple[Attachment, ...], str]:
    """What a model has drawn, and a word on what of it is of no known kind, and left out."""
    encoded = [one for one in wire if isinstance(one, str)] if isinstance(wire, list) else []
    images = tuple(image for one in encoded if (image := _image(one)) is not None)
    return images, _LEFT_OUT if len(images) < len(encoded) else ""


def _image(encoded: str) -> Attachment | None:
    """One image, under a name of ours. What it is, its bytes say, and nobody else is believed."""
    try:
        data = b64decode(encoded, validate=True)
    except ValueError:
        return None
    facts = image_facts(data)
    return Attachment(f"image.{SUFFIXES[facts.media_type]}", facts.media_type, data) if facts is not None else None


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
    if message.tool_calls:
        wire["tool_calls"] = [_wire_call(call) for call in message.tool_calls]
    if message.images:
        wire["images"] = list(message.images)  # as base64, which is how bytes are encoded
    return wire


def _wire_call(call: ToolCall) -> Mapping[str, object]:
    function = {"name": call.name, "arguments": msgspec.Raw(call.arguments.encode())}
    return {"id": call.id, "function": function} if call.id else {"function": function}


def _malformed(data: bytes, fault: str) -> MalformedFrame:
    return malformed(data, "a line that is not an Ollama chat's", fault)

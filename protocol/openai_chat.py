"""The chat of OpenAI's API, `POST /chat/completions`: what is sent, and what comes back, streamed or whole.

Spoken, each with habits of its own, by llama.cpp, vLLM, LM Studio, Ollama and many a proxy before them: a null, or an
empty text, counts as not said; usage comes in an event of its own or with the last choice; an error is an object, a
string, or the event itself; and what is not known here is passed over.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence

import msgspec

from protocol.chat import ChatMessage, ChatRequest, ToolCall
from protocol.errors import ChinwagError, LineTooLong, MalformedFrame
from protocol.frames import Chunk, Completion, ErrorLine, Frame, Metrics
from protocol.images import image_facts
from protocol.malformed import malformed
from protocol.ollama_errors import unwrap_error
from protocol.openai_parameters import wire_parameters
from protocol.quantity import plausible
from protocol.server_settings import Dialect
from protocol.sse import SseDecoder
from protocol.text import encodable

CHAT_PATH = "/chat/completions"
EVENTS = "text/event-stream"
STREAM_TYPES = frozenset({EVENTS, "application/json", ""})
"""Content types of a chat's answer; a server that names none is believed."""
USAGE_FIELD = "stream_options"
"""With which a stream is asked for its counts. Not every server knows it."""
_DONE = b"[DONE]"
_ADVICE = "Check that the address is that of a server that speaks as OpenAI's does."
_NOTHING = frozenset({b"null", b'""', b"{}"})
_STOPS = frozenset({"", "tool_calls", "function_call"})
"""Reasons that are `stop` in Ollama's words; `length` is the same in both, and others are told as they are."""


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _Call(msgspec.Struct):
    index: int | None = None
    id: str | None = None
    function: _Function | None = None


class _Message(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(msgspec.Struct):
    index: int | None = None
    delta: _Message | None = None
    message: _Message | None = None
    """Of an answer that comes as a whole."""
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Timings(msgspec.Struct):
    """What llama.cpp adds, in milliseconds."""

    prompt_ms: float | None = None
    predicted_ms: float | None = None


class _Event(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    timings: _Timings | None = None
    error: msgspec.Raw = msgspec.Raw(b"null")
    object: str | None = None


_decoder = msgspec.json.Decoder(_Event)


def encode_chat(request: ChatRequest, usage: bool = True) -> bytes:
    """Encode the body of a chat request. Only what the user set is in it, and, of a stream, the wish for `usage`."""
    body: dict[str, object] = {
        "model": request.model,
        "messages": [_wire_message(message) for message in request.messages],
        "stream": request.stream,
        **wire_parameters(request.parameters),
    }
    if request.stream and usage:
        body[USAGE_FIELD] = {"include_usage": True}
    return msgspec.json.encode(body)


class OpenAiStreamDecoder(SseDecoder[Frame]):
    """Decodes an answer that comes as events: satisfies `protocol.chat_decoder.ChatDecoder`.

    Only `[DONE]` ends it well: a server that died may end its body as cleanly as one that is done.
    """

    def __init__(self, max_line_bytes: int) -> None:
        super().__init__(self._decode, max_line_bytes)
        self._reply = _ReplyUnderWay(max_line_bytes)

    def _decode(self, name: bytes, data: bytes) -> list[Frame]:
        if data.strip() == _DONE:
            return self._reply.end()
        if not data.strip():
            return []
        if name == b"error" and b'"error"' not in data:
            return [ErrorLine(unwrap_error(data), Dialect.OPENAI)]
        event = _parse(data)
        return self._reply.whole(event) if _is_whole(event) else self._reply.add(event, data)


class OpenAiBodyDecoder:
    """Decodes an answer that comes as one JSON object: satisfies `protocol.chat_decoder.ChatDecoder`."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max_bytes = max_line_bytes
        self._body = bytearray()
        self._fault: ChinwagError | None = None

    def feed(self, data: bytes) -> list[Frame]:
        """Take the next bytes: nothing comes of them before the end. Raises LineTooLong."""
        self._body += data
        if len(self._body) > self._max_bytes:
            self._fault = _too_long(self._max_bytes, self._body)
        self.raise_fault()
        return []

    def flush(self) -> list[Frame]:
        """Return the reply. Raises MalformedFrame; nothing at all is an answer that was cut off."""
        body = bytes(self._body)
        if not body.strip():
            return []
        event, reply = _parse(body), _ReplyUnderWay(self._max_bytes)
        return reply.whole(event) if _is_whole(event) else reply.add(event, body)

    def raise_fault(self) -> None:
        """Raise the fault that was met, if one was."""
        if self._fault is not None:
            raise self._fault


class _ReplyUnderWay:
    """What is known of one reply between its events."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._reason = ""
        self._metrics = Metrics()
        self._calls: dict[int, _CallUnderWay] = {}
        self._size = 0

    def add(self, event: _Event, data: bytes) -> list[Frame]:
        """Take in an event, and return the frames of it. Of several choices, the first is the reply."""
        if failed := _error_of(event, data):
            return [failed]
        if event.usage is not None or event.timings is not None:
            self._metrics = _metrics(event, self._metrics)
        if event.choices is None:
            if event.usage is None and event.timings is None:
                raise _malformed(data, "neither choices, nor usage, nor an error")
            return []
        return [frame for choice in event.choices if not choice.index for frame in self._choice(choice)]

    def whole(self, event: _Event) -> list[Frame]:
        """Return the frames of a reply that comes as one object."""
        frames = self.add(event, b"")
        return [*frames, *self.end()] if not any(isinstance(frame, ErrorLine) for frame in frames) else frames

    def end(self) -> list[Frame]:
        """Return the frames of the end: the tool calls, whole now, and the completion."""
        calls = tuple(call.whole() for _, call in sorted(self._calls.items()))
        chunks = [Chunk(tool_calls=calls)] if calls else []
        reason = "stop" if self._reason in _STOPS else self._reason
        return [*chunks, Completion(reason, self._metrics)]

    def _choice(self, choice: _Choice) -> list[Frame]:
        self._reason = choice.finish_reason or self._reason
        message = choice.delta or choice.message
        if message is None:
            return []
        for call in message.tool_calls or ():
            self._call(call)
        text, thinking = message.content or "", message.reasoning_content or message.reasoning or ""
        return [Chunk(text, thinking)] if text or thinking else []

    def _call(self, piece: _Call) -> None:
        """Join the pieces of a call. Where they have no index, one with a name begins the next call."""
        last = max(self._calls, default=-1)
        begins = piece.function is not None and bool(piece.function.name)
        index = piece.index if piece.index is not None else max(0, last + begins)
        call = self._calls.setdefault(index, _CallUnderWay())
        self._size += call.add(piece)
        if self._size > self._max_bytes:
            raise _too_long(self._max_bytes, call.arguments.encode())


class _CallUnderWay:
    """The pieces of one tool call."""

    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self._arguments: list[str] = []

    @property
    def arguments(self) -> str:
        """What came of the arguments."""
        return "".join(self._arguments)

    def add(self, piece: _Call) -> int:
        """Append a piece; how much it holds. Id and name come once, or again and again the same."""
        function = piece.function or _Function()
        self.id = piece.id or self.id
        self.name = function.name or self.name
        self._arguments.append(function.arguments or "")
        return 1 + len(self._arguments[-1])

    def whole(self) -> ToolCall:
        """Return the call. Raises MalformedFrame where its arguments are no JSON object."""
        arguments = self.arguments.strip() or "{}"
        try:
            msgspec.json.decode(arguments, type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise _malformed(arguments.encode(), "the arguments of a tool call are no object") from error
        return ToolCall(self.name, arguments, self.id)


def _parse(data: bytes) -> _Event:
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        fault = _malformed(data, str(error))
        begun = data.lstrip()
        fault.half = _DONE.startswith(begun) or (begun.startswith(b"{") and type(error) is msgspec.DecodeError)
        raise fault from error


def _is_whole(event: _Event) -> bool:
    return any(choice.message is not None and choice.delta is None for choice in event.choices or ())


def _error_of(event: _Event, data: bytes) -> ErrorLine | None:
    """An error stands in its own field, or is the whole object, as vLLM has it."""
    if bytes(event.error) not in _NOTHING:
        return ErrorLine(unwrap_error(bytes(event.error)), Dialect.OPENAI)
    return ErrorLine(unwrap_error(data), Dialect.OPENAI) if event.object == "error" else None


def _metrics(event: _Event, before: Metrics) -> Metrics:
    usage, timings = event.usage or _Usage(), event.timings or _Timings()
    told = Metrics(
        prompt_eval_count=plausible(usage.prompt_tokens),
        prompt_eval_duration=_nanoseconds(timings.prompt_ms),
        eval_count=plausible(usage.completion_tokens),
        eval_duration=_nanoseconds(timings.predicted_ms),
    )
    return Metrics(
        prompt_eval_count=_known(told.prompt_eval_count, before.prompt_eval_count),
        prompt_eval_duration=_known(told.prompt_eval_duration, before.prompt_eval_duration),
        eval_count=_known(told.eval_count, before.eval_count),
        eval_duration=_known(told.eval_duration, before.eval_duration),
    )


def _known(new: int | None, old: int | None) -> int | None:
    return old if new is None else new


def _nanoseconds(milliseconds: float | None) -> int | None:
    return None if milliseconds is None or not abs(milliseconds) < 1e12 else plausible(round(milliseconds * 1e6))


def _parts(text: str, images: Sequence[bytes]) -> list[object]:
    """A message with images consists of parts; an image is an address that holds all of it."""
    said = [{"type": "text", "text": text}] if text else []
    return [*said, *({"type": "image_url", "image_url": {"url": _address(image)}} for image in images)]


def _address(image: bytes) -> str:
    facts = image_facts(image)
    kind = facts.media_type if facts is not None else "application/octet-stream"
    return f"data:{kind};base64,{b64encode(image).decode()}"


def _wire_message(message: ChatMessage) -> Mapping[str, object]:
    """What a model thought is not sent: this dialect has no word for it in what is asked."""
    text = encodable(message.content)
    content = _parts(text, message.images) if message.images else text
    wire: dict[str, object] = {"role": message.role, "content": content}
    if message.tool_calls:
        wire["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    return wire


def _too_long(limit: int, offending: bytes | bytearray) -> LineTooLong:
    return LineTooLong(
        f"The server sent an answer of more than {limit:,} bytes at once.",
        _ADVICE,
        offending=offending,
    )


def _malformed(data: bytes, fault: str) -> MalformedFrame:
    return malformed(data, "what is not an OpenAI chat's", fault, _ADVICE)

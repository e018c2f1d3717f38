"""Faults of a reply: what is in its lines."""

import json

from protocol.limits import MIB
from protocol.turn import TurnState
from tests.support.answers import done, error_line, head, ndjson_chat, status, text
from tests.support.faults import Attempt, Fault, Outcome, ends, fine, garbled, mended, scripted
from tests.support.wire import Answer, Send, SendChunk

CHECK = "Check that the address is that of an Ollama server."
ONCE = text("Once").data
WORD = '{"message":{"content":"Once"},"done":false'
BYTE_0 = "JSON is malformed: invalid character (byte 0)"
NEITHER = "neither a message, nor done, nor an error"
TOO_DEEP = "maximum recursion depth exceeded while deserializing an object"
TOO_LONG = f"The server sent a line of more than 8,388,608 bytes. {CHECK}"
WHOLE = status(200, {"message": {"content": "Whole."}, "done": True})
NESTED = b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"


def lines(*pieces: bytes | str) -> Answer:
    """A body of these lines, whole."""
    body = b"".join(piece if isinstance(piece, bytes) else piece.encode() + b"\n" for piece in pieces)
    return (Send(head(200, "application/x-ndjson")), SendChunk(body), SendChunk(b""))


def no_chat(fault: str, line: str) -> str:
    """What is said of a line that is no chat's."""
    return f"The server sent a line that is not an Ollama chat's ({fault}): '{line}'. {CHECK}"


SMALLER = (
    "Make its context smaller with /set num_ctx N, unload others (`ollama stop NAME`), or choose a smaller model. "
)


def wrong(field: str, line: str, fault: str) -> Fault:
    """A line with a field of the wrong type, after a line that is right."""
    return scripted(f"{field} of the wrong type", garbled(no_chat(fault, line), "Once"), lines(ONCE, line))


def said(words: str, advice: str = "") -> str:
    """What is said of an error in a stream."""
    return f"The server ended the reply with an error: {words}. {advice}What came is kept."


def long_line(size: int) -> bytes:
    """A line of so many bytes, its end not counted."""
    empty = '{"message":{"content":""},"done":false}'
    return f'{{"message":{{"content":"{"x" * (size - len(empty))}"}},"done":false}}\n'.encode()


TYPES: tuple[Fault, ...] = (
    wrong("message", '{"message":5}', "Expected `object | null`, got `int` - at `$.message`"),
    wrong("content", '{"message":{"content":["a"]}}', "Expected `str | null`, got `array` - at `$.message.content`"),
    wrong("thinking", '{"message":{"thinking":5}}', "Expected `str | null`, got `int` - at `$.message.thinking`"),
    wrong(
        "tool_calls",
        '{"message":{"tool_calls":{}}}',
        "Expected `array | null`, got `object` - at `$.message.tool_calls`",
    ),
    wrong(
        "function",
        '{"message":{"tool_calls":[{"function":"f"}]}}',
        "Expected `object`, got `str` - at `$.message.tool_calls[0].function`",
    ),
    wrong(
        "function's name",
        '{"message":{"tool_calls":[{"function":{"name":5}}]}}',
        "Expected `str`, got `int` - at `$.message.tool_calls[0].function.name`",
    ),
    wrong(
        "arguments",
        '{"message":{"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}}',
        "the arguments of a tool call are no object",
    ),
    wrong("done", '{"done":"yes"}', "Expected `bool | null`, got `str` - at `$.done`"),
    wrong("done_reason", '{"done":true,"done_reason":5}', "Expected `str | null`, got `int` - at `$.done_reason`"),
    wrong("eval_count", '{"done":true,"eval_count":"7"}', "Expected `int | null`, got `str` - at `$.eval_count`"),
    wrong(
        "total_duration",
        '{"done":true,"total_duration":1.5}',
        "Expected `int | null`, got `float` - at `$.total_duration`",
    ),
    scripted(
        "model and created_at of the wrong type", fine("Once"), lines(WORD + ',"model":5,"created_at":[]}', done().data)
    ),
    scripted("error of the wrong type", ends(said("5"), "Once"), lines(ONCE, '{"error":5}')),
)
GARBAGE: tuple[Fault, ...] = (
    scripted("not JSON", garbled(no_chat(BYTE_0, "what?"), "Once"), lines(ONCE, "what?")),
    scripted(
        "a web page where a chat is said to be",
        garbled(no_chat(BYTE_0, "<!DOCTYPE html>")),
        lines("<!DOCTYPE html>", "<p>Log in"),
    ),
    scripted("an array", garbled(no_chat("Expected `object`, got `array`", "[]")), lines("[]")),
    scripted("a null", garbled(no_chat("Expected `object`, got `null`", "null")), lines("null")),
    scripted("an object of nothing", garbled(no_chat(NEITHER, "{}")), lines("{}")),
    scripted(
        "two objects in a line",
        garbled(no_chat("JSON is malformed: trailing characters (byte 44)", f"{WORD}}}{WORD}}}")),
        lines(WORD + "}" + WORD + "}"),
    ),
    scripted(
        "NaN",
        garbled(no_chat("JSON is malformed: invalid character (byte 56)", f'{WORD},"eval_count":NaN}}')),
        lines(WORD + ',"eval_count":NaN}'),
    ),
    scripted("a number of 400 digits", fine(""), lines('{"done":true,"eval_count":' + "9" * 400 + "}")),
    scripted(
        "a number of 5000 digits",
        garbled(
            no_chat("Integer value out of range - at `$.eval_count`", '{"done":true,"eval_count":' + "9" * 94 + " ...")
        ),
        lines('{"done":true,"eval_count":' + "9" * 5000 + "}"),
    ),
    scripted("a number past all bounds", fine("Once"), lines(ONCE, '{"done":true,"eval_count":9223372036854775807}')),
    scripted(
        "deep nesting where nobody looks", garbled(no_chat(TOO_DEEP, '{"x":' + "[" * 115 + " ...")), lines(NESTED)
    ),
    scripted(
        "deep nesting in an error",
        garbled(no_chat(TOO_DEEP, '{"error":' + "[" * 111 + " ...")),
        lines(b'{"error":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"),
    ),
    scripted(
        "a NUL in a string",
        garbled(no_chat("JSON is malformed: invalid character (byte 24)", '{"message":{"content":"a\x00b"}}')),
        lines(b'{"message":{"content":"a\x00b"}}\n'),
    ),
    scripted("an escaped NUL", fine("a\x00b"), lines('{"message":{"content":"a\\u0000b"}}', done().data)),
    scripted(
        "a lone surrogate",
        garbled(no_chat("Input data was truncated", '{"message":{"content":"a\\ud800b"}}')),
        lines('{"message":{"content":"a\\ud800b"}}', done().data),
    ),
    scripted(
        "a lone low surrogate",
        garbled(
            no_chat("JSON is malformed: invalid utf-16 surrogate pair (byte 30)", '{"message":{"content":"a\\udc00b"}}')
        ),
        lines('{"message":{"content":"a\\udc00b"}}', done().data),
    ),
    scripted(
        "bytes that are no UTF-8",
        garbled(
            no_chat(
                "'utf-8' codec can't decode byte 0xff in position 1: invalid start byte",
                '{"message":{"content":"a\\xff\\xfeb"}}',
            )
        ),
        lines(b'{"message":{"content":"a\xff\xfeb"}}\n', done().data),
    ),
    scripted(
        "a surrogate in UTF-8",
        garbled(
            no_chat(
                "'utf-8' codec can't decode byte 0xed in position 1: invalid continuation byte",
                '{"message":{"content":"a\\xed\\xa0\\x80b"}}',
            )
        ),
        lines(b'{"message":{"content":"a\xed\xa0\x80b"}}\n', done().data),
    ),
    scripted("a byte order mark", garbled(no_chat(BYTE_0, "\ufeff{}")), lines(b"\xef\xbb\xbf{}\n")),
    scripted("UTF-16", garbled(no_chat(BYTE_0, "\\xff\\xfe{\x00}\x00")), lines("{}".encode("utf-16") + b"\n")),
    scripted(
        "garbage once",
        mended(no_chat(BYTE_0, "what?"), "Fine.", before="Once"),
        lines(ONCE, "what?"),
        ndjson_chat(["Fine."]),
    ),
    scripted(
        "garbage in every stream, but not in a whole reply",
        Outcome(
            (*[Attempt(TurnState.RETRYING, "", no_chat(BYTE_0, "what?"))] * 2, Attempt(TurnState.DONE, "Whole.")), 3
        ),
        lambda request: WHOLE if b'"stream":false' in request.body else lines("what?"),
    ),
)
ORDER: tuple[Fault, ...] = (
    scripted("a million empty lines", fine("Once"), lines(b"\n" * 1_000_000, ONCE, done().data)),
    scripted(
        "lines that end as in Windows", fine("Once"), lines(ONCE.rstrip() + b"\r\n", done().data.rstrip() + b"\r\n")
    ),
    scripted(
        "a line of 8 MiB", fine(f"xxxxxxxxxx... {8 * MIB - 39} characters"), lines(long_line(8 * MIB), done().data)
    ),
    scripted("a line of 8 MiB and one byte", garbled(TOO_LONG, "Once"), lines(ONCE, long_line(8 * MIB + 1))),
    scripted("a line without end", garbled(TOO_LONG), (Send(head(200, "")), *[SendChunk(b"x" * MIB)] * 9)),
    scripted("done twice", fine("Once"), lines(ONCE, done().data, done().data)),
    scripted("text after done", fine("Once"), lines(ONCE, done().data, text("more").data)),
    scripted("garbage after done", fine("Once"), lines(ONCE, done().data, "what?")),
    scripted("done without text", fine(""), lines(done().data)),
    scripted("done with text", fine("Once"), lines('{"message":{"content":"Once"},"done":true}')),
    scripted("done without its metrics", fine("Once"), lines(ONCE, '{"done":true}')),
    scripted("done for an unknown reason", fine("Once"), lines(ONCE, '{"done":true,"done_reason":"tired"}')),
    scripted(
        "an error of a web of JSON",
        ends(said("out of memory", SMALLER), "Once"),
        error_line(json.dumps({"error": {"code": 500, "message": "out of memory"}}), ["Once"]),
    ),
    scripted(
        "an error of an object",
        ends(said("out of memory", SMALLER), "Once"),
        error_line({"message": "out of memory"}, ["Once"]),
    ),
    scripted("an error of nothing", ends(said("{}"), "Once"), lines(ONCE, '{"error":{}}')),
    scripted(
        "text after an error", ends(said("no"), "Once"), lines(ONCE, '{"error":"no"}', text("more").data, done().data)
    ),
    scripted("an error with text in one line", ends(said("no"), "Once"), lines(ONCE, WORD + ',"error":"no"}')),
    scripted(
        "an error of a megabyte",
        ends(f"The server ended the reply with an error: {'x' * 500} . What came is kept.", "Once"),
        lines(ONCE, json.dumps({"error": "x" * MIB})),
    ),
    scripted(
        "a reply of a chat's other dialect",
        garbled(no_chat(BYTE_0, 'data: {"choices":[{"delta":{"content":"Once"}}]}')),
        lines('data: {"choices":[{"delta":{"content":"Once"}}]}', "", "data: [DONE]"),
    ),
)

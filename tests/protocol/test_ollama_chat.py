import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.chat import ChatMessage, ChatRequest, Role, ToolCall
from protocol.errors import MalformedFrame
from protocol.frames import Chunk, Completion, ErrorLine, Frame, Metrics
from protocol.ndjson import NdjsonDecoder
from protocol.ollama_chat import decode_chat_line, encode_chat
from protocol.parameters import Option, OptionValue, Parameters
from tests.support.recordings import Expected, Recording, chat_recordings, recording

ANSWERED = [recorded for recorded in chat_recordings() if recorded.status == 200]
LINES = sorted({line for recorded in ANSWERED for line in recorded.body.split(b"\n")[:3]})
DEEP = b"[" * 100_000 + b"]" * 100_000


def read(frames: list[Frame]) -> Expected:
    """Put frames together as an Accumulator would, up to the first end."""
    text, thinking, calls = "", "", list[tuple[str, dict[str, Any], str]]()
    for frame in frames:
        match frame:
            case Chunk():
                text, thinking = text + frame.text, thinking + frame.thinking
                calls += [(call.name, json.loads(call.arguments), call.id) for call in frame.tool_calls]
            case Completion(reason=reason, metrics=metrics):
                said = {name: value for name, value in msgspec.structs.asdict(metrics).items() if value is not None}
                return Expected(text, thinking, tuple(calls), reason, said or None, ended_by="done")
            case ErrorLine(words=words):
                return Expected(text, thinking, tuple(calls), error=words, ended_by="error_line")
    return Expected(text, thinking, tuple(calls))


def line(**fields: object) -> bytes:
    return json.dumps(fields).encode()


@pytest.mark.parametrize("recorded", ANSWERED, ids=lambda recorded: recorded.name)
def test_a_recording_decodes_to_what_its_bytes_say(recorded: Recording) -> None:
    decoder = NdjsonDecoder(decode_chat_line, 8 * 1024 * 1024)
    assert read(decoder.feed(recorded.body) + decoder.flush()) == recorded.expected


def test_a_line_of_text_is_one_chunk() -> None:
    first = recording("chat_stream_short").body.split(b"\n")[0]
    assert decode_chat_line(first) == [Chunk("The")]


def test_a_line_of_thinking_is_one_chunk() -> None:
    assert decode_chat_line(line(message={"content": "", "thinking": "hm"}, done=False)) == [Chunk(thinking="hm")]


def test_the_last_line_is_a_completion_with_its_metrics() -> None:
    last = recording("chat_stream_short").body.split(b"\n")[-2]
    metrics = Metrics(401864792, 1538650, 42, 316276000, 8, 77590000)
    assert decode_chat_line(last) == [Completion("stop", metrics)]


def test_a_whole_reply_in_one_line_is_a_chunk_and_a_completion() -> None:
    whole = line(message={"content": "all"}, done=True, done_reason="length", eval_count=3)
    assert decode_chat_line(whole) == [Chunk("all"), Completion("length", Metrics(eval_count=3))]


def test_a_line_that_says_nothing_is_no_frame() -> None:
    assert decode_chat_line(line(message={"role": "assistant", "content": ""}, done=False)) == []


def test_tool_calls_keep_their_arguments_letter_for_letter() -> None:
    wire = b'{"message":{"tool_calls":[{"id":"7","function":{"name":"f","arguments":{"b": 1.0, "a":"\\u00e9"}}}]}}'
    assert decode_chat_line(wire) == [Chunk(tool_calls=(ToolCall("f", '{"b": 1.0, "a":"\\u00e9"}', "7"),))]


@pytest.mark.parametrize("function", [{"name": "f"}, {"name": "f", "arguments": {}}, {"name": "f", "arguments": None}])
def test_a_tool_call_without_arguments_has_none(function: dict[str, object]) -> None:
    assert decode_chat_line(line(message={"tool_calls": [{"function": function}]})) == [
        Chunk(tool_calls=(ToolCall("f", "{}"),))
    ]


def test_unknown_fields_are_ignored() -> None:
    wire = line(message={"content": "a", "images": [1], "new": {}}, done=False, logprobs=[{"x": []}], model=5)
    assert decode_chat_line(wire) == [Chunk("a")]


def test_null_counts_as_not_said() -> None:
    nothing = {"content": None, "thinking": None, "tool_calls": None}
    assert decode_chat_line(line(message=nothing, done=None, error=None)) == []
    assert decode_chat_line(line(message=None, done=True, done_reason=None, eval_count=None)) == [Completion("stop")]


def test_done_twice_is_two_completions() -> None:
    decoder = NdjsonDecoder(decode_chat_line, 1000)
    assert decoder.feed(line(done=True) + b"\n" + line(done=True, done_reason="length") + b"\n") == [
        Completion("stop"),
        Completion("length"),
    ]


@pytest.mark.parametrize("text", ["\u2028", "\x85", "\x1c", "\r", "\0", "\n", "\x1b]52;c;eA==\x07", "👨‍👩‍👧", "\u202e"])
def test_no_character_is_lost_or_changed(text: str) -> None:
    assert decode_chat_line(line(message={"content": text})) == [Chunk(text)]
    assert decode_chat_line(json.dumps({"message": {"content": text}}, ensure_ascii=False).encode()) == [Chunk(text)]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("out of memory", "out of memory"),
        ('{"error":{"code":400,"message":"too long"}}', "too long"),
        ({"message": "too long"}, "too long"),
        ({"code": 7}, '{"code": 7}'),
        (7, "7"),
    ],
)
def test_an_error_is_unwrapped_to_its_words(error: object, words: str) -> None:
    assert decode_chat_line(line(error=error)) == [ErrorLine(words)]


def test_an_error_wins_over_what_else_the_line_says() -> None:
    assert decode_chat_line(line(error="no", message={"content": "a"}, done=True)) == [ErrorLine("no")]


def test_an_empty_error_is_none() -> None:
    assert decode_chat_line(line(error="", message={"content": "a"})) == [Chunk("a")]


def test_an_error_with_broken_letters_is_still_read() -> None:
    assert decode_chat_line(b'{"error":"caf\xe9"}') == [ErrorLine("caf\ufffd")]


MALFORMED = {
    "not json": b"<html>",
    "cut short": b'{"message":{"content":"a',
    "two values": b'{"done":true} {"done":true}',
    "an array": b"[]",
    "a number": b"5",
    "null": b"null",
    "nothing said": b"{}",
    "not done and no message": line(done=False),
    "an empty error and nothing else": line(error=""),
    "message is a string": line(message="a"),
    "message is a list": line(message=[]),
    "content is a number": line(message={"content": 5}),
    "content is a list": line(message={"content": ["a"]}),
    "thinking is a boolean": line(message={"thinking": True}),
    "tool_calls is an object": line(message={"tool_calls": {}}),
    "a tool call is a string": line(message={"tool_calls": ["f"]}),
    "a tool call without function": line(message={"tool_calls": [{}]}),
    "a function without name": line(message={"tool_calls": [{"function": {"arguments": {}}}]}),
    "a function's name is a number": line(message={"tool_calls": [{"function": {"name": 5}}]}),
    "arguments are a string": line(message={"tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}),
    "arguments are a list": line(message={"tool_calls": [{"function": {"name": "f", "arguments": []}}]}),
    "an id is a number": line(message={"tool_calls": [{"id": 5, "function": {"name": "f"}}]}),
    "done is a string": line(done="true"),
    "done is a number": line(done=1),
    "done_reason is a number": line(done=True, done_reason=1),
    "total_duration is a string": line(done=True, total_duration="1"),
    "load_duration is a list": line(done=True, load_duration=[]),
    "prompt_eval_count is a fraction": line(done=True, prompt_eval_count=1.5),
    "prompt_eval_duration is a boolean": line(done=True, prompt_eval_duration=True),
    "eval_count is NaN": b'{"done":true,"eval_count":NaN}',
    "eval_duration is infinite": b'{"done":true,"eval_duration":Infinity}',
    "eval_count is beyond every float": b'{"done":true,"eval_count":1e400}',
    "eval_count has 5000 digits": b'{"done":true,"eval_count":' + b"9" * 5000 + b"}",
    "NaN in ignored fields": b'{"done":true,"new":NaN}',
    "a lone surrogate": b'{"message":{"content":"\\ud800"}}',
    "broken letters in the text": b'{"message":{"content":"\xff"}}',
    "broken letters in arguments": b'{"message":{"tool_calls":[{"function":{"name":"f","arguments":{"a":"\xff"}}}]}}',
    "a control character in a string": b'{"message":{"content":"a\x01b"}}',
    "a byte order mark": b'\xef\xbb\xbf{"done":true}',
    "UTF-16": '{"done":true}'.encode("utf-16"),
    "deep nesting in an ignored field": b'{"done":true,"new":' + DEEP + b"}",
    "deep nesting in arguments": b'{"message":{"tool_calls":[{"function":{"name":"f","arguments":' + DEEP + b"}}]}}",
    "deep nesting in an error": b'{"error":' + DEEP + b"}",
}


@pytest.mark.parametrize("wire", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_a_chats_line_is_malformed(wire: bytes) -> None:
    with pytest.raises(MalformedFrame):
        decode_chat_line(wire)


def test_a_malformed_line_is_shown_with_its_fault() -> None:
    with pytest.raises(MalformedFrame) as caught:
        decode_chat_line(b'{"done":"yes"}')
    assert caught.value.failure.summary == (
        "The server sent a line that is not an Ollama chat's (Expected `bool | null`, got `str` - at `$.done`): "
        """'{"done":"yes"}'."""
    )


@pytest.mark.parametrize(
    ("wire", "shown"),
    [(b"x\xff" * 60, "x\\xff" * 60), (b"x\xff" * 60 + b"y", "x\\xff" * 60 + " ...")],
    ids=["120 bytes", "121 bytes"],
)
def test_a_long_malformed_line_is_shown_in_part(wire: bytes, shown: str) -> None:
    with pytest.raises(MalformedFrame) as caught:
        decode_chat_line(wire)
    assert caught.value.failure.summary.endswith(f": '{shown}'.")


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_decode_or_are_malformed(wire: bytes) -> None:
    with suppress(MalformedFrame):
        decode_chat_line(wire)


@given(st.sampled_from(LINES), st.integers(0, 500), st.binary(max_size=3))
def test_a_damaged_line_decodes_or_is_malformed(wire: bytes, place: int, damage: bytes) -> None:
    with suppress(MalformedFrame):
        decode_chat_line(wire[:place] + damage + wire[place + 1 :])


@given(st.text(), st.text())
def test_any_text_comes_through(text: str, thinking: str) -> None:
    assert read(decode_chat_line(line(message={"content": text, "thinking": thinking}))) == Expected(text, thinking)


def test_a_request_is_encoded_exactly() -> None:
    messages = (
        ChatMessage(Role.SYSTEM, "Be brief."),
        ChatMessage(Role.USER, 'Say "é"\n'),
        ChatMessage(Role.ASSISTANT, "é", thinking="hm", tool_calls=(ToolCall("f", '{"b": 1, "a":2}', "7"),)),
        ChatMessage(Role.ASSISTANT, "", tool_calls=(ToolCall("g", "{}"),)),
        ChatMessage(Role.TOOL, "3"),
    )
    assert encode_chat(ChatRequest("smollm2:135m", messages)).decode() == (
        '{"model":"smollm2:135m","messages":['
        '{"role":"system","content":"Be brief."},'
        '{"role":"user","content":"Say \\"é\\"\\n"},'
        '{"role":"assistant","content":"é","thinking":"hm",'
        '"tool_calls":[{"id":"7","function":{"name":"f","arguments":{"b": 1, "a":2}}}]},'
        '{"role":"assistant","content":"","tool_calls":[{"function":{"name":"g","arguments":{}}}]},'
        '{"role":"tool","content":"3"}'
        '],"stream":true}'
    )


def test_a_request_may_ask_for_the_reply_in_one_piece() -> None:
    assert encode_chat(ChatRequest("m", (), stream=False)) == b'{"model":"m","messages":[],"stream":false}'


def test_a_request_replaces_lone_surrogates_as_the_recorded_server_does() -> None:
    encoded = encode_chat(ChatRequest("m", (ChatMessage(Role.USER, "a\ud83d b\ud83d\ude00 c\udcff"),)))
    assert json.loads(encoded)["messages"][0]["content"] == "a\ufffd b😀 c\ufffd"


@given(st.text())
def test_any_prompt_comes_through(prompt: str) -> None:
    encoded = encode_chat(ChatRequest("m", (ChatMessage(Role.USER, prompt),)))
    assert json.loads(encoded)["messages"] == [{"role": "user", "content": prompt}]


def test_what_is_set_is_sent_and_nothing_else() -> None:
    schema = '{"type":"object","required":["b","a"]}'
    told: dict[str, OptionValue] = {"use_mmap": False, "num_ctx": 8192, "temperature": 0.2, "stop": ("\n", "é")}
    everything = Parameters(Parameters.of_options(told).options, "high", schema, "1h30m", truncate=False, shift=True)
    assert encode_chat(ChatRequest("m", (), parameters=everything)).decode() == (
        '{"model":"m","messages":[],"stream":true,"format":{"type":"object","required":["b","a"]},'
        '"options":{"num_ctx":8192,"stop":["\\n","é"],"temperature":0.2,"use_mmap":false},'
        '"keep_alive":"1h30m","think":"high","truncate":false,"shift":true}'
    )


@pytest.mark.parametrize(
    ("parameters", "sent"),
    [
        (Parameters(format='"json"'), b'"format":"json"'),
        (Parameters(think=True), b'"think":true'),
        (Parameters(think=False), b'"think":false'),
        (Parameters(truncate=True), b'"truncate":true'),
        (Parameters(shift=False), b'"shift":false'),
        (Parameters(keep_alive="-1"), b'"keep_alive":-1'),
        (Parameters(keep_alive="0"), b'"keep_alive":0'),
        (Parameters(keep_alive="2.5"), b'"keep_alive":2.5'),
        (Parameters(keep_alive="300"), b'"keep_alive":300'),
        (Parameters(keep_alive="-1m"), b'"keep_alive":"-1m"'),
        (Parameters((Option("seed", 0),)), b'"options":{"seed":0}'),
    ],
)
def test_one_thing_that_is_set_is_the_only_one_that_is_sent(parameters: Parameters, sent: bytes) -> None:
    body = encode_chat(ChatRequest("m", (), parameters=parameters))
    assert body == b'{"model":"m","messages":[],"stream":true,' + sent + b"}"

import json
from collections.abc import Sequence
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.chat import ChatMessage, ChatRequest, Role, ToolCall
from protocol.chat_decoder import ChatDecoder
from protocol.errors import ChinwagError, LineTooLong, MalformedFrame
from protocol.frames import Chunk, Completion, ErrorLine, Frame, Metrics
from protocol.openai_chat import OpenAiBodyDecoder, OpenAiStreamDecoder, encode_chat
from protocol.parameters import Option, Parameters
from protocol.server_settings import Dialect

MIB = 1024 * 1024
HI = ChatMessage(Role.USER, "Hi")
DONE = b"data: [DONE]\n\n"


def event(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def delta(index: int = 0, reason: str | None = None, **fields: object) -> bytes:
    return event({"choices": [{"index": index, "delta": fields, "finish_reason": reason}]})


def frames(*pieces: bytes, decoder: ChatDecoder | None = None) -> list[Frame]:
    """What comes of these pieces up to the end of the body."""
    decoding = decoder or OpenAiStreamDecoder(MIB)
    found = [frame for piece in pieces for frame in decoding.feed(piece)]
    return [*found, *decoding.flush()]


def whole(body: object) -> list[Frame]:
    """What comes of an answer that is one object."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return frames(data, decoder=OpenAiBodyDecoder(MIB))


def end(reason: str = "stop", **counts: int) -> Completion:
    return Completion(reason, Metrics(**counts))


def test_a_request_has_what_was_said_and_asks_for_the_usage() -> None:
    messages = (ChatMessage(Role.SYSTEM, "Be brief."), HI, ChatMessage(Role.ASSISTANT, "Yes?", thinking="Hm."))
    assert json.loads(encode_chat(ChatRequest("tiny", messages))) == {
        "model": "tiny",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Yes?"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_a_request_for_a_whole_reply_says_so_and_nothing_of_streams() -> None:
    assert json.loads(encode_chat(ChatRequest("tiny", (HI,), stream=False))) == {
        "model": "tiny",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": False,
    }


def test_a_tool_call_goes_back_as_it_came() -> None:
    call = ToolCall("weather", '{"city": "Paris"}', "call_1")
    (sent,) = json.loads(encode_chat(ChatRequest("m", (ChatMessage(Role.ASSISTANT, "", "", (call,)),))))["messages"]
    assert sent["tool_calls"] == [
        {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Paris"}'}}
    ]


def test_what_was_set_is_sent_by_its_name_in_this_dialect() -> None:
    set_ = Parameters((Option("num_ctx", 4096), Option("num_predict", 7), Option("temperature", 0.5)), format='"json"')
    sent = json.loads(encode_chat(ChatRequest("m", (HI,), parameters=set_)))
    assert (sent["max_tokens"], sent["temperature"], sent["response_format"]) == (7, 0.5, {"type": "json_object"})
    assert "num_ctx" not in sent


def test_text_and_the_end_with_its_counts() -> None:
    usage = {"prompt_tokens": 42, "completion_tokens": 8, "total_tokens": 50}
    body = delta(role="assistant", content="Par"), delta(content="is"), delta(reason="stop")
    assert frames(*body, event({"choices": [], "usage": usage}), DONE) == [
        Chunk("Par"),
        Chunk("is"),
        end(prompt_eval_count=42, eval_count=8),
    ]


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_thinking_has_two_names(field: str) -> None:
    thought: dict[str, object] = {"content": None, field: "Hm"}
    assert frames(event({"choices": [{"delta": thought}]}), delta(content="Yes"), delta(reason="stop"), DONE) == [
        Chunk(thinking="Hm"),
        Chunk("Yes"),
        end(),
    ]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "stop"),
        ("function_call", "stop"),
        ("content_filter", "content_filter"),
        ("", "stop"),
    ],
)
def test_how_a_reply_ended_is_told_in_the_words_of_frames(said: str, meant: str) -> None:
    assert frames(delta(content="a"), delta(reason=said), DONE) == [Chunk("a"), end(meant)]


def test_without_done_there_is_no_completion_even_after_a_reason() -> None:
    assert frames(delta(content="a"), delta(reason="stop")) == [Chunk("a")]
    assert frames(delta(content="a")) == [Chunk("a")]
    assert frames() == []


def test_tool_calls_are_joined_by_their_index() -> None:
    begin = {"index": 0, "id": "a", "type": "function", "function": {"name": "weather", "arguments": ""}}
    other = {"index": 1, "id": "b", "function": {"name": "time", "arguments": '{"zone":'}}
    body = [
        delta(tool_calls=[begin]),
        delta(tool_calls=[{"index": 0, "function": {"arguments": '{"city": "P'}}, other]),
        delta(tool_calls=[{"index": 1, "function": {"arguments": '"UTC"}'}}]),
        delta(tool_calls=[{"index": 0, "function": {"arguments": 'aris"}'}}]),
        delta(reason="tool_calls"),
    ]
    calls = (ToolCall("weather", '{"city": "Paris"}', "a"), ToolCall("time", '{"zone":"UTC"}', "b"))
    assert frames(*body, DONE) == [Chunk(tool_calls=calls), end()]


def test_tool_calls_without_an_index_are_told_apart_by_their_names() -> None:
    first = {"id": "a", "function": {"name": "weather", "arguments": "{"}}
    body = [
        delta(tool_calls=[first]),
        delta(tool_calls=[{"function": {"arguments": "}"}}]),
        delta(tool_calls=[{"id": "b", "function": {"name": "time"}}]),
    ]
    calls = (ToolCall("weather", "{}", "a"), ToolCall("time", "{}", "b"))
    assert frames(*body, DONE) == [Chunk(tool_calls=calls), end()]


def test_arguments_that_are_no_object_are_a_fault() -> None:
    call = {"index": 0, "function": {"name": "weather", "arguments": "Paris"}}
    with pytest.raises(MalformedFrame) as caught:
        frames(delta(tool_calls=[call]), DONE)
    assert caught.value.failure.summary == (
        "The server sent what is not an OpenAI chat's (the arguments of a tool call are no object): 'Paris'."
    )


def test_arguments_without_end_are_bounded() -> None:
    decoder = OpenAiStreamDecoder(1000)
    with pytest.raises(LineTooLong):
        for _ in range(1001):
            decoder.feed(delta(tool_calls=[{"index": 0, "function": {"arguments": "x"}}]))


@pytest.mark.parametrize(
    "habit",
    [
        pytest.param([b": OPENROUTER PROCESSING\n\n", delta(content="a"), delta(reason="stop"), DONE], id="OpenRouter"),
        pytest.param(
            [
                delta(role="assistant", content=None),
                delta(content="a"),
                event(
                    {
                        "choices": [{"finish_reason": "stop", "index": 0, "delta": {}}],
                        "usage": {"prompt_tokens": 3, "completion_tokens": 1},
                        "timings": {"prompt_n": 3, "prompt_ms": 2.5, "predicted_n": 1, "predicted_ms": 0.001},
                    }
                ),
                DONE,
            ],
            id="llama.cpp, usage with the last choice",
        ),
        pytest.param(
            [
                delta(role="assistant", content=""),
                delta(content="a"),
                delta(content="", reason="stop", tool_calls=[]),
                event({"object": "chat.completion.chunk", "choices": [], "usage": {"prompt_tokens": 3}}),
                DONE,
            ],
            id="vLLM",
        ),
        pytest.param([delta(content="a"), b"data:[DONE]\r\n\r\n"], id="no reason, no space, CRLF"),
        pytest.param([delta(content="a"), delta(reason="stop"), b"data: [DONE]"], id="no empty line at the end"),
        pytest.param([event({"choices": [{"delta": {"content": "a"}}], "x": [1]}), DONE], id="no index, no reason"),
        pytest.param([event({"choices": [{"index": 0}]}), delta(content="a"), DONE], id="no delta"),
        pytest.param([event({"choices": [], "prompt_filter_results": []}), delta(content="a"), DONE], id="Azure"),
        pytest.param([delta(content="a"), delta(1, content="b"), delta(1, reason="stop"), DONE], id="two choices"),
        pytest.param([b"\xef\xbb\xbf" + delta(content="a"), DONE], id="a byte order mark"),
        pytest.param([delta(content="a") + delta(reason="stop") + DONE], id="all in one piece"),
        pytest.param([b"event: message\nid: 1\n" + delta(content="a"), DONE], id="named events"),
        pytest.param([delta(content="a"), event({"choices": None, "usage": {}}), DONE], id="nulls"),
        pytest.param([delta(content="a"), DONE, b"garbage\n\n"], id="what comes after the end"),
    ],
)
def test_the_habits_of_servers_are_borne_with(habit: list[bytes]) -> None:
    decoder = OpenAiStreamDecoder(MIB)
    got = [frame for piece in habit for frame in decoder.feed(piece)] + decoder.flush()
    assert [got[0], *[frame.reason for frame in got[1:] if isinstance(frame, Completion)]] == [Chunk("a"), "stop"]


def test_llama_cpp_tells_how_long_it_took() -> None:
    timings = {"prompt_ms": 2.5, "predicted_ms": 4}
    assert frames(event({"choices": [], "timings": timings}), DONE) == [
        end(prompt_eval_duration=2_500_000, eval_duration=4_000_000)
    ]


@pytest.mark.parametrize(
    ("failing", "words"),
    [
        (event({"error": {"message": "out of memory", "type": "server_error", "code": 500}}), "out of memory"),
        (event({"error": "No models loaded"}), "No models loaded"),
        (b'event: error\ndata: {"error":{"message":"no"}}\n\n', "no"),
        (b'event: error\ndata: {"message":"no"}\n\n', "no"),
        (b'{"error":{"code":400,"message":"too long"}}\n\n', "too long"),
        (event({"object": "error", "message": "no such model", "code": 404}), "no such model"),
        (event({"error": {"message": "no"}, "choices": [{"delta": {"content": "lost"}}]}), "no"),
    ],
    ids=["llama.cpp", "LM Studio", "a named event", "the event itself", "without framing", "vLLM", "with a choice"],
)
def test_an_error_in_a_stream_is_told_in_the_servers_words(failing: bytes, words: str) -> None:
    assert frames(delta(content="a"), failing) == [Chunk("a"), ErrorLine(words, Dialect.OPENAI)]


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (b"data: what?\n\n", "JSON is malformed: invalid character (byte 0)"),
        (b"data: []\n\n", "Expected `object`, got `array`"),
        (b'data: {"choices": 5}\n\n', "Expected `array | null`, got `int` - at `$.choices`"),
        (b'data: {"id": "x"}\n\n', "neither choices, nor usage, nor an error"),
        (b'data: {"choices": [{"delta": {"content": 5}}]}\n\n', "Expected `str | null`"),
        (b"data: \xff\n\n", "JSON is malformed"),
    ],
)
def test_what_is_no_chat_is_a_fault_that_is_named(bad: bytes, fault: str) -> None:
    with pytest.raises(MalformedFrame) as caught:
        frames(bad)
    assert caught.value.failure.summary.startswith(f"The server sent what is not an OpenAI chat's ({fault}")
    assert (caught.value.failure.advice, bool(caught.value.offending)) == (
        "Check that the address is that of a server that speaks as OpenAI's does.",
        True,
    )


def test_half_an_event_at_the_end_is_known_as_half() -> None:
    with pytest.raises(MalformedFrame) as caught:
        frames(delta(content="a"), b'data: {"choices": [{"del')
    assert caught.value.half


def test_a_whole_reply_is_a_chunk_and_the_end() -> None:
    message = {"role": "assistant", "content": "Paris.", "reasoning_content": "Hm."}
    body = {
        "choices": [{"index": 0, "message": message, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 4, "completion_tokens": 2},
    }
    expected = [Chunk("Paris.", "Hm."), end("length", prompt_eval_count=4, eval_count=2)]
    assert whole(body) == expected
    assert whole(json.dumps(body, indent=2).encode()) == expected
    assert frames(event(body)) == expected


def test_a_whole_reply_may_be_an_error_or_nothing() -> None:
    assert whole({"error": {"message": "no"}}) == [ErrorLine("no", Dialect.OPENAI)]
    assert whole(b"") == []
    with pytest.raises(MalformedFrame):
        whole({"models": []})
    with pytest.raises(LineTooLong):
        OpenAiBodyDecoder(10).feed(b"x" * 11)


@given(st.binary(max_size=200))
def test_any_bytes_are_frames_or_a_fault(body: bytes) -> None:
    for decoder in (OpenAiStreamDecoder(MIB), OpenAiBodyDecoder(MIB)):
        _try(body, decoder)
    _try(b"data: " + body + b"\n\n", OpenAiStreamDecoder(MIB))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "delta", "content", "usage", "error", "index"]), inner, max_size=3
        )
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4))
def test_any_json_is_frames_or_a_fault(values: Sequence[object]) -> None:
    _try(b"".join(b"data: " + msgspec.json.encode(value) + b"\n\n" for value in values), OpenAiStreamDecoder(MIB))


def _try(body: bytes, decoder: ChatDecoder) -> None:
    with suppress(ChinwagError):
        assert all(isinstance(frame, Frame) for frame in frames(body, decoder=decoder))


def test_a_server_that_sends_each_piece_as_a_delta_and_as_a_message_is_read_by_its_deltas() -> None:
    pieces = [
        event({"choices": [{"index": 0, "delta": {"content": text}, "message": {"content": text}}]})
        for text in ("", "Paris", " is it.")
    ]
    assert frames(*pieces, delta(reason="stop"), DONE) == [Chunk("Paris"), Chunk(" is it."), end()]


def test_a_body_that_ends_within_the_mark_of_its_end_was_cut_and_is_not_garbled() -> None:
    decoding = OpenAiStreamDecoder(MIB)
    assert decoding.feed(delta(content="Fine.") + b"data: [DON") == [Chunk("Fine.")]
    with pytest.raises(MalformedFrame) as raised:
        decoding.flush()
    assert raised.value.half

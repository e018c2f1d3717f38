import pytest

from tests.support.recordings import Expected, Recording, chat_recordings, expect, recording, recordings

EVERY = pytest.mark.parametrize("recorded", recordings(), ids=lambda recorded: recorded.name)


def test_every_recorded_chat_is_here() -> None:
    assert len(chat_recordings()) == 107


@EVERY
def test_the_chunks_are_the_whole_body(recorded: Recording) -> None:
    assert recorded.chunked == bool(recorded.pieces)
    assert not recorded.chunked or sum(piece.size for piece in recorded.pieces) == len(recorded.body)


@EVERY
def test_a_body_with_a_length_has_that_length(recorded: Recording) -> None:
    length = recorded.headers.get("content-length")
    assert length is None or recorded.method == "HEAD" or int(length) == len(recorded.body)


@EVERY
def test_the_head_ends_with_an_empty_line(recorded: Recording) -> None:
    assert recorded.head.startswith(b"HTTP/1.1 %d " % recorded.status)
    assert recorded.head.endswith(b"\r\n\r\n")


def test_a_streamed_reply_is_read_to_its_metrics() -> None:
    assert recording("chat_stream_short").expected == Expected(
        text="The capital of France is Paris.",
        done_reason="stop",
        metrics={
            "total_duration": 401864792,
            "load_duration": 1538650,
            "prompt_eval_count": 42,
            "prompt_eval_duration": 316276000,
            "eval_count": 8,
            "eval_duration": 77590000,
        },
        ended_by="done",
    )


def test_a_tool_call_is_read_with_its_arguments() -> None:
    called = recording("tools_two_calls").expected.tool_calls
    assert called == (("get_weather", {"city": "Paris", "unit": "C"}, "call_7dtmk6gy"),)


def test_loading_a_model_has_no_metrics() -> None:
    assert recording("messages_empty_load").expected == Expected(done_reason="load", ended_by="done")


def test_a_nested_error_is_unwrapped() -> None:
    assert recording("ctx_small_truncate_false").expected == Expected(
        error="request (8080 tokens) exceeds the available context size (512 tokens), try increasing it",
        ended_by="status",
    )


def test_a_refusal_without_a_word_has_empty_words() -> None:
    assert recording("cors_foreign_origin_403").expected == Expected(error="", ended_by="status")


def test_a_plain_text_refusal_keeps_its_words() -> None:
    assert recording("unknown_path_404").expected == Expected(error="404 page not found", ended_by="status")


def test_an_error_line_ends_a_reply_and_keeps_its_text() -> None:
    expected = recording("runner_kill9_mid_stream").expected
    assert expected == Expected(
        text="Once upon a time, in the year 1910, a man named Grimjack Barn",
        error="an error was encountered while running the model: unexpected EOF",
        ended_by="error_line",
    )


def test_a_body_cut_in_the_middle_of_a_line_keeps_the_whole_lines() -> None:
    body = recording("chat_stream_short").body
    second_line = body.index(b"\n") + 1
    assert expect(200, body[: second_line + 20]) == Expected(text="The", ended_by="eof")

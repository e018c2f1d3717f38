import http.client

import pytest

from tests.support.answers import (
    Cut,
    cut_off,
    error_line,
    ndjson_chat,
    replay,
    reset_after,
    status,
    text,
    thought,
    web_page,
)
from tests.support.client import connected, raw_exchange
from tests.support.recordings import Expected, Recording, chat_recordings, recording
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Close, Hold, Pause, Send, SendChunk

FINAL = {
    "total_duration": 1,
    "load_duration": 2,
    "prompt_eval_count": 3,
    "prompt_eval_duration": 4,
    "eval_count": 5,
    "eval_duration": 6,
}
COMPLETE = [recorded for recorded in chat_recordings() if recorded.complete]
WITHOUT_END = ["server_kill9_mid_stream", "client_disconnect_close", "runner_hangs_mid_stream"]


def answered(answer: Answer) -> tuple[int, bytes]:
    with ReplayServer(answer) as server, connected(server.port) as client:
        response = client.chat()
        return response.status, response.read()


def asked(answer: Answer) -> Expected:
    with ReplayServer(answer) as server, connected(server.port) as client:
        return client.ask()


@pytest.mark.parametrize("recorded", COMPLETE, ids=lambda recorded: recorded.name)
def test_a_recording_is_replayed_to_the_byte(recorded: Recording) -> None:
    assert answered(replay(recorded)) == (recorded.status, recorded.body)


@pytest.mark.parametrize("name", ["chat_stream_short", "chat_stream_false", "cors_foreign_origin_403"])
@pytest.mark.parametrize("cut", ["one byte", "whole", (1, 7, 300), ()], ids=str)
def test_a_recording_can_be_cut_anew(name: str, cut: Cut) -> None:
    assert answered(replay(recording(name), cut)) == (recording(name).status, recording(name).body)


def test_a_cut_replay_has_the_chunks_asked_for() -> None:
    body = recording("chat_stream_short").body
    with ReplayServer(replay(recording("chat_stream_short"), cut=(1, 2, 5000))) as server:
        raw = raw_exchange(server.port)
    assert raw == recording("chat_stream_short").head + b"1\r\n%b\r\n2\r\n%b\r\n4c0\r\n%b\r\n0\r\n\r\n" % (
        body[:1],
        body[1:3],
        body[3:],
    )


@pytest.mark.parametrize("name", WITHOUT_END)
def test_a_recording_without_an_end_closes_the_connection(name: str) -> None:
    with pytest.raises(http.client.IncompleteRead) as caught:
        answered(replay(recording(name)))
    assert caught.value.partial == recording(name).body


def test_a_recording_without_an_end_can_be_left_hanging() -> None:
    assert replay(recording("runner_hangs_mid_stream"), end=Hold())[-1] == Hold()


def test_a_timed_replay_keeps_the_recorded_silences() -> None:
    recorded = recording("chat_stream_short")
    steps = replay(recorded, timed=True)
    assert steps[:5] == (
        Pause(0.328383),
        Send(recorded.head),
        SendChunk(recorded.body[:129]),
        Pause(0.356189 - 0.328383),
        SendChunk(recorded.body[129 : 129 + 136]),
    )
    assert asked(steps) == recorded.expected


def test_a_timed_replay_of_a_body_with_a_length_has_no_silence() -> None:
    recorded = recording("chat_stream_false")
    assert replay(recorded, timed=True) == (Send(recorded.head), Send(recorded.body))


def test_a_made_up_reply_reads_as_ollamas() -> None:
    assert asked(ndjson_chat(["a", text("\u2028"), thought("hm"), "b"], done_reason="length")) == Expected(
        text="a\u2028b", thinking="hm", done_reason="length", metrics=FINAL, ended_by="done"
    )


def test_an_error_line_comes_after_the_text() -> None:
    assert asked(error_line("out of memory", after=["a"])) == Expected(
        text="a", error="out of memory", ended_by="error_line"
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (status(503, {"error": "busy"}), Expected(error="busy", ended_by="status")),
        (status(404, b"nothing here", "text/plain"), Expected(error="nothing here", ended_by="status")),
        (status(403), Expected(error="", ended_by="status")),
    ],
    ids=["json", "text", "empty"],
)
def test_a_status_is_sent_with_its_body(answer: Answer, expected: Expected) -> None:
    assert asked(answer) == expected


def test_a_web_page_is_a_good_answer_of_the_wrong_kind() -> None:
    with ReplayServer(web_page()) as server, connected(server.port) as client:
        response = client.chat()
        assert (response.status, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_a_reset_breaks_the_connection() -> None:
    with pytest.raises(ConnectionResetError):
        answered(reset_after(["a"]))


def test_a_cut_off_reply_ends_without_the_end_of_the_body() -> None:
    with pytest.raises(http.client.IncompleteRead):
        answered(cut_off(["a"]))


def test_closing_before_the_head_leaves_the_client_without_an_answer() -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        answered((Close(),))

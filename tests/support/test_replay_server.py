import http.client
import json
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.answers import endless, ndjson_chat, silence_after, silence_before_headers, status
from tests.support.client import ASK, connected
from tests.support.journal import Departure, Request
from tests.support.leaks import nothing_left
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Tell, Wait


def test_the_script_is_played_in_order_and_its_last_answer_repeats() -> None:
    with ReplayServer(status(500, {"error": "first"}), ndjson_chat(["second"])) as server:
        with connected(server.port) as client:
            replies = [client.ask() for _ in range(3)]
        assert [reply.text or reply.error for reply in replies] == ["first", "second", "second"]
        assert [request.body for request in server.chats] == [ASK] * 3


def test_an_answer_may_depend_on_the_request() -> None:
    def echo(request: Request) -> Answer:
        return ndjson_chat([f"{request.method} {len(request.body)}"])

    with ReplayServer(echo) as server, connected(server.port) as client:
        assert client.ask().text == f"POST {len(ASK)}"


def test_short_requests_are_answered_as_recorded() -> None:
    names = {"/": "root_get", "/api/version": "version", "/api/tags": "tags", "/nosuch": "unknown_path_404"}
    with ReplayServer() as server, connected(server.port) as client:
        found = {path: client.get(path) for path in names}
    assert found == {path: (recording(name).status, recording(name).body) for path, name in names.items()}


def test_the_models_can_be_chosen() -> None:
    with ReplayServer(models=("tiny:1b", "huge:1t")) as server, connected(server.port) as client:
        listed = json.loads(client.get("/api/tags")[1])["models"]
        assert [model["name"] for model in listed] == ["tiny:1b", "huge:1t"]
        assert client.get("/api/ps") == (200, b'{"models": []}')


def test_an_answer_to_a_short_request_can_be_replaced() -> None:
    gets = {"/api/version": status(500, {"error": "no"})}
    with ReplayServer(gets=gets) as server, connected(server.port) as client:
        assert client.get("/api/version") == (500, b'{"error": "no"}')


def test_a_request_is_seen_before_it_is_answered() -> None:
    with ReplayServer(silence_before_headers()) as server, connected(server.port) as client:
        client.send_chat(header="kept")
        request = server.request_received()
        client.leave()
        assert server.client_gone() == Departure(request, sent=0)
    assert (request.method, request.path, request.headers["header"], request.body) == (
        "POST",
        "/api/chat",
        "kept",
        ASK,
    )


def test_a_client_that_leaves_in_the_middle_is_noticed_with_what_was_sent() -> None:
    with ReplayServer(silence_after(["a"])) as server, connected(server.port) as client:
        line = client.chat().readline()
        client.leave()
        departure = server.client_gone()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert departure == Departure(server.chats[0], len(head) + len(b"%x\r\n%b\r\n" % (len(line), line)))


def test_a_client_that_leaves_after_its_answer_is_no_departure() -> None:
    with ReplayServer() as server, connected(server.port) as client:
        client.ask()
        server.connections_are(1)
        client.leave()
        server.connections_are(0)
        with pytest.raises(AssertionError, match="0 clients that left, not 1"):
            server.client_gone(timeout=0.01)


def test_an_endless_reply_ends_when_the_client_goes() -> None:
    with ReplayServer(endless()) as server, connected(server.port) as client:
        response = client.chat()
        words = [json.loads(response.readline())["message"]["content"] for _ in range(1000)]
        assert words == ["word "] * 1000
        client.leave()
        assert server.client_gone().sent > 1000 * len("word ")


def test_steps_can_wait_for_the_test_and_tell_it_how_far_they_are() -> None:
    begun, go_on = threading.Event(), threading.Event()
    answer = ndjson_chat(["a", Tell(begun), Wait(go_on), "b"])
    with ReplayServer(answer) as server, connected(server.port) as client:
        response = client.chat()
        assert begun.wait(10)
        assert json.loads(response.readline())["message"]["content"] == "a"
        go_on.set()
        assert json.loads(response.readline())["message"]["content"] == "b"


def test_the_server_stops_while_it_is_silent_while_it_sends_and_while_it_waits() -> None:
    never = threading.Event()
    with nothing_left(), ExitStack() as clients:
        with ReplayServer(silence_before_headers(), endless("x" * 10000), ndjson_chat([Wait(never)])) as server:
            for number in (1, 2, 3):
                clients.enter_context(connected(server.port)).send_chat()
                server.request_received(number)
            server.connections_are(3)
        assert server.connections == 0


def test_a_server_can_come_back_on_the_same_port() -> None:
    with ReplayServer() as first, connected(first.port) as client:
        assert client.get("/api/version")[0] == 200
    with ReplayServer(port=first.port) as second, connected(second.port) as client:
        assert client.get("/api/version") == (200, recording("version").body)


def test_a_fault_in_a_script_fails_the_test_that_wrote_it() -> None:
    def broken(request: Request) -> Answer:
        raise ValueError(request.path)

    with pytest.raises(ExceptionGroup) as caught, ReplayServer(broken) as server:  # noqa: SIM117
        with pytest.raises(http.client.RemoteDisconnected), connected(server.port) as client:
            client.ask()
    assert [str(fault) for fault in caught.value.exceptions] == ["/api/chat"]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_as_a_program_it_says_its_port_and_serves_until_a_signal(end: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.support.replay_server", "chat_stream_short", "--models", "tiny:1b"]
    port_file = tmp_path / "port"
    with subprocess.Popen([*command, "--port-file", str(port_file)], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        port = int(program.stdout.readline())
        with connected(port) as client:
            assert client.ask() == recording("chat_stream_short").expected
        program.send_signal(end)
        assert program.wait(10) == 0
    assert port_file.read_text() == f"{port}\n"


def test_as_a_program_it_names_a_recording_that_is_not_there() -> None:
    command = [sys.executable, "-m", "tests.support.replay_server", "nosuch"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (
        2,
        "python -m tests.support.replay_server: error: argument recordings: there is no recording nosuch",
    )

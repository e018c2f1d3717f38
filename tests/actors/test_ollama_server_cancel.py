"""A cancel ends the reading thread at once, in every phase, though the server would be silent for ever.

Each time limit is an hour here, so that nothing but the cancel can end a wait within a test's patience.
"""

import threading
from collections.abc import Iterator

import pytest

from actors.cancel import Cancelled, CancelToken
from protocol.chat import ChatMessage, ChatRequest, Role
from tests.support.addresses import PATIENCE
from tests.support.answers import head, ndjson_chat, silence_after, silence_before_headers, text
from tests.support.leaks import nothing_left
from tests.support.listeners import listener
from tests.support.ports import unanswering_port
from tests.support.reading import Reading, ollama
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Forever, Hold, Send, Tell, Wait

NDJSON = "application/x-ndjson"
A_LOT = ChatRequest("tiny:1b", (ChatMessage(Role.USER, "x" * 64 * 1024 * 1024),))
"""More than the buffers between two sockets hold."""
CHUNKED, BARE = head(200, NDJSON), b"HTTP/1.0 200 OK\r\n\r\n"


@pytest.fixture(autouse=True)
def leaks() -> Iterator[None]:
    with nothing_left():
        yield


def cancelled(reading: Reading) -> bool:
    reading.cancel.cancel()
    return isinstance(reading.outcome(), Cancelled)


def test_before_anything_was_sent() -> None:
    token = CancelToken()
    token.cancel()
    with ReplayServer() as server, pytest.raises(Cancelled), ollama(server.port).open(A_LOT, token):
        pass
    assert server.requests == ()


def test_while_connecting() -> None:
    with unanswering_port() as port:
        for _ in range(20):
            reading = Reading(ollama(port))
            assert reading.cancel.looked_at.wait(PATIENCE)
            assert cancelled(reading)


def test_while_shaking_hands_for_a_secure_connection() -> None:
    with listener() as nobody:
        reading = Reading(ollama(nobody.port, scheme="https"))
        assert nobody.spoken_to.wait(PATIENCE)
        assert cancelled(reading)


def test_while_sending_a_request_that_is_not_read() -> None:
    with listener() as nobody:
        reading = Reading(ollama(nobody.port), A_LOT)
        assert nobody.spoken_to.wait(PATIENCE)
        assert cancelled(reading)
    assert nobody.heard.startswith(b"POST /api/chat HTTP/1.1\r\n")


def test_while_waiting_for_the_headers() -> None:
    with ReplayServer(silence_before_headers()) as server:
        reading = Reading(ollama(server.port))
        server.request_received()
        assert cancelled(reading)
        assert server.client_gone().sent == 0


@pytest.mark.parametrize("begin", [b"HTTP/1.1 2", b"HTTP/1.1 200 OK\r\nContent-Ty", CHUNKED[:-2]])
def test_inside_the_headers(begin: bytes) -> None:
    sent = threading.Event()
    with ReplayServer((Send(begin), Tell(sent), Hold())) as server:
        reading = Reading(ollama(server.port))
        assert sent.wait(PATIENCE)
        assert cancelled(reading)
        assert server.client_gone().sent == len(begin)


@pytest.mark.parametrize("begin", [CHUNKED, CHUNKED + b"f", CHUNKED + b"ff\r", head(200, NDJSON, 99), BARE])
def test_after_the_headers(begin: bytes) -> None:
    with ReplayServer((Send(begin), Hold())) as server:
        reading = Reading(ollama(server.port))
        assert reading.opened.wait(PATIENCE)
        assert cancelled(reading)


def test_between_chunks() -> None:
    with ReplayServer(silence_after(["a"])) as server:
        reading = Reading(ollama(server.port))
        assert b'"content":"a"' in reading.next()
        assert cancelled(reading)
        server.client_gone()


@pytest.mark.parametrize(
    "begin", [CHUNKED + b"ff\r\n{", CHUNKED + b"1\r\n{", head(200, NDJSON, 99) + b"{", BARE + b"{"]
)
def test_inside_a_chunk_whatever_the_framing(begin: bytes) -> None:
    with ReplayServer((Send(begin), Hold())) as server:
        reading = Reading(ollama(server.port))
        assert reading.next() == b"{"
        assert cancelled(reading)
        server.client_gone()


@pytest.mark.parametrize("begin", [head(500, NDJSON), head(503, NDJSON) + b"ff\r\n{", head(404, NDJSON, 99) + b"{"])
def test_inside_the_body_of_an_error(begin: bytes) -> None:
    sent = threading.Event()
    with ReplayServer((Send(begin), Tell(sent), Hold())) as server:
        reading = Reading(ollama(server.port))
        assert sent.wait(PATIENCE)
        assert cancelled(reading)
        server.client_gone()


def test_in_the_middle_of_a_flood() -> None:
    flood: Answer = (Send(CHUNKED), Forever((text("word "),)))
    with ReplayServer(flood) as server:
        reading = Reading(ollama(server.port))
        for _ in range(100):
            reading.next()
        assert cancelled(reading)
        server.client_gone()


def test_one_stream_is_cut_and_others_are_not() -> None:
    go_on = threading.Event()
    with ReplayServer(ndjson_chat(["a", Wait(go_on), "b"])) as server:
        kept, cut = Reading(ollama(server.port)), Reading(ollama(server.port))
        assert b'"a"' in kept.next()
        assert b'"a"' in cut.next()
        assert cancelled(cut)
        go_on.set()
        assert b'"b"' in kept.next()
        assert kept.outcome() is None


@pytest.mark.parametrize("path", ["/api/version", "/api/tags", "/api/ps"])
def test_a_look_at_the_server(path: str) -> None:
    token = CancelToken()
    ended = threading.Event()

    def look() -> None:
        with pytest.raises(Cancelled):
            ollama(server.port).survey(token)
        ended.set()

    with ReplayServer(gets={path: (Hold(),)}) as server:
        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        server.request_received(path=path)
        token.cancel()
        assert ended.wait(PATIENCE)

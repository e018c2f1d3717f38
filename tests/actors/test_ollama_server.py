import gzip
import json
from collections.abc import Iterator
from threading import Event

import pytest

from actors.cancel import Cancelled, CancelToken
from actors.ollama_server import OllamaServer
from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.errors import ChinwagError, ServerRefusal, ServerUnreachable, UnexpectedContent, WrongAddress
from protocol.limits import TimeLimits
from protocol.ollama_host import ServerUrl
from protocol.server_settings import ServerSettings
from tests.support.addresses import PATIENCE
from tests.support.answers import cut_off, head, ndjson_chat, opening, replay, reset_after, status, web_page
from tests.support.leaks import nothing_left
from tests.support.listeners import listener
from tests.support.ports import refusing_port, unanswering_port
from tests.support.reading import PATIENT, REQUEST, Reading, ollama, read
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Close, Forever, Hold, Pause, Reset, Send, SendChunk, Tell, Wait

NDJSON = "application/x-ndjson"
BODY = recording("chat_stream_short").body
A_BLINK = 0.05
ADVICE = "Start it with `ollama serve`, or name another with --host or OLLAMA_HOST."


@pytest.fixture(autouse=True)
def leaks() -> Iterator[None]:
    with nothing_left():
        yield


def answer_to(*script: Answer, limits: TimeLimits = PATIENT) -> bytes:
    """The whole body that comes of this answer."""
    with ReplayServer(*script) as server:
        return b"".join(read(ollama(server.port, limits)))


def fault_of(*script: Answer, limits: TimeLimits = PATIENT) -> str:
    """The kind of error that comes of this answer, its status, and its words, without the port."""
    with ReplayServer(*script) as server:
        error = fault(ollama(server.port, limits))
        return f"{error.failure.kind} {error.failure.status}: {error}".replace(server.url, "URL")


def fault(server: OllamaServer) -> ChinwagError:
    with pytest.raises(ChinwagError) as caught:
        read(server)
    return caught.value


def test_a_request_is_sent_as_ollama_wants_it() -> None:
    with ReplayServer() as server:
        read(ollama(server.port))
        (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/api/chat")
    messages = [{"role": "user", "content": "Hi"}]
    assert json.loads(request.body) == {"model": "tiny:1b", "messages": messages, "stream": True}
    assert request.headers == {
        "host": server.host,
        "user-agent": "chinwag/1.2.3",
        "accept": "application/x-ndjson, application/json",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "connection": "keep-alive",
        "content-length": str(len(request.body)),
    }


def test_a_path_in_the_address_comes_before_that_of_the_request() -> None:
    with ReplayServer() as server:
        behind_proxy = OllamaServer(ServerSettings(ServerUrl(port=server.port, path="/llm/ollama")), PATIENT, "1")
        with pytest.raises(ServerRefusal):
            read(behind_proxy)
        assert [request.path for request in server.requests] == ["/llm/ollama/api/chat"]


def test_a_chunk_is_handed_over_as_soon_as_it_is_there() -> None:
    taken = Event()
    with ReplayServer((*opening(["a", Wait(taken), "b"]), Hold())) as server:
        with ollama(server.port).open(REQUEST, CancelToken()) as body:
            first = next(iter(body))
            taken.set()
            assert [json.loads(read)["message"]["content"] for read in (first, next(iter(body)))] == ["a", "b"]
        server.client_gone()


def test_what_has_arrived_meanwhile_is_handed_over_at_once() -> None:
    sent = Event()
    with ReplayServer((*opening(["a"] * 300), Tell(sent), Hold())) as server:
        with ollama(server.port).open(REQUEST, CancelToken()) as body:
            lines = next(iter(body)).count(b"\n")
            assert sent.wait(PATIENCE)
            reads = 1
            while lines < 300:
                lines += next(iter(body)).count(b"\n")
                reads += 1
        server.client_gone()
    assert reads < 10


@pytest.mark.parametrize(
    "answer",
    [
        replay(recording("chat_stream_short")),
        replay(recording("chat_stream_short"), cut="one byte"),
        (Send(head(200, NDJSON, len(BODY)) + BODY),),
        (Send(head(200, NDJSON, len(BODY))), *(Send(BODY[at : at + 7]) for at in range(0, len(BODY), 7))),
        (Send(b"HTTP/1.0 200 OK\r\n\r\n" + BODY), Close()),
        (Send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), Send(BODY), Close()),
        (Send(b"HTTP/1.1 100 Continue\r\n\r\n" + head(200, NDJSON, len(BODY)) + BODY),),
    ],
    ids=["chunks", "tiny chunks", "a length", "a length, in pieces", "HTTP/1.0", "until it closes", "100 Continue"],
)
def test_the_body_is_the_same_however_it_is_framed(answer: Answer) -> None:
    assert answer_to(answer) == BODY


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_body_that_a_proxy_packed_is_unpacked(size: int) -> None:
    packed = gzip.compress(BODY)
    begin = f"HTTP/1.1 200 OK\r\nContent-Type: {NDJSON}\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    pieces = (SendChunk(packed[at : at + size]) for at in range(0, len(packed), size))
    assert answer_to((Send(begin.encode()), *pieces, SendChunk(b""))) == BODY


@pytest.mark.parametrize("content_type", [NDJSON, "application/json; charset=utf-8", "Application/X-NDJSON", ""])
def test_the_types_of_a_chat_are_taken(content_type: str) -> None:
    assert answer_to((Send(head(200, content_type, len(BODY)) + BODY),)) == BODY


def test_a_page_is_not_taken_for_a_chat() -> None:
    advice = "Check that the address is that of an Ollama server, and that no proxy is in the way."
    assert fault_of(web_page()) == (
        f"UnexpectedContent None: The server answered with text/html, not with a chat. {advice}"
    )


@pytest.mark.parametrize(
    ("code", "body", "kind"),
    [
        (204, None, "UnexpectedContent"),
        (301, None, "WrongAddress"),
        (400, {"error": "bad"}, "ServerRefusal"),
        (401, None, "ServerRefusal"),
        (403, None, "ServerRefusal"),
        (404, {"error": "model 'x' not found"}, "ServerRefusal"),
        (429, None, "ServerBusy"),
        (500, {"error": "bad"}, "ServerRefusal"),
        (502, b"<html>", "ServerBusy"),
        (503, {"error": "server busy, please try again."}, "ServerBusy"),
        (504, None, "ServerBusy"),
    ],
)
def test_every_status_but_200_is_an_error_of_its_kind(code: int, body: object, kind: str) -> None:
    assert fault_of(status(code, body)).startswith(f"{kind} {code}: ")


def test_a_refusal_has_the_servers_own_words() -> None:
    assert fault_of(status(400, {"error": {"message": "no such option"}})) == (
        "ServerRefusal 400: The server refused (status 400): no such option."
    )


@pytest.mark.parametrize(
    ("code", "said", "heard"),
    [
        (429, b"20", 20.0),
        (503, b" 0 ", 0.0),
        (503, b"9" * 30, 999_999.0),
        (503, b"-1", None),
        (503, b"soon", None),
        (503, b"Sat, 28 Nov 2026 05:00:00 GMT", None),
        (400, b"20", None),
    ],
)
def test_a_server_may_say_when_to_ask_again(code: int, said: bytes, heard: float | None) -> None:
    head = b"HTTP/1.1 %d Later\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n" % (code, said)
    with ReplayServer((Send(head),)) as server:
        assert fault(ollama(server.port)).failure.retry_after == heard


def test_a_redirect_is_not_followed() -> None:
    moved = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    with ReplayServer((Send(moved),)) as server:
        assert isinstance(fault(ollama(server.port)), WrongAddress)
        assert [request.path for request in server.requests] == ["/api/chat"]


def test_of_an_endless_error_only_a_part_is_read() -> None:
    endless: Answer = (Send(head(500, "text/plain")), *[SendChunk(b"x" * 32_768)] * 3, Hold())
    assert fault_of(endless) == f"ServerRefusal 500: The server failed (status 500): {'x' * 500} ..."


@pytest.mark.parametrize(
    "rest",
    [(Hold(),), (Close(),), (Reset(),), (Forever((Send(b"o"), Pause(0.001))),)],
    ids=["is silent", "ends early", "breaks", "drips"],
)
def test_an_error_is_told_with_what_comes_of_its_words_soon(rest: Answer) -> None:
    no = (Send(head(404, "text/plain", 100_000) + b"no"), *rest)
    assert fault_of(no, limits=TimeLimits(survey=4 * A_BLINK)).startswith(
        "ServerRefusal 404: The server refused (status 404): no"
    )


def test_the_beginning_of_a_page_is_kept_for_the_log() -> None:
    with ReplayServer(web_page(), (Send(head(200, "text/html", 9000) + b"<" * 8000), Hold())) as server:
        errors = [fault(ollama(server.port, TimeLimits(survey=A_BLINK))) for _ in range(2)]
    begun = b"<!DOCTYPE html><title>Log in</title><p>Log in to continue."
    assert [error.offending for error in errors if isinstance(error, UnexpectedContent)] == [begun, b"<" * 500]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (cut_off(["a"]), "it ended before the reply did"),
        (reset_after(["a"]), "connection reset by peer"),
        ((Send(head(200, NDJSON) + b"ff\r\n{"), Close()), "it ended before the reply did"),
        ((Send(head(200, NDJSON, 99) + b"{"), Close()), "it ended before the reply did"),
        ((Send(head(200, NDJSON) + b"what?\r\n"), Close()), "it ended before the reply did"),
        ((Close(),), "closed without an answer"),
        ((Send(b"What?\r\n\r\n"), Close()), "it does not speak HTTP as it should"),
    ],
    ids=["between chunks", "by a reset", "inside a chunk", "before its length", "no chunk", "no answer", "no HTTP"],
)
def test_a_connection_that_breaks_is_lost(answer: Answer, reason: str) -> None:
    assert fault_of(answer) == f"ConnectionLost None: The connection to URL broke ({reason}). Try again."


def test_a_body_that_cannot_be_unpacked_is_malformed() -> None:
    begin = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\nno gzip"
    assert fault_of((Send(begin),)) == (
        "MalformedFrame None: The server at URL sent a body that cannot be unpacked. Try again."
    )


@pytest.mark.parametrize(
    ("answer", "limits"),
    [
        ((Hold(),), TimeLimits(first_byte=A_BLINK)),
        ((Send(head(200, NDJSON)), Hold()), TimeLimits(idle=A_BLINK)),
        ((*opening(["a"]), Hold()), TimeLimits(idle=A_BLINK)),
        ((Send(head(200, NDJSON) + b"ff\r\n{"), Hold()), TimeLimits(idle=A_BLINK)),
    ],
    ids=["before the headers", "after the headers", "between chunks", "inside a chunk"],
)
def test_a_silence_over_the_limit_of_its_phase_is_an_error(answer: Answer, limits: TimeLimits) -> None:
    assert fault_of(answer, limits=limits) == (
        "ServerSilent None: The server at URL was silent for longer than the time limit. Try again."
    )


def test_each_phase_has_a_limit_of_its_own() -> None:
    silences = [Pause(0.15)] * 3
    slow_to_begin = ndjson_chat(["a"])
    assert b"a" in answer_to((Pause(0.15), *slow_to_begin), limits=TimeLimits(connect=A_BLINK, idle=A_BLINK))
    assert b"a" in answer_to(ndjson_chat(["a", *silences, "b"]), limits=TimeLimits(first_byte=A_BLINK * 2, idle=30.0))


def test_a_request_that_is_read_slowly_is_not_held_to_the_limit_for_connecting() -> None:
    large = ChatRequest("tiny:1b", (ChatMessage(Role.USER, "x" * 64 * 1024 * 1024),))
    limits = TimeLimits(connect=A_BLINK, first_byte=3600.0)
    with listener() as slow:
        reading = Reading(ollama(slow.port, limits), large)
        assert slow.spoken_to.wait(PATIENCE)
        assert not reading.has_ended(4 * A_BLINK)
        reading.cancel.cancel()
        assert isinstance(reading.outcome(), Cancelled)


def test_a_server_that_refuses_is_unreachable() -> None:
    with refusing_port() as port:
        assert (
            str(fault(ollama(port))) == f"No server answers at http://127.0.0.1:{port} (connection refused). {ADVICE}"
        )


def test_a_server_that_does_not_even_refuse_is_unreachable_after_the_limit_for_connecting() -> None:
    with unanswering_port() as port:
        error = fault(ollama(port, TimeLimits(connect=A_BLINK)))
    assert (error.failure.kind, str(error)) == (
        "ServerUnreachable",
        f"Nothing answered at http://127.0.0.1:{port} within the time limit for connecting. {ADVICE}",
    )


def test_a_name_that_is_none_is_unreachable() -> None:
    error = fault(OllamaServer(ServerSettings(ServerUrl(host="no-such-host.invalid")), PATIENT, "1"))
    assert isinstance(error, ServerUnreachable)
    assert "no-such-host.invalid" in str(error)


def test_a_server_that_speaks_no_tls_is_not_taken_for_a_secure_one() -> None:
    with listener(b"HTTP/1.1 400 Bad Request\r\n\r\n") as plain:
        error = fault(ollama(plain.port, scheme="https"))
    assert isinstance(error, WrongAddress)
    assert str(error).startswith(f"The secure connection to https://127.0.0.1:{plain.port} failed (")


def test_servers_are_reached_over_ipv6_too() -> None:
    page = b"HTTP/1.0 200 OK\r\n\r\n" + BODY
    with listener(page, host="::1") as six:
        with ollama(six.port, host="::1").open(REQUEST, CancelToken()) as body:
            assert next(iter(body)) == BODY
        assert f"Host: [::1]:{six.port}\r\n".encode() in six.heard

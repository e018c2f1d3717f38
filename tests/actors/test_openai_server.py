import json
from collections.abc import Iterator
from threading import Event

import pytest

from actors.cancel import Cancelled, CancelToken
from actors.openai_server import OpenAiServer
from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.errors import ServerRefusal, ServerSilent
from protocol.frames import Chunk
from protocol.limits import TimeLimits
from protocol.models import InstalledModel, ServerSurvey
from protocol.ollama_host import ServerUrl
from protocol.server_settings import Dialect, ServerSettings
from tests.support.addresses import PATIENCE
from tests.support.answers import head, status
from tests.support.clock import FakeClock
from tests.support.leaks import nothing_left
from tests.support.openai_answers import delta, sse_chat, sse_opening
from tests.support.ports import refusing_port
from tests.support.reading import PATIENT, REQUEST, Reading, read
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Hold, Send, SendChunk, Wait

COMMENT = b": still here\n\n"


@pytest.fixture(autouse=True)
def leaks() -> Iterator[None]:
    with nothing_left():
        yield


def openai(port: int, limits: TimeLimits = PATIENT, clock: FakeClock | None = None) -> OpenAiServer:
    settings = ServerSettings(ServerUrl(port=port, path="/v1"), dialect=Dialect.OPENAI)
    return OpenAiServer(settings, limits, "1.2.3", clock or FakeClock())


def survey(port: int, limits: TimeLimits = PATIENT) -> ServerSurvey:
    return openai(port, limits).survey(CancelToken())


def test_a_request_is_sent_as_this_dialect_has_it() -> None:
    with ReplayServer(sse_chat(["Fine."])) as server:
        read(openai(server.port))
        (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert json.loads(request.body) == {
        "model": "tiny:1b",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert request.headers == {
        "host": server.host,
        "user-agent": "chinwag/1.2.3",
        "accept": "text/event-stream, application/json",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "connection": "keep-alive",
        "content-length": str(len(request.body)),
    }


def test_a_server_that_refuses_to_count_is_asked_without_that_and_not_for_it_again() -> None:
    refusal = status(422, {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]})
    with ReplayServer(refusal, sse_chat(["Fine."])) as server:
        source = openai(server.port)
        read(source)
        read(source)
        assert ["stream_options" in json.loads(request.body) for request in server.chats] == [True, False, False]


def test_two_that_are_refused_for_it_at_once_are_both_asked_again() -> None:
    refusal = status(422, {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]})
    late = Event()
    with ReplayServer((Wait(late), *refusal), refusal, sse_chat(["Fine."]), sse_chat(["Fine."])) as server:
        source = openai(server.port)
        first = Reading(source)
        server.request_received(path="/v1/chat/completions")
        read(source)
        late.set()
        assert first.outcome() is None


def test_any_other_refusal_is_one() -> None:
    with ReplayServer(status(422, {"detail": "no"})) as server, pytest.raises(ServerRefusal):
        read(openai(server.port))


def test_a_chunk_is_handed_over_as_soon_as_it_is_there() -> None:
    with ReplayServer((*sse_opening(["a"]), Hold())) as server:
        with openai(server.port).open(REQUEST, CancelToken()) as body:
            assert next(iter(body)) == delta(content="a").data
        server.client_gone()


def test_a_whole_reply_is_asked_for_and_read_as_one() -> None:
    message = {"role": "assistant", "content": "Fine."}
    with ReplayServer(status(200, {"choices": [{"message": message, "finish_reason": "stop"}]})) as server:
        request = ChatRequest("tiny:1b", (ChatMessage(Role.USER, "Hi"),), stream=False)
        with openai(server.port).open(request, CancelToken()) as body:
            decoder = body.decoder(1000)
            assert [frame for data in body for frame in decoder.feed(data)] == []
            assert len(decoder.flush()) == 2
        assert json.loads(server.chats[0].body)["stream"] is False


@pytest.mark.parametrize(
    "answer", [(Hold(),), (*sse_opening([]), Hold()), (*sse_opening(["Once"]), SendChunk(COMMENT), Hold())]
)
def test_a_cancel_ends_it_at_once_in_every_phase(answer: Answer) -> None:
    with ReplayServer(answer) as server:
        reading = Reading(openai(server.port))
        server.request_received(path="/v1/chat/completions")
        reading.cancel.cancel()
        assert isinstance(reading.outcome(), Cancelled)
        server.client_gone()


def test_comments_count_as_life_and_not_for_ever() -> None:
    clock, late = FakeClock(), Event()
    with ReplayServer((*sse_opening(["Once"]), Wait(late), SendChunk(COMMENT), Hold())) as server:
        source = openai(server.port, TimeLimits(first_byte=PATIENCE, idle=PATIENCE), clock)
        with source.open(REQUEST, CancelToken()) as body:
            decoder, pieces = body.decoder(1000), iter(body)
            assert decoder.feed(next(pieces)) == [Chunk("Once")]
            late.set()
            assert decoder.feed(next(pieces)) == []
            clock.advance(PATIENCE + 1)
            with pytest.raises(ServerSilent) as caught:
                next(pieces)
    assert str(caught.value) == (
        f"The server at {server.url}/v1 said that it lives, and nothing else, for longer than the time limit. "
        "Try again."
    )


def test_a_server_is_known_by_its_models_and_says_nothing_more() -> None:
    names = "smollm2-tools:135m", "smollm2-think:135m", "gemma3:270m", "smollm2:135m"
    with ReplayServer() as server:
        assert survey(server.port) == ServerSurvey(
            f"{server.url}/v1", models=tuple(InstalledModel(name) for name in names), running=None
        )
        assert [request.path for request in server.requests] == ["/v1/models"]


@pytest.mark.parametrize(
    "models",
    [
        {"object": "list", "data": []},
        {"data": None},
        {"data": [], "models": [{"name": "x", "model": "x"}]},
    ],
)
def test_a_server_without_a_model_is_one_all_the_same(models: object) -> None:
    with ReplayServer(gets={"/v1/models": status(200, models)}) as server:
        assert survey(server.port) == ServerSurvey(f"{server.url}/v1")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (status(401, {"error": "no"}), "ServerRefusal"),
        (status(404, {"detail": "Not Found"}), "ServerRefusal"),
        (status(503, {"error": {"message": "Loading model"}}), "ServerBusy"),
        (status(200, {"models": []}), "MalformedFrame"),
        (status(200, b"<html>"), "MalformedFrame"),
        ((Hold(),), "ServerSilent"),
        ((Send(head(200, "application/json", 9)), Hold()), "ServerSilent"),
    ],
)
def test_a_server_that_cannot_be_used_is_a_result(answer: Answer, kind: str) -> None:
    with ReplayServer(gets={"/v1/models": answer}) as server:
        failure = survey(server.port, TimeLimits(survey=0.2)).failure
    assert failure is not None
    assert failure.kind == kind


def test_a_server_that_is_away_is_a_result() -> None:
    with refusing_port() as port:
        failure = survey(port).failure
    assert str(failure) == (
        f"No server answers at http://127.0.0.1:{port}/v1 (connection refused). "
        "Start it, or name another with --host or OLLAMA_HOST."
    )


def test_closing_is_done_at_once() -> None:
    assert openai(1).close(0.0)

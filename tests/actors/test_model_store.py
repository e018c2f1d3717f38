"""The store of models over real sockets: what is sent, what comes back, and how it is broken off."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from actors.cancel import Cancelled, CancelToken
from actors.embedded import EmbeddedServer
from actors.fallback import FallbackServer
from actors.model_store import NoStore, store_of
from actors.ollama_server import OllamaServer
from actors.store_pool import StorePool
from protocol.errors import ChinwagError, ConnectionLost, MalformedFrame, ServerRefusal, ServerSilent, ServerUnreachable
from protocol.limits import ResourceLimits, TimeLimits
from protocol.model_work import WorkBroken, WorkFinished, WorkProgressed
from protocol.models import ServerSurvey
from protocol.ollama_host import ServerUrl
from protocol.progress import Layer, Progress
from protocol.secret import Secret
from protocol.server_settings import ServerSettings
from protocol.store import (
    AskDetails,
    CopyModel,
    CreateModel,
    DeleteModel,
    JobId,
    LoadModel,
    ModelCard,
    PullModel,
    StoreWork,
    UnloadModel,
)
from protocol.store_reader import StartWork
from tests.support.addresses import PATIENCE, QueueAddress
from tests.support.answers import replay, status, web_page
from tests.support.chatting import over_http
from tests.support.engine import ScriptedServer
from tests.support.leaks import nothing_left
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer
from tests.support.store import ONE, OTHER, SUCCESS, layer, line, streamed
from tests.support.wire import Close, Hold, Reset

JOB, PULL = JobId("pull"), PullModel("tiny")
QUICK = ResourceLimits(time=TimeLimits(5.0, 0.2, 0.2, 0.2))


def body(server: ReplayServer, path: str) -> object:
    request = server.request_received(1, path)
    return request.method, json.loads(request.body)


def test_every_short_request_is_sent_and_its_recorded_answer_read() -> None:
    store = {
        "/api/show": [replay(recording("show_smollm2"))],
        "/api/delete": [replay(recording("delete_ok"))],
        "/api/copy": [replay(recording("copy_ok"))],
        "/api/generate": [replay(recording("generate_unload"))],
    }
    cancel = CancelToken()
    with ReplayServer(store=store) as server:
        http = over_http(server.port)
        card = http.ask(AskDetails("smollm2:135m"), cancel)
        assert isinstance(card, ModelCard)
        assert (card.name, card.context_length) == ("smollm2:135m", 8192)
        for question in (DeleteModel("a"), CopyModel("a", "b"), UnloadModel("a")):
            assert http.ask(question, cancel) is None
        assert body(server, "/api/show") == ("POST", {"model": "smollm2:135m"})
        assert body(server, "/api/delete") == ("DELETE", {"model": "a"})
        assert body(server, "/api/copy") == ("POST", {"source": "a", "destination": "b"})
        assert body(server, "/api/generate") == ("POST", {"model": "a", "keep_alive": 0, "stream": False})


@pytest.mark.parametrize(
    ("name", "question"), [("show_unknown", AskDetails("a")), ("delete_unknown", DeleteModel("a"))]
)
def test_a_model_that_is_not_there_is_a_refusal(name: str, question: AskDetails | DeleteModel) -> None:
    path = f"/api/{name.partition('_')[0]}"
    with ReplayServer(store={path: [replay(recording(name))]}) as server, pytest.raises(ServerRefusal) as caught:
        over_http(server.port).ask(question, CancelToken())
    assert caught.value.failure.status == 404
    assert "not found" in str(caught.value)


@pytest.mark.parametrize("answer", [web_page(), status(200, b"{}")])
def test_an_unload_that_is_not_answered_as_ollama_does_is_an_error(answer: object) -> None:
    with ReplayServer(store={"/api/generate": [answer]}) as server, pytest.raises(MalformedFrame):  # type: ignore[list-item]
        over_http(server.port).ask(UnloadModel("a"), CancelToken())


def test_a_load_is_a_chat_without_messages() -> None:
    with ReplayServer(replay(recording("messages_empty_load"))) as server:
        assert told(server, LoadModel("tiny", "10m")) == [WorkFinished(JOB, 1, Progress())]
        sent = json.loads(server.chats[0].body)
    assert sent == {"model": "tiny", "messages": [], "stream": False, "keep_alive": "10m"}


def test_a_model_is_made_of_the_parts_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "Modelfile"
    file.write_text("FROM tiny\nSYSTEM Be brief.\n")
    with ReplayServer(store={"/api/create": [streamed(SUCCESS)]}) as server:
        assert told(server, CreateModel("new", str(file), "q4_K_M")) == [WorkFinished(JOB, 1, Progress("success"))]
        sent = json.loads(server.request_received(1, "/api/create").body)
    assert sent == {"model": "new", "from": "tiny", "system": "Be brief.", "quantize": "q4_K_M", "stream": True}


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"nonsense", b"FROM a\n" * 1_000_000])
def test_a_file_that_is_no_modelfile_is_refused_before_anything_is_sent(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "Modelfile"
    file.write_bytes(content)
    with ReplayServer() as server:
        (broken,) = told(server, CreateModel("new", str(file)))
        assert server.requests == ()
    assert isinstance(broken, WorkBroken)
    assert broken.failure.kind == "InterfaceError"


def test_a_modelfile_that_is_not_there_is_named() -> None:
    with ReplayServer() as server:
        (broken,) = told(server, CreateModel("new", "/nonexistent/Modelfile"))
    assert isinstance(broken, WorkBroken)
    assert broken.failure.summary == ("The Modelfile /nonexistent/Modelfile cannot be read: No such file or directory.")


def test_nothing_is_waited_for_where_a_modelfile_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with ReplayServer(store={"/api/create": [status(500)]}) as server:
        (broken,) = told(server, CreateModel("new", str(tmp_path / "pipe")))
    assert isinstance(broken, WorkBroken)
    assert broken.failure.summary == f"The Modelfile {tmp_path}/pipe cannot be read: it is no file."


def told(
    server: ReplayServer, work: StoreWork = PULL, limits: ResourceLimits | None = None
) -> list[WorkProgressed | WorkFinished | WorkBroken]:
    """What the Coordinator is told of a work, to its end, without the words between."""
    coordinator = QueueAddress[object]()
    with nothing_left():
        pool = StorePool(over_http(server.port, limits), coordinator)
        pool.open(StartWork(JOB, 1, work))
        while not isinstance(end := coordinator.next(), WorkFinished | WorkBroken):
            assert isinstance(end, WorkProgressed)
        assert pool.stop_all(PATIENCE)
    return [end]


def test_the_recorded_pull_is_read_from_a_real_socket() -> None:
    with ReplayServer(store={"/api/pull": [replay(recording("pull_ok_stream"))]}) as server:
        (end,) = told(server)
        assert body(server, "/api/pull") == ("POST", {"model": "tiny", "stream": True})
    assert isinstance(end, WorkFinished)
    assert (end.progress.status, end.progress.total) == ("success", 16240209)


REGISTRY = "The server cannot reach the registry of the models: pull model manifest: Get "


@pytest.mark.parametrize("name", ["pull_nonexistent", "pull_loopback_registry_refused"])
def test_a_recorded_pull_that_fails_is_told_in_the_servers_words(name: str) -> None:
    with ReplayServer(store={"/api/pull": [replay(recording(name))]}) as server:
        (end,) = told(server)
    assert isinstance(end, WorkBroken)
    assert end.failure.summary.startswith(REGISTRY)
    assert end.failure.advice == "Check the server's way to the internet, then try again."


@pytest.mark.parametrize(
    ("step", "kind"), [(Close(), ConnectionLost), (Reset(), ConnectionLost), (Hold(), ServerSilent)], ids=repr
)
def test_a_pull_that_breaks_or_stalls_keeps_what_came(step: Close | Reset | Hold, kind: type[ChinwagError]) -> None:
    answer = streamed(layer(ONE, 400), step, ends=False)
    with ReplayServer(store={"/api/pull": [answer]}) as server:
        (end,) = told(server, limits=QUICK)
    assert isinstance(end, WorkBroken)
    assert (end.failure.kind, end.progress.layers) == (kind.__name__, (Layer(ONE, 1000, 400),))


def test_a_key_that_a_server_repeats_is_told_to_nobody() -> None:
    secret, coordinator = "sk-7-herring", QueueAddress[object]()
    store = {
        "/api/pull": [streamed(line(status=f"pulling with {secret}"), line(error=f"{secret} is no key"))],
        "/api/show": [status(401, {"error": f"{secret} is no key"})],
    }
    with ReplayServer(store=store) as server, nothing_left():
        settings = ServerSettings(ServerUrl(port=server.port), key=Secret.of(secret))
        http = OllamaServer(settings, TimeLimits(), "1")
        pool = StorePool(http, coordinator)
        pool.open(StartWork(JOB, 1, PULL))
        broken = coordinator.until(WorkBroken)
        with pytest.raises(ServerRefusal) as caught:
            http.ask(AskDetails("a"), CancelToken())
        assert pool.stop_all(PATIENCE)
        assert {one.headers["authorization"] for one in server.requests} == {f"Bearer {secret}"}
    assert secret not in f"{coordinator.taken} {caught.value}"
    assert (broken.progress.status, broken.failure.summary) == (
        "pulling with ***",
        "The server could not do it: *** is no key.",
    )


def test_absurd_numbers_and_names_harm_nothing() -> None:
    lines = [
        layer(ONE, 1e300, 0),
        layer(ONE, -5, -7),
        layer(OTHER, 10**40, 1000),
        layer("\x1b[2J/../x", 5, 10),
        SUCCESS,
    ]
    with ReplayServer(store={"/api/pull": [streamed(*lines)]}) as server:
        (end,) = told(server)
    assert isinstance(end, WorkFinished)
    assert end.progress.layers == (Layer(ONE, 0, 0), Layer(OTHER, 1000, 0), Layer("\x1b[2J/../x", 10, 5))


def test_a_pull_that_never_ends_is_stopped_at_once_and_tells_nothing_more() -> None:
    coordinator = QueueAddress[object]()
    with ReplayServer(store={"/api/pull": [streamed(layer(ONE, 1), Hold())]}) as server, nothing_left():
        pool = StorePool(over_http(server.port), coordinator)
        pool.open(StartWork(JOB, 1, PULL))
        coordinator.until(WorkProgressed)
        pool.close(JOB)
        server.client_gone()
        assert pool.stop_all(PATIENCE)
        assert coordinator.drain() == []


def test_a_question_is_cancelled_while_the_server_is_silent() -> None:
    cancel, raised = CancelToken(), list[BaseException]()
    with ReplayServer(store={"/api/show": [(Hold(),)]}) as server:
        asking = threading.Thread(
            target=_keep, args=(raised, lambda: over_http(server.port).ask(AskDetails("a"), cancel))
        )
        asking.start()
        server.request_received(1, "/api/show")
        cancel.cancel()
        asking.join(PATIENCE)
    assert [type(one) for one in raised] == [Cancelled]


def _keep(raised: list[BaseException], act: Callable[[], object]) -> None:
    try:
        act()
    except Cancelled as error:
        raised.append(error)


def test_a_server_that_has_no_store_refuses_in_one_sentence() -> None:
    store = store_of(ScriptedServer())
    assert isinstance(store, NoStore)
    with pytest.raises(ChinwagError, match="This server does not manage models"):
        store.ask(DeleteModel("a"), CancelToken())
    with pytest.raises(ChinwagError, match="This server does not manage models"), store.work(PULL, CancelToken()):
        pass


def test_the_embedded_model_refuses_in_one_sentence_and_is_always_there() -> None:
    server = EmbeddedServer(Path("no such file"))
    with pytest.raises(ChinwagError, match="The embedded demo model is the only one here"):
        server.ask(AskDetails("a"), CancelToken())
    with pytest.raises(ChinwagError, match="The embedded demo model is"), server.work(PULL, CancelToken()):
        pass
    with server.work(LoadModel("a"), CancelToken()) as lines:
        assert list(lines) == [b'{"done":true}\n']
    assert server.close(PATIENCE)


def test_whoever_answers_in_the_place_of_a_server_has_its_store() -> None:
    away = ServerSurvey("here", failure=ServerUnreachable("No server answers.").failure)
    embedded = EmbeddedServer(Path("no such file"))
    server = FallbackServer(ScriptedServer(survey=away), embedded)
    with pytest.raises(ChinwagError, match="The embedded demo model is the only one here"):
        server.ask(AskDetails("a"), CancelToken())
    assert server.close(PATIENCE)

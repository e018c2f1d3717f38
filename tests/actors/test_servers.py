import pytest

from actors.cancel import CancelToken
from actors.embedded import EmbeddedServer, find_embedded_model
from actors.servers import DeferredServer, build_server
from actors.source import Server
from protocol.chat import ChatRequest
from protocol.errors import ApplicationError
from protocol.models import ServerSurvey
from protocol.ollama_host import ServerUrl
from protocol.server_settings import EmbeddedUse, ServerSettings
from protocol.settings import EngineSettings
from tests.support.engine import ScriptedServer
from tests.support.ports import refusing_port
from tests.support.replay_server import ReplayServer

ASK = ChatRequest("tiny", ())
SURVEY = ServerSurvey("scripted")
missing = pytest.mark.skipif(find_embedded_model() is not None, reason="the embedded model is installed here")
there = pytest.mark.skipif(find_embedded_model() is None, reason="the embedded model is not installed here")


class Builder:
    """Builds a server, and counts how often."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.built = 0

    def __call__(self) -> Server:
        self.built += 1
        return self._server


def settings(use: EmbeddedUse, port: int = 1) -> EngineSettings:
    return EngineSettings(ServerSettings(ServerUrl(port=port), use))


def test_a_server_is_not_built_until_it_is_asked_and_then_once() -> None:
    scripted = ScriptedServer(b"one", survey=SURVEY)
    build = Builder(scripted)
    server = DeferredServer(build, "scripted")
    assert build.built == 0
    assert server.survey(CancelToken()) == SURVEY
    with server.open(ASK, CancelToken()) as body:
        assert list(body) == [b"one"]
    assert build.built == 1
    assert scripted.requests == [ASK]


def test_closing_what_was_never_built_builds_nothing() -> None:
    build = Builder(ScriptedServer())
    assert DeferredServer(build, "scripted").close(1.0) is True
    assert build.built == 0


@pytest.mark.parametrize("in_time", [True, False])
def test_closing_closes_what_was_built_and_says_whether_it_was_in_time(in_time: bool) -> None:
    scripted = ScriptedServer(survey=SURVEY, closes=in_time)
    server = DeferredServer(Builder(scripted), "scripted")
    server.survey(CancelToken())
    assert server.close(1.5) is in_time
    assert scripted.closed_within == [1.5]


def test_by_itself_the_server_of_the_settings_answers_and_nothing_else() -> None:
    with ReplayServer(models=["tiny"]) as remote:
        server = build_server(settings(EmbeddedUse.NEVER, remote.port))
        survey = server.survey(CancelToken())
    assert (survey.server, survey.names, survey.failure) == (remote.url, ("tiny",), None)
    assert server.close(1.0)


def test_without_the_embedded_model_a_server_that_is_away_is_a_failure() -> None:
    with refusing_port() as port:
        failure = build_server(settings(EmbeddedUse.NEVER, port)).survey(CancelToken()).failure
    assert failure is not None
    assert str(failure) == (
        f"No server answers at http://127.0.0.1:{port} (connection refused). "
        "Start it with `ollama serve`, or name another with --host or OLLAMA_HOST."
    )


@missing
def test_an_embedded_model_that_is_not_installed_cannot_be_had() -> None:
    with pytest.raises(ApplicationError) as caught:
        build_server(settings(EmbeddedUse.ALWAYS))
    assert str(caught.value) == "The embedded model is not installed. scripts/chat installs it, or see the README."


@missing
def test_without_an_embedded_model_there_is_nothing_to_fall_back_to() -> None:
    assert isinstance(build_server(settings(EmbeddedUse.FALLBACK)), DeferredServer)


@there
def test_the_embedded_model_answers_when_it_is_wanted() -> None:
    server = build_server(settings(EmbeddedUse.ALWAYS))
    assert isinstance(server, EmbeddedServer)
    assert server.close(10.0)

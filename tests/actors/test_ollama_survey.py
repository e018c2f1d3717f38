from collections.abc import Iterator

import pytest

from actors.cancel import CancelToken
from protocol.limits import TimeLimits
from protocol.models import RunningModel, ServerSurvey
from tests.support.answers import cut_off, head, status, web_page
from tests.support.leaks import nothing_left
from tests.support.ports import refusing_port
from tests.support.reading import ollama
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Hold, Send

LIMITS = TimeLimits(survey=0.05)


@pytest.fixture(autouse=True)
def leaks() -> Iterator[None]:
    with nothing_left():
        yield


def look(gets: dict[str, Answer], limits: TimeLimits | None = None) -> ServerSurvey:
    with ReplayServer(models=["tiny:1b", "huge:70b"], gets=gets) as server:
        return ollama(server.port, limits or TimeLimits()).survey(CancelToken())


def kind_of(survey: ServerSurvey) -> str:
    return survey.failure.kind if survey.failure else ""


def test_a_server_is_known_by_its_version_its_models_and_what_it_runs() -> None:
    loaded = {"models": [{"name": "tiny:1b", "size": 7, "context_length": 4096, "expires_at": "2026"}]}
    with ReplayServer(models=["tiny:1b", "huge:70b"], gets={"/api/ps": status(200, loaded)}) as server:
        survey = ollama(server.port).survey(CancelToken())
        assert [request.path for request in server.requests] == ["/api/version", "/api/tags", "/api/ps"]
    assert (survey.server, survey.version, survey.names) == (server.url, "0.32.15", ("tiny:1b", "huge:70b"))
    assert survey.running == (RunningModel("tiny:1b", 7, 4096),)
    assert (survey.failure, survey.notice) == (None, "")


@pytest.mark.parametrize("answer", [status(404), web_page(), cut_off([])], ids=["unknown", "a page", "broken"])
def test_a_server_that_does_not_say_what_it_runs_can_be_used(answer: Answer) -> None:
    survey = look({"/api/ps": answer})
    assert (survey.names, survey.running, survey.failure) == (("tiny:1b", "huge:70b"), None, None)


@pytest.mark.parametrize("path", ["/api/version", "/api/tags"])
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (status(404), "ServerRefusal"),
        (status(503), "ServerBusy"),
        (status(302), "WrongAddress"),
        (status(200, b"<html>", "text/html"), "MalformedFrame"),
        (status(200, {"models": 7}), "MalformedFrame"),
        (cut_off([]), "ConnectionLost"),
    ],
)
def test_a_server_that_cannot_be_used_is_a_result(path: str, answer: Answer, kind: str) -> None:
    survey = look({path: answer})
    assert (kind_of(survey), survey.names, survey.version) == (kind, (), "")


@pytest.mark.parametrize("path", ["/api/version", "/api/tags"])
@pytest.mark.parametrize("begin", [b"", head(200, "application/json", 99) + b"{"], ids=["mute", "stuck"])
def test_a_silent_server_is_not_waited_for_long(path: str, begin: bytes) -> None:
    assert kind_of(look({path: (Send(begin), Hold())}, LIMITS)) == "ServerSilent"


def test_a_server_that_is_away_is_a_result() -> None:
    with refusing_port() as port:
        survey = ollama(port).survey(CancelToken())
    assert (survey.server, kind_of(survey)) == (f"http://127.0.0.1:{port}", "ServerUnreachable")


def test_closing_is_done_at_once_and_any_number_of_times() -> None:
    server = ollama(1)
    assert (server.close(0.0), server.close(0.0)) == (True, True)

import pytest

from actors.cancel import CancelToken
from actors.fallback import FallbackServer
from protocol.chat import ChatRequest
from protocol.errors import ChinwagError, ServerSilent, ServerUnreachable, UnexpectedContent
from protocol.models import ServerSurvey
from tests.support.engine import ScriptedServer

ASK = ChatRequest("tiny", ())
REMOTE, EMBEDDED = ServerSurvey("remote"), ServerSurvey("embedded")
AWAY = ServerSurvey("remote", failure=ServerUnreachable("No server answers.").failure)


def ask(server: FallbackServer) -> list[bytes]:
    with server.open(ASK, CancelToken()) as body:
        return list(body)


def test_a_server_that_answers_the_first_look_is_asked_from_then_on() -> None:
    first, second = ScriptedServer(b"remote", survey=REMOTE), ScriptedServer(b"embedded", survey=EMBEDDED)
    server = FallbackServer(first, second)
    assert server.survey(CancelToken()) == REMOTE
    first.found = AWAY
    assert server.survey(CancelToken()) == AWAY
    assert ask(server) == [b"remote"]


def test_where_no_server_is_the_embedded_model_answers_from_then_on() -> None:
    first, second = ScriptedServer(b"remote", survey=AWAY), ScriptedServer(b"embedded", survey=EMBEDDED)
    server = FallbackServer(first, second)
    assert server.survey(CancelToken()) == EMBEDDED
    first.found = REMOTE
    assert server.survey(CancelToken()) == EMBEDDED
    assert ask(server) == [b"embedded"]


@pytest.mark.parametrize(("survey", "answer"), [(REMOTE, b"remote"), (AWAY, b"embedded")], ids=["answers", "is away"])
def test_a_chat_before_any_look_looks_first(survey: ServerSurvey, answer: bytes) -> None:
    first, second = ScriptedServer(b"remote", survey=survey), ScriptedServer(b"embedded", survey=EMBEDDED)
    server = FallbackServer(first, second)
    assert [ask(server), ask(server)] == [[answer], [answer]]
    assert first.surveys == 1


@pytest.mark.parametrize("error", [ServerSilent("Silent."), UnexpectedContent("A page.")], ids=["silent", "no Ollama"])
def test_a_server_that_is_there_but_unwell_is_not_replaced_in_silence(error: ChinwagError) -> None:
    unwell = ServerSurvey("remote", failure=error.failure)
    server = FallbackServer(ScriptedServer(b"remote", survey=unwell), ScriptedServer(b"embedded", survey=EMBEDDED))
    assert server.survey(CancelToken()) == unwell
    assert ask(server) == [b"remote"]


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True), (False, False), (True, True)])
def test_closing_closes_both_even_if_one_is_late(first: bool, second: bool) -> None:
    servers = ScriptedServer(closes=first), ScriptedServer(closes=second)
    assert FallbackServer(*servers).close(2.0) is (first and second)
    assert [each.closed_within for each in servers] == [[2.0], [2.0]]

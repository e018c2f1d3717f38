from actors.cancel import CancelToken
from actors.server_router import ServerRouter
from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.identity import ServerName
from protocol.models import ServerSurvey
from tests.support.engine import ScriptedServer

MILL = ServerName("mill")


def read(router: ServerRouter, server: str) -> bytes:
    """What is answered to a request for this server."""
    request = ChatRequest("tiny", (ChatMessage(Role.USER, "Hi"),), server=ServerName(server))
    with router.open(request, CancelToken()) as body:
        return b"".join(body)


def test_each_request_goes_to_the_server_that_it_names_and_any_other_to_the_default() -> None:
    router = ServerRouter(ScriptedServer(b"one"), {MILL: ScriptedServer(b"two")})
    assert [read(router, name) for name in ("", "mill", "shed")] == [b"one", b"two", b"one"]


def test_a_look_is_at_the_default() -> None:
    router = ServerRouter(ScriptedServer(survey=ServerSurvey("here")), {MILL: ScriptedServer(survey=ServerSurvey("x"))})
    assert router.survey(CancelToken()) == ServerSurvey("here")


def test_all_are_closed_even_if_one_is_late() -> None:
    servers = ScriptedServer(closes=False), ScriptedServer(), ScriptedServer()
    router = ServerRouter(servers[0], {MILL: servers[1], ServerName("barn"): servers[2]})
    assert not router.close(1.0)
    assert [len(server.closed_within) for server in servers] == [1, 1, 1]

"""As whom a server is asked, and by which way, over real sockets."""

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from actors.cancel import CancelToken
from actors.http_access import HttpAccess
from actors.ollama_server import OllamaServer
from actors.openai_server import OpenAiServer
from actors.source import Server
from protocol.errors import ChinwagError
from protocol.limits import TimeLimits
from protocol.ollama_host import ServerUrl
from protocol.secret import InVariable, Secret
from protocol.server_address import parse_proxy, parse_server
from protocol.server_settings import Dialect, Header, ServerSettings
from tests.support.answers import ndjson_chat, status
from tests.support.leaks import nothing_left
from tests.support.openai_answers import sse_chat
from tests.support.ports import refusing_port
from tests.support.program import ROOT, environment
from tests.support.proxy_server import CERTIFICATE, ProxyServer, TlsServer
from tests.support.reading import PATIENT, REQUEST
from tests.support.replay_server import ReplayServer
from tests.support.wire import Close, Hold, Send

TEXT = "hunter-2-swordfish"
SECRET = Secret.of(TEXT)
BASIC = "Basic " + base64.b64encode(f"me:{TEXT}".encode()).decode()
REPLY, EVENTS = ndjson_chat(["Fine."]), sse_chat(["Fine."])
ASK = """
import sys
from msgspec.structs import replace
from protocol.server_address import parse_proxy, parse_server
from tests.actors.test_http_access import ask
settings = parse_server(sys.argv[1])
print(ask(replace(settings, proxy=parse_proxy(sys.argv[2])) if sys.argv[2:] else settings))
"""
FAR = "far.invalid"
"""A name that no resolver knows: only a proxy can go there."""


@pytest.fixture(autouse=True)
def leaks() -> Iterator[None]:
    with nothing_left():
        yield


def at(port: int, scheme: str = "http", host: str = "127.0.0.1") -> ServerSettings:
    return ServerSettings(ServerUrl(scheme, host, port))


def make(settings: ServerSettings) -> Server:
    if settings.dialect is Dialect.OPENAI:
        return OpenAiServer(settings, PATIENT, "1")
    return OllamaServer(settings, PATIENT, "1")


def ask(settings: ServerSettings) -> bytes:
    """The whole answer to a chat request."""
    with make(settings).open(REQUEST, CancelToken()) as body:
        return b"".join(body)


def fault(settings: ServerSettings) -> str:
    """What is said of a chat request that fails."""
    with pytest.raises(ChinwagError) as caught:
        ask(settings)
    return str(caught.value)


def ask_elsewhere(*arguments: str, **variables: str) -> bool:
    """Ask in a process with an environment of its own: proxies are taken from there. Whether the answer came."""
    env = environment(Path("/nonexistent"), **variables)
    ran = subprocess.run(
        [sys.executable, "-c", ASK, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    return "Fine." in ran.stdout


@pytest.mark.parametrize(
    ("change", "header", "value"),
    [
        ({"key": SECRET}, "authorization", f"Bearer {TEXT}"),
        ({"user": "me", "password": SECRET}, "authorization", BASIC),
        ({"user": "me", "password": SECRET, "key": Secret.of("k")}, "authorization", "Bearer k"),
        ({"headers": (Header("X-Api-Key", SECRET),)}, "x-api-key", TEXT),
        ({"user": "mé"}, "authorization", "Basic " + base64.b64encode("mé:".encode()).decode()),
        ({}, "authorization", None),
    ],
    ids=["a key", "user and password", "both", "a header", "a user beyond ASCII", "nobody"],
)
@pytest.mark.parametrize("dialect", Dialect)
def test_who_asks_is_said_with_every_request(
    dialect: Dialect, change: dict[str, object], header: str, value: str | None
) -> None:
    path = "/v1" if dialect is Dialect.OPENAI else ""
    with ReplayServer(EVENTS if path else REPLY) as server:
        settings = ServerSettings(ServerUrl(port=server.port, path=path), dialect=dialect)
        asked = replace(settings, **change)
        ask(asked)
        assert make(asked).survey(CancelToken()).failure is None
        assert {request.headers.get(header) for request in server.requests} == {value}


def test_an_own_header_replaces_what_would_be_sent() -> None:
    with ReplayServer(REPLY) as server:
        ask(replace(at(server.port), headers=(Header("User-Agent", Secret.of("me/1")),)))
        assert server.chats[0].headers["user-agent"] == "me/1"


def test_what_stands_in_netrc_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(f"machine {FAR} login me password {TEXT}\n")
    with ProxyServer(REPLY) as proxy:
        assert ask_elsewhere(f"http://{FAR}", proxy.url, NETRC=str(tmp_path / ".netrc"))
        assert "authorization" not in proxy.requests[0].headers


def test_a_redirect_is_not_followed_so_that_no_key_goes_astray() -> None:
    with ReplayServer(REPLY) as elsewhere:
        moved = f"HTTP/1.1 307 Moved\r\nLocation: {elsewhere.url}/api/chat\r\nContent-Length: 0\r\n\r\n".encode()
        with ReplayServer((Send(moved),)) as server:
            named = replace(at(server.port), key=SECRET, name="work")
            assert fault(named) == (
                "The server redirects to another address (status 307). "
                "Set its url to the final address in [servers.work] of the configuration."
            )
        assert elsewhere.requests == ()


@pytest.mark.parametrize(
    ("code", "change", "advice"),
    [
        (401, {"key": SECRET, "key_from": InVariable("THE_KEY")}, "Check the key in the environment variable THE_KEY."),
        (401, {"key": SECRET, "name": "work"}, "Check the key (key in [servers.work] of the configuration)."),
        (401, {"user": "me", "password": SECRET}, "Check the user and the password in the address."),
        (
            401,
            {"name": "work"},
            "It wants to know who asks: give it a key, or a user and password, in [servers.work] of the configuration.",
        ),
        (
            401,
            {},
            "It wants to know who asks: set OLLAMA_API_KEY to its key, or write http://USER:PASSWORD@HOST with --host.",
        ),
        (403, {"key": SECRET}, "Ask the server's owner what this key may do."),
        (403, {"user": "me"}, "Ask the server's owner what me may do."),
        (
            403,
            {},
            "It wants to know who asks: set OLLAMA_API_KEY to its key, or write http://USER:PASSWORD@HOST with --host.",
        ),
    ],
)
def test_a_server_that_wants_to_know_who_asks_says_which_setting(
    code: int, change: dict[str, object], advice: str
) -> None:
    with ReplayServer(status(code, {"error": "no"})) as server:
        assert fault(replace(at(server.port), **change)) == f"The server refused (status {code}): no. {advice}"


def test_a_far_server_is_reached_through_its_own_proxy() -> None:
    with ProxyServer(REPLY, authorisation=BASIC) as proxy:
        own = parse_proxy(f"http://me:{TEXT}@{proxy.host}")
        assert b"Fine." in ask(replace(at(80, host=FAR), proxy=own))
        assert [request.path for request in proxy.requests] == [f"http://{FAR}:80/api/chat"]


def test_a_proxy_of_its_own_is_used_for_this_machine_too() -> None:
    with ProxyServer(REPLY) as proxy, refusing_port() as nobody:
        assert b"Fine." in ask(replace(at(nobody), proxy=parse_proxy(proxy.host)))


def test_this_machine_is_reached_through_no_proxy_of_the_environment() -> None:
    with refusing_port() as nobody, ReplayServer(REPLY) as server:
        away = f"http://127.0.0.1:{nobody}"
        assert ask_elsewhere(f"http://me:{TEXT}@{server.host}", HTTP_PROXY=away, http_proxy=away, ALL_PROXY=away)


def test_its_own_proxy_goes_before_that_of_the_environment() -> None:
    with refusing_port() as nobody, ProxyServer(REPLY) as proxy:
        assert ask_elsewhere(f"http://{FAR}", proxy.url, http_proxy=f"http://127.0.0.1:{nobody}", no_proxy="*")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_to_know_who_asks_is_said_to_be_the_one(scheme: str) -> None:
    with ProxyServer(REPLY, authorisation="Basic other") as proxy:
        own = parse_proxy(f"http://me:{TEXT}@{proxy.host}")
        said = fault(replace(at(80, scheme, FAR), proxy=own, name="work"))
    happened = {
        "http": "The server refused (status 407).",
        "https": f"The proxy on the way to https://{FAR}:80 failed (it wants to know who asks).",
    }[scheme]
    advice = "Check the user and the password of its proxy in [servers.work] of the configuration."
    assert said == f"{happened} {advice}"


def test_a_proxy_of_its_own_that_is_away_is_said_to_be_the_trouble() -> None:
    with refusing_port() as nobody:
        said = fault(replace(at(80, host=FAR), proxy=parse_proxy(f"127.0.0.1:{nobody}")))
    assert said == (
        f"The proxy on the way to http://{FAR}:80 failed (connection refused). Check its proxy in the configuration."
    )


def test_certificates_of_its_own_are_trusted() -> None:
    with TlsServer(REPLY) as server:
        assert b"Fine." in ask(replace(at(server.port, "https"), ca_file=CERTIFICATE, key=SECRET))
        assert server.chats[0].headers["authorization"] == f"Bearer {TEXT}"


def test_others_are_not_and_what_to_do_is_said() -> None:
    with TlsServer(REPLY) as server:
        assert fault(at(server.port, "https")) == (
            f"The secure connection to https://127.0.0.1:{server.port} failed (self-signed certificate). "
            "Check its certificate, and name who signed it with ca_file in the configuration."
        )


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing\n")
    for path, reason in ((empty, "it holds no certificates"), (tmp_path / "none", "no such file or directory")):
        assert fault(replace(at(1, "https"), ca_file=path, name="work")) == (
            f"The certificates in {path} for work cannot be read ({reason}). Check ca_file in the configuration."
        )


@pytest.mark.parametrize("bad", ["two\nlines", "kéy", "trailing ", "\x00"])
@pytest.mark.parametrize("where", ["key", "headers"])
def test_what_no_header_may_hold_is_refused_and_not_shown(bad: str, where: str) -> None:
    secret = Secret.of(TEXT + bad)
    value = secret if where == "key" else (Header("X-Api-Key", secret),)
    with pytest.raises(ChinwagError) as caught:
        HttpAccess(replace(at(1), **{where: value}))
    what = "key" if where == "key" else "header X-Api-Key"
    assert str(caught.value) == (
        f"The {what} for http://127.0.0.1:1 cannot be sent: it holds what no header may hold. "
        "Check it for spaces, line breaks and letters beyond ASCII."
    )


@pytest.mark.parametrize("name", ["", "two words", "X:Y", "X\nY"])
def test_a_header_has_a_name_that_can_be_sent(name: str) -> None:
    with pytest.raises(ChinwagError) as caught:
        HttpAccess(replace(at(1), headers=(Header(name, SECRET),)))
    assert str(caught.value) == f"{name!r} is no name of a header. Correct it in the configuration."


def test_its_own_time_limits_go_before_those_of_the_engine() -> None:
    with ReplayServer((Hold(),)) as server:
        hasty = replace(at(server.port), time=TimeLimits(first_byte=0.1))
        assert fault(hasty) == f"The server at {server.url} was silent for longer than the time limit. Try again."


def test_an_address_with_user_and_password_is_used_and_shown_without() -> None:
    with ReplayServer(REPLY) as server:
        settings = parse_server(f"http://me:{TEXT}@{server.host}")
        ask(settings)
        assert server.chats[0].headers["authorization"] == BASIC
        assert make(settings).survey(CancelToken()).server == server.url


def test_a_connection_that_closes_at_once_is_told_without_a_word_of_who_asked() -> None:
    with ReplayServer((Close(),)) as server:
        said = fault(parse_server(f"http://me:{TEXT}@{server.host}"))
    assert said == f"The connection to {server.url} broke (closed without an answer). Try again."


@pytest.mark.parametrize(("dialect", "path"), [(Dialect.OLLAMA, ""), (Dialect.OPENAI, "/v1")])
def test_a_key_that_a_server_repeats_is_not_shown(dialect: Dialect, path: str) -> None:
    with ReplayServer(status(401, {"error": f"Incorrect API key provided: {TEXT}."})) as server:
        settings = ServerSettings(ServerUrl(port=server.port, path=path), key=SECRET, dialect=dialect)
        with pytest.raises(ChinwagError) as raised:
            ask(settings)
    assert (TEXT in str(raised.value), "***" in str(raised.value)) == (False, True)


def test_all_that_was_told_in_secret_is_taken_out_of_a_servers_words() -> None:
    access = HttpAccess(replace(at(1), user="me", password=SECRET, headers=(Header("X-Team", Secret.of("blue!")),)))
    assert access.conceal(f"{BASIC}, {TEXT}, blue!") == "Basic ***, ***, ***"

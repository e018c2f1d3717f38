"""A key and a password are sent, and never seen: not on the screen, in a log at its most talkative, in a trace, in what
is kept, in an export, nor in a traceback."""

import base64
import traceback
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from actors.cancel import CancelToken
from actors.ollama_server import OllamaServer
from actors.openai_server import OpenAiServer
from protocol.errors import ChinwagError
from protocol.limits import TimeLimits
from protocol.secret import Secret
from protocol.server_address import parse_proxy, parse_server
from protocol.server_settings import Header
from tests.support.answers import ndjson_chat, opening, replay, status, web_page
from tests.support.openai_answers import sse_chat
from tests.support.ports import refusing_port
from tests.support.program import environment, run
from tests.support.proxy_server import ProxyServer, TlsServer
from tests.support.reading import REQUEST
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Close, Hold, Reset, Send, SendChunk

TEXT = "hunter-2-swordfish"
KEY = "sk-7-herring"
ENCODED = base64.b64encode(f"me:{TEXT}".encode()).decode()
SEEN_AS = (TEXT, KEY, ENCODED, ENCODED.rstrip("="), TEXT.encode().hex())
"""Everything in which the secrets could be recognised."""
SOON = TimeLimits(connect=0.3, first_byte=0.3, idle=0.3, survey=0.3)
MOVED = Send(b"HTTP/1.1 301 Moved\r\nLocation: http://elsewhere.invalid/\r\nContent-Length: 0\r\n\r\n")
FAILURES: dict[str, Answer] = {
    "401": status(401, {"error": "unauthorized"}),
    "403": status(403),
    "404": replay(recording("err_unknown_model")),
    "407": status(407, b"<html>", "text/html"),
    "500": status(500, {"error": "no"}),
    "503": status(503, {"error": "busy"}),
    "redirect": (MOVED,),
    "closed": (Close(),),
    "reset": (Reset(),),
    "no HTTP": (Send(b"220 mail\r\n"), Close()),
    "a bad header": (Send(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"), Close()),
    "silent": (Hold(),),
    "a page": web_page(),
    "garbage": (*opening(["Once"]), SendChunk(b"what?\n"), Close()),
}
WORKS = {"Ollama": ndjson_chat(["Fine."]), "OpenAI": sse_chat(["Fine."])}


def unseen(*texts: object) -> None:
    """Fail where a secret can be seen in one of them."""
    for text in texts:
        shown = text.decode("latin-1") if isinstance(text, bytes) else str(text)
        assert not [secret for secret in SEEN_AS if secret in shown]


@pytest.mark.parametrize(
    ("failure", "path"),
    [("401", ""), ("redirect", ""), ("reset", ""), ("a bad header", ""), ("garbage", ""), ("401", "/v1")],
)
def test_no_failure_shows_who_asked(tmp_path: Path, failure: str, path: str) -> None:
    with ReplayServer(FAILURES[failure]) as server:
        spoken = ask(tmp_path, f"http://me:{TEXT}@{server.host}{path}", "--timeout", "0.3")
        asked = [request.headers.get("authorization") for request in server.requests]
    assert set(asked) == {f"Basic {ENCODED}"}
    assert "urllib3.connectionpool" in spoken[2]
    unseen(*spoken)


def test_a_key_of_the_environment_is_sent_and_not_shown(tmp_path: Path) -> None:
    with ReplayServer(FAILURES["401"]) as server:
        spoken = ask(tmp_path, f"{server.url}/v1", OLLAMA_API_KEY=f"{KEY}\n")
        assert {request.headers.get("authorization") for request in server.requests} == {f"Bearer {KEY}"}
    assert "Check the key in the environment variable OLLAMA_API_KEY." in spoken[1]
    unseen(*spoken)


def test_a_server_that_is_away_is_named_without_who_asks(tmp_path: Path) -> None:
    with refusing_port() as nobody:
        unseen(*ask(tmp_path, f"http://me:{TEXT}@127.0.0.1:{nobody}"))


@pytest.mark.parametrize(("scheme", "works"), [("http", True), ("https", False)])
def test_who_asks_a_proxy_of_the_environment_is_not_shown(tmp_path: Path, scheme: str, works: bool) -> None:
    with ProxyServer(WORKS["Ollama"], authorisation=f"Basic {ENCODED}" if works else "other") as proxy:
        address = f"http://me:{TEXT}@{proxy.host}"
        spoken = ask(tmp_path, f"{scheme}://far.invalid", HTTP_PROXY=address, HTTPS_PROXY=address, http_proxy=address)
        assert proxy.requests
    unseen(*spoken)


def test_a_mistake_in_the_address_is_told_without_the_password(tmp_path: Path) -> None:
    spoken = ask(tmp_path, f"ftp://me:{TEXT}@h")
    assert "cannot be used" in spoken[1]
    unseen(*spoken)


def test_nothing_that_a_chat_shows_or_keeps_holds_it(tmp_path: Path) -> None:
    with ReplayServer(WORKS["Ollama"], status(401, {"error": "no"}), models=["tiny:1b"]) as server:
        env = environment(tmp_path, OLLAMA_HOST=f"http://me:{TEXT}@{server.host}")
        log, trace = tmp_path / "log", tmp_path / "trace"
        typed = "Hi\nAnd now?\n/debug\n/model\n/help\n"
        debug = ("--log-level", "debug", "--log-file", str(log), "--trace", str(trace))
        ran = run("--plain", *debug, env=env, stdin=typed)
        exported = run("chats", "export", "--all", "--json", env=env)
        listed = run("chats", "list", "--json", env=env)
    assert "Fine." in ran.out
    assert "Fine." in exported.out
    files = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) > 3
    unseen(*ran, *exported, *listed, *files)


@pytest.mark.parametrize("failure", FAILURES)
def test_no_traceback_holds_it_however_deep(failure: str) -> None:
    with ReplayServer(FAILURES[failure]) as server:
        unseen(*tracebacks(server.url), *tracebacks(f"{server.url}/v1"))


def test_no_traceback_of_tls_or_of_a_proxy_holds_it() -> None:
    with TlsServer(WORKS["Ollama"]) as server, ProxyServer(authorisation="other") as proxy, refusing_port() as nobody:
        unseen(*tracebacks(f"https://127.0.0.1:{server.port}"))
        for way in (f"http://me:{TEXT}@{proxy.host}", f"http://me:{TEXT}@127.0.0.1:{nobody}"):
            unseen(*tracebacks("http://far.invalid", way), *tracebacks("https://far.invalid", way))


def tracebacks(address: str, proxy: str = "") -> Sequence[str]:
    """How an exception looks in a log, with all it came from, for each way to say who asks."""
    plain = parse_server(address)
    if proxy:
        plain = replace(plain, proxy=parse_proxy(proxy))
    secret = Secret.of(TEXT)
    ways = (
        replace(plain, key=secret),
        replace(plain, user="me", password=secret),
        replace(plain, headers=(Header("X-Api-Key", secret),)),
    )
    found = []
    for settings in ways:
        source = OpenAiServer(settings, SOON, "1") if settings.url.path else OllamaServer(settings, SOON, "1")
        try:
            with source.open(REQUEST, CancelToken()) as body:
                list(body)
        except ChinwagError as error:
            found.append("".join(traceback.format_exception(error)) + repr(error) + repr(error.failure))
        found.append(str(source.survey(CancelToken())))
    return found


def ask(home: Path, host: str, *arguments: str, **variables: str) -> tuple[str, ...]:
    """Everything that a run with the most talkative log says, to the user and to files."""
    log, trace = home / "log", home / "trace"
    debug = ("--log-level", "debug", "--log-file", str(log), "--trace", str(trace))
    ran = run("ask", "-m", "tiny:1b", "--host", host, *debug, *arguments, "Hi", env=environment(home, **variables))
    written = tuple(file.read_text() for file in (log, trace) if file.exists())
    return (ran.out, ran.err, *written)

"""Faults of a server as they look in the whole program: in a real pseudo-terminal, and from a shell."""

import json
from pathlib import Path
from threading import Event

import pytest

from tests.support.addresses import PATIENCE
from tests.support.answers import ndjson_chat, opening, silence_after, status, web_page
from tests.support.journal import Request
from tests.support.ports import refusing_port
from tests.support.program import CHINWAG, Ran, environment, run
from tests.support.replay_server import ReplayServer, Script
from tests.support.rude_server import Handshake, Listen, RudeServer
from tests.support.session import ALT, CTRL_D, ENTER, MODEL, READY, chatting, quits
from tests.support.terminal import Terminal
from tests.support.wire import Answer, Close, Hold, Receive, Send, SendChunk, Tell

FINE = ndjson_chat(["Fine now."])
GARBLED: Answer = (*opening(["Half a tale"]), SendChunk(b"\x1b]what?\n"), Hold())
CHECK = "Check that the address is that of an Ollama server."
PAGE = b"<!DOCTYPE html><title>No</title>"
ELSEWHERE = "http://ollama.invalid:11434"


def log_in(home: Path) -> str:
    """What the program wrote to its log."""
    return (home / "state" / "chinwag" / "log" / "chinwag.log").read_text()


def test_a_garbled_reply_is_begun_anew_as_another_version_and_the_one_before_is_kept(tmp_path: Path) -> None:
    with chatting(GARBLED, FINE, home=tmp_path) as (terminal, server):
        terminal.send("go" + ENTER)
        terminal.wait_for("Fine now.")
        terminal.wait_for("2/2")
        terminal.wait_for(READY)
        assert b"Alt-G tries now, Esc stops" in terminal.raw
        terminal.send(ALT + "p")
        terminal.wait_for("1/2")
        terminal.wait_for("Half a tale")
        assert len(server.chats) == 2
        terminal.send(CTRL_D)
        quits(terminal)
    assert r"the server sent what is no chat, beginning with b'\x1b]what?'" in log_in(tmp_path)


def test_a_server_that_streams_garbage_is_asked_for_the_whole_reply() -> None:
    def choose(request: Request) -> Answer:
        whole = b'"stream":false' in request.body
        return status(200, {"message": {"content": "Whole."}, "done": True}) if whole else web_page()

    with chatting(choose, columns=120) as (terminal, server):
        terminal.send("go" + ENTER)
        terminal.wait_for("Whole.")
        terminal.wait_for(READY)
        assert b"The server answered with text/html, not with a chat." in terminal.raw
        assert [b'"stream":false' in chat.body for chat in server.chats] == [False, False, True]
        terminal.send(CTRL_D)
        quits(terminal)


def test_the_server_restarts_mid_stream_and_the_next_prompt_works() -> None:
    spoken = Event()
    with chatting((*opening(["Half a tale"]), Tell(spoken), Hold()), columns=120) as (terminal, first):
        terminal.send("go" + ENTER)
        terminal.wait_for("Half a tale")
        assert spoken.wait(PATIENCE)
        first.stop()
        with ReplayServer(FINE, models=MODEL, port=first.port):
            terminal.wait_for("it ended before the reply did")
            terminal.wait_for("Alt-C continues, Alt-R anew")
            terminal.send("again" + ENTER)
            terminal.wait_for("Fine now.")
            terminal.wait_for("Half a tale")
            terminal.send(CTRL_D)
            quits(terminal)


def test_a_prompt_for_a_server_that_is_away_is_tried_by_a_key() -> None:
    with refusing_port() as port, Terminal(CHINWAG, env={"OLLAMA_HOST": f"127.0.0.1:{port}"}) as terminal:
        terminal.wait_for("server unreachable")
        terminal.send(ALT + "g")
        terminal.wait_for("Nothing waits here to be tried again: /retry asks the last prompt again.")
        terminal.send("hello" + ENTER)
        terminal.wait_for("Alt-G tries now, Esc stops")
        terminal.send(ALT + "g" + "/now" + ENTER)
        terminal.wait_for("waiting for server")
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_server_that_nobody_trusts_is_not_talked_to() -> None:
    with (
        RudeServer(Handshake(), reply=FINE) as server,
        Terminal(CHINWAG, columns=120, env={"OLLAMA_HOST": f"https://{server.host}"}) as terminal,
    ):
        terminal.wait_for("server not usable")
        terminal.send("hello" + ENTER)
        terminal.wait_for("failed (self-signed certificate).")
        terminal.wait_for("Check its certificate")
        terminal.wait_for("no model   ready")
        terminal.send(CTRL_D)
        quits(terminal)


@pytest.mark.parametrize(
    ("script", "ran", "requests"),
    [
        (
            (web_page(), FINE),
            Ran(
                0, "Fine now.\n", "chinwag: The server answered with text/html, not with a chat. Trying again in S s.\n"
            ),
            2,
        ),
        (
            (GARBLED, FINE),
            Ran(
                1,
                "Half a tale\n",
                "chinwag: The server sent a line that is not an Ollama chat's (JSON is malformed: invalid character "
                f"(byte 0)): '␛]what?'. {CHECK}\n",
            ),
            1,
        ),
    ],
    ids=["nothing printed", "something printed"],
)
def test_ask_begins_a_garbled_reply_anew_only_while_nothing_is_printed(
    script: tuple[Script, ...], ran: Ran, requests: int, tmp_path: Path
) -> None:
    with ReplayServer(*script, models=MODEL) as server:
        got = run("ask", "Hi", env=environment(tmp_path, OLLAMA_HOST=server.host))
        assert len(server.chats) == requests
    seconds = got.err.partition("again in ")[2].partition(" s.")[0]
    assert got._replace(err=got.err.replace(f"in {seconds} s.", "in S s.") if seconds else got.err) == ran


def test_ask_says_when_the_reply_never_comes_on(tmp_path: Path) -> None:
    with ReplayServer(silence_after(["Half"]), models=MODEL) as server:
        ran = run("ask", "Hi", "--timeout", "0.5", env=environment(tmp_path, OLLAMA_HOST=server.host))
    said = f"chinwag: The server at {server.url} was silent for longer than the time limit. Try again.\n"
    assert ran == Ran(1, "Half\n", said)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            407,
            "The server refused (status 407): it answered with a web page, so a proxy or another program may be in the "
            "way. Check the user and password in HTTP_PROXY or HTTPS_PROXY, or name the server in NO_PROXY.",
        ),
        (
            502,
            "The server is busy or away (status 502): it answered with a web page, so a proxy or another program may "
            "be in the way. Try again in a moment.",
        ),
    ],
)
def test_a_proxy_that_says_no_is_told_apart_from_the_server(code: int, said: str, tmp_path: Path) -> None:
    (page,) = status(code, PAGE, "text/html")
    with RudeServer(Listen(), Receive(), page, Close(), reply=FINE) as proxy:
        ran = run("ask", "Hi", "-m", "tiny:1b", env=environment(tmp_path, OLLAMA_HOST=ELSEWHERE, HTTP_PROXY=proxy.url))
    assert (ran.status, ran.out, ran.err.splitlines()[-1]) == (1, "", f"chinwag: {said}")


def test_a_proxy_that_is_away_is_told_apart_from_the_server(tmp_path: Path) -> None:
    with refusing_port() as port:
        env = environment(tmp_path, OLLAMA_HOST=ELSEWHERE, HTTP_PROXY=f"http://127.0.0.1:{port}")
        ran = run("ask", "Hi", "-m", "tiny:1b", env=env)
    said = f"The proxy on the way to {ELSEWHERE} failed (connection refused). Check HTTP_PROXY and NO_PROXY."
    assert (ran.status, ran.out, ran.err.splitlines()[-1]) == (1, "", f"chinwag: {said}")


def test_a_server_on_this_machine_is_never_asked_through_a_proxy(tmp_path: Path) -> None:
    with ReplayServer(FINE, models=MODEL) as server, RudeServer(Listen(), Send(b"no"), Close(), reply=FINE) as proxy:
        env = environment(tmp_path, OLLAMA_HOST=server.host, HTTP_PROXY=proxy.url, http_proxy=proxy.url)
        assert run("ask", "Hi", env=env) == Ran(0, "Fine now.\n", "")


@pytest.mark.parametrize(
    ("answer", "summary", "advice"),
    [
        (
            web_page(),
            "The server answered with text/html, not with a chat.",
            "Check that the address is that of an Ollama server, and that no proxy is in the way.",
        ),
        (
            status(200, b"{nonsense\n", "application/x-ndjson"),
            "The server sent a line that is not an Ollama chat's (JSON is malformed: object keys must be strings"
            " (byte 1)): '{nonsense'.",
            "Check that the address is that of an Ollama server.",
        ),
    ],
)
def test_what_is_no_chat_is_asked_for_three_times_and_then_a_failure(
    tmp_path: Path, answer: Answer, summary: str, advice: str
) -> None:
    with ReplayServer(answer, models=MODEL) as server:
        code, out, err = run("ask", "?", env=environment(tmp_path, OLLAMA_HOST=server.host))
        assert [json.loads(chat.body)["stream"] for chat in server.chats] == [True, True, False]
    *retries, last = err.splitlines()
    assert (code, out, last) == (1, "", f"chinwag: {summary} {advice}")
    assert [line.partition(" Trying again in ")[0] for line in retries] == [f"chinwag: {summary}"] * 2

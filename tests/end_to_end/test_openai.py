"""A server that speaks as OpenAI's does, named by an address that ends in /v1: on the screen, plain, and by `ask`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from tests.support.answers import replay, status
from tests.support.leaks import nothing_left
from tests.support.openai_answers import delta, sse_chat, sse_opening
from tests.support.program import CHINWAG, Ran, environment, run
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer, Script
from tests.support.session import CTRL_D, ENTER, ESC, quits
from tests.support.terminal import Terminal
from tests.support.wire import Hold, Wait

MODEL = "smollm2:135m"
SIZES = pytest.mark.parametrize(("columns", "lines"), [(80, 24), (40, 10)])


@contextmanager
def chatting(*script: Script, columns: int = 80, lines: int = 24) -> Iterator[tuple[Terminal, ReplayServer]]:
    """The chat with a model of such a server."""
    with (
        nothing_left(),
        ReplayServer(*script) as server,
        Terminal([*CHINWAG, "--host", f"{server.url}/v1", "-m", MODEL], columns, lines) as terminal,
    ):
        terminal.wait_for("ready")
        yield terminal, server


@SIZES
def test_a_prompt_is_answered_as_the_tokens_come_and_the_next_has_what_was_said(columns: int, lines: int) -> None:
    more = Event()
    first = (*sse_opening([delta(reasoning_content="Hm."), "The capital"]), Wait(more), *sse_chat([" is Paris."])[1:])
    with chatting(first, sse_chat(["Madrid."]), columns=columns, lines=lines) as (terminal, server):
        terminal.send("Of France?" + ENTER)
        terminal.wait_for("The capital")
        more.set()
        terminal.wait_for("The capital is Paris.")
        terminal.wait_for("ready")
        terminal.send("Of Spain?" + ENTER)
        terminal.wait_for("Madrid.")
        terminal.wait_for("ready")
        said = json.loads(server.chats[-1].body)["messages"]
        terminal.send(CTRL_D)
        quits(terminal)
    assert said == [
        {"role": "user", "content": "Of France?"},
        {"role": "assistant", "content": "The capital is Paris."},
        {"role": "user", "content": "Of Spain?"},
    ]


def test_esc_stops_a_reply_at_once_and_keeps_what_came() -> None:
    with chatting((*sse_opening(["Once upon"]), Hold()), sse_chat(["Second."])) as (terminal, server):
        terminal.send("tell a story" + ENTER)
        terminal.wait_for("Once upon")
        terminal.send(ESC)
        server.client_gone()
        terminal.wait_for("cancelled")
        assert "Once upon" in terminal.wait_for("ready")
        terminal.send("again" + ENTER)
        terminal.wait_for("Second.")
        terminal.send(CTRL_D)
        quits(terminal)


def test_what_such_a_server_has_no_word_for_is_said_once_and_the_rest_is_sent() -> None:
    with chatting(sse_chat(["One."]), sse_chat(["Two."])) as (terminal, server):
        terminal.send("/set num_ctx 4096" + ENTER)
        terminal.wait_for("num_ctx")
        terminal.send("/set temperature 0.5" + ENTER)
        terminal.wait_for("temperature")
        terminal.send("Hi" + ENTER)
        terminal.wait_for("num_ctx is not sent: a server that speaks as OpenAI's does has no word for it.")
        terminal.wait_for("One.")
        terminal.send("And now?" + ENTER)
        screen = terminal.wait_for("Two.")
        assert "\n".join(screen).count("is not sent") == 1
        sent = [json.loads(request.body) for request in server.chats]
        assert [(each["temperature"], "num_ctx" in str(each)) for each in sent] == [(0.5, False)] * 2
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_a_failure_is_said_and_the_next_prompt_works(columns: int, lines: int) -> None:
    failing = status(401, {"error": {"message": "no"}})
    with chatting(failing, sse_chat(["Fine."]), columns=columns, lines=lines) as (terminal, _):
        terminal.send("Hi" + ENTER)
        terminal.wait_for("OLLAMA_API_KEY")
        terminal.send("And now?" + ENTER)
        terminal.wait_for("Fine.")
        terminal.send(CTRL_D)
        quits(terminal)


def ask(server: ReplayServer, home: Path, *arguments: str) -> Ran:
    return run("ask", "--host", f"{server.url}/v1", *arguments, env=environment(home))


def test_a_question_on_the_command_line_is_answered(tmp_path: Path) -> None:
    with ReplayServer(replay(recording("v1_stream_usage"))) as server:
        ran = ask(server, tmp_path, "-m", MODEL, "What is the capital of France?")
        assert ran == Ran(0, "The capital of France is Paris.\n", "")
        assert json.loads(server.chats[0].body)["model"] == MODEL


def test_the_address_may_stand_in_the_environment(tmp_path: Path) -> None:
    with ReplayServer(sse_chat(["Fine."])) as server:
        env = environment(tmp_path, OLLAMA_HOST=f"{server.host}/v1", OLLAMA_API_KEY="k")
        assert run("ask", "-m", MODEL, "Hi", env=env) == Ran(0, "Fine.\n", "")
        assert server.chats[0].headers["authorization"] == "Bearer k"


def test_the_models_of_the_server_are_offered_where_none_is_named(tmp_path: Path) -> None:
    with ReplayServer(sse_chat(["Fine."])) as server:
        ran = ask(server, tmp_path, "Hi")
        assert (ran.status, ran.out) == (2, "")
        assert f"{server.url}/v1 has: smollm2-tools:135m," in ran.err


def test_a_model_that_is_not_there_is_a_sentence_and_status_1(tmp_path: Path) -> None:
    with ReplayServer(replay(recording("v1_unknown_model"))) as server:
        ran = ask(server, tmp_path, "-m", "nosuchmodel", "Hi")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(
        "chinwag: The server does not have this model (status 404): model 'nosuchmodel' not found. "
        "Choose another with /model or -m."
    )


def test_a_stream_without_its_end_is_no_success(tmp_path: Path) -> None:
    with ReplayServer(replay(recording("v1_runner_kill9_mid_stream"))) as server:
        ran = ask(server, tmp_path, "-m", MODEL, "Hi")
    assert (ran.status, ran.err) == (
        1,
        "chinwag: The server's reply ended before it was done. What came is kept.\n",
    )


def test_the_help_says_how_such_a_server_is_named(tmp_path: Path) -> None:
    assert "/v1" in run("--help", env=environment(tmp_path)).out

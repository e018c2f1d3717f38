"""`chinwag` in a real pseudo-terminal: servers, models and terminals that are not as they should be."""

import pytest

from tests.support.answers import (
    cut_off,
    error_line,
    ndjson_chat,
    replay,
)
from tests.support.ports import refusing_port
from tests.support.program import CHINWAG
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer, Script
from tests.support.session import CTRL_D, ENTER, ESC, MODEL, READY, chatting, quits
from tests.support.terminal import Terminal


def test_nothing_a_model_writes_reaches_the_terminal_as_a_control_sequence() -> None:
    hostile = [
        "\x1b]52;c;QUJD\x07",
        "\x9b2J",
        "\x1b[?1049l",
        "\x1b]0;title\x1b\\",
        "\u202egnp.exe",
        "\x1bc",
        "\r\x08\x7f",
    ]
    with chatting(ndjson_chat([*hostile, "the end"])) as (terminal, _):
        before = len(terminal.raw)
        terminal.send("go" + ENTER)
        terminal.wait_for("the end")
        terminal.wait_for(READY)
        written = terminal.raw[before:].decode()
        assert not [
            piece for piece in ("\x1b]", "\x9b", "\x1b[?1049l", "\u202e", "\x1bc", "\x07", "\x7f") if piece in written
        ]
        terminal.send(CTRL_D)
        quits(terminal)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ((replay(recording("err_unknown_model")),), ["not found", "ollama pull nosuchmodel:1b", "smollm2:135m."]),
        ((error_line("the runner died", ["Once"]),), ["Once", "the runner died", "What came is kept."]),
        ((cut_off(["Once"]),), ["Once", "it ended before the reply did", "Try again."]),
        ((replay(recording("chat_num_predict_length")),), ["cut: the length limit was reached"]),
    ],
)
def test_a_failure_is_said_where_it_happened_and_the_next_prompt_works(
    script: tuple[Script, ...], said: list[str]
) -> None:
    with chatting(*script, ndjson_chat(["Fine now."]), columns=120) as (terminal, _):
        terminal.send("go" + ENTER)
        for words in said:
            terminal.wait_for(words)
        terminal.wait_for(READY)
        terminal.send("again" + ENTER)
        terminal.wait_for("Fine now.")
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_prompt_waits_for_a_server_that_is_away_and_is_sent_when_it_is_back() -> None:
    with refusing_port() as port, Terminal(CHINWAG, env={"OLLAMA_HOST": f"127.0.0.1:{port}"}) as terminal:
        terminal.wait_for("server unreachable")
        terminal.send("hello" + ENTER)
        terminal.wait_for("waits for the server")
        terminal.wait_for("ollama serve")
        terminal.send(ESC)
        terminal.wait_for("cancelled")
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_server_that_comes_up_late_gets_the_prompt_that_waited() -> None:
    with refusing_port() as port:
        free = port
    with Terminal(CHINWAG, env={"OLLAMA_HOST": f"127.0.0.1:{free}"}) as terminal:
        terminal.wait_for("server unreachable")
        terminal.send("hello" + ENTER)
        terminal.wait_for("waits for the server")
        with ReplayServer(models=MODEL, port=free):
            terminal.wait_for("The capital of France is Paris.")
            terminal.send(CTRL_D)
            quits(terminal)


def test_the_question_for_a_model_holds_the_prompt_until_it_is_answered() -> None:
    with (
        ReplayServer(models=("a:1b", "b:1b")) as server,
        Terminal(CHINWAG, env={"OLLAMA_HOST": server.host}) as terminal,
    ):
        terminal.wait_for("Which model?")
        terminal.send("hello" + ENTER)
        terminal.wait_for("waits for a model to be chosen")
        terminal.send("/model b:1b" + ENTER)
        terminal.wait_for("The capital of France is Paris.")
        assert b'"model":"b:1b"' in server.chats[0].body
        terminal.send(CTRL_D)
        quits(terminal)


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"TERM": "dumb"}, "This terminal cannot show a full screen: TERM is dumb."),
        ({"TERM": ""}, "This terminal cannot show a full screen: TERM is not set."),
    ],
)
def test_a_terminal_that_cannot_show_a_screen_gets_the_plain_chat_and_the_reason(
    env: dict[str, str], said: str
) -> None:
    with (
        ReplayServer(models=MODEL) as server,
        Terminal(CHINWAG, 160, env={"OLLAMA_HOST": server.host, **env}) as terminal,
    ):
        terminal.wait_for("the model is smollm2:135m")
        assert f"chinwag: {said} The chat is plain: line by line." == terminal.display()[0]
        terminal.send(CTRL_D)
        quits(terminal)
        assert b"\x1b" not in terminal.raw

"""`chinwag` in a real pseudo-terminal: what a person does, and what a person must never see."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.answers import (
    cut_off,
    endless,
    error_line,
    ndjson_chat,
    opening,
    replay,
    silence_after,
    silence_before_headers,
    text,
    thought,
)
from tests.support.leaks import nothing_left
from tests.support.ports import refusing_port
from tests.support.program import CHINWAG, environment, run
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer, Script
from tests.support.terminal import Terminal
from tests.support.wire import Hold, Wait

MODEL = ("smollm2:135m",)
ESC, CTRL_C, CTRL_D, CTRL_J, ENTER, UP = "\x1b", "\x03", "\x04", "\n", "\r", "\x1b[A"
READY = "smollm2:135m   ready"


@contextmanager
def chatting(
    *script: Script, columns: int = 80, lines: int = 24, arguments: tuple[str, ...] = ()
) -> Iterator[tuple[Terminal, ReplayServer]]:
    """The chat, ready, and the server it talks to. Leaves nothing behind."""
    with (
        nothing_left(),
        ReplayServer(*script, models=MODEL) as server,
        Terminal([*CHINWAG, *arguments], columns, lines, {"OLLAMA_HOST": server.host}) as terminal,
    ):
        terminal.wait_for("ready")
        yield terminal, server


def quits(terminal: Terminal, status: int = 0) -> None:
    """Assert that the program ends with `status`, leaves no process, and gives the terminal back whole."""
    assert terminal.wait_exit() == status
    assert terminal.processes() == []
    terminal.assert_restored()
    assert b"Traceback" not in terminal.raw


def test_a_prompt_is_answered_as_the_tokens_come() -> None:
    more = threading.Event()
    with chatting((*opening(["The capital of France"]), Wait(more), *ndjson_chat([" is Paris."])[1:])) as (terminal, _):
        terminal.send("What is the capital of France?" + ENTER)
        terminal.wait_for("The capital of France")
        terminal.wait_for("answering")
        more.set()
        terminal.wait_for("The capital of France is Paris.")
        terminal.wait_for(READY)
        terminal.send(CTRL_D)
        quits(terminal)


def test_esc_stops_a_reply_at_once_and_keeps_what_came() -> None:
    with chatting(silence_after(["Once upon"]), ndjson_chat(["Second."])) as (terminal, server):
        terminal.send("tell a story" + ENTER)
        terminal.wait_for("Once upon")
        terminal.send(ESC)
        server.client_gone()
        terminal.wait_for("cancelled")
        assert "Once upon" in terminal.wait_for(READY)
        terminal.send("again" + ENTER)
        terminal.wait_for("Second.")
        terminal.send(CTRL_D)
        quits(terminal)


def test_esc_stops_while_the_model_loads() -> None:
    with chatting(silence_before_headers()) as (terminal, server):
        terminal.send("hello" + ENTER)
        server.request_received()
        terminal.wait_for("loading or waiting")
        terminal.send(ESC)
        server.client_gone()
        terminal.wait_for("cancelled")
        terminal.send(CTRL_D)
        quits(terminal)


def test_typing_works_while_a_reply_streams_and_the_next_prompt_waits_its_turn() -> None:
    end = threading.Event()
    first = (*opening(["One."]), Wait(end), *ndjson_chat([])[1:])
    with chatting(first, ndjson_chat(["Two."])) as (terminal, server):
        terminal.send("first" + ENTER)
        terminal.wait_for("One.")
        terminal.send("second")
        terminal.wait_for("> second")
        terminal.send(ENTER)
        terminal.wait_for("queued: waits for the reply before it")
        assert len(server.chats) == 1
        end.set()
        terminal.wait_for("Two.")
        terminal.wait_for(READY)
        terminal.send(CTRL_D)
        quits(terminal)


def test_the_screen_stays_whole_when_the_window_changes_while_a_reply_streams() -> None:
    with chatting(endless("word ", 0.01)) as (terminal, _):
        terminal.send("go" + ENTER)
        terminal.wait_for("word word")
        for columns, lines in ((40, 10), (200, 60), (30, 8), (80, 24)):
            terminal.resize(columns, lines)
            if columns < 40:
                terminal.wait_for(f"{columns}x{lines}")
            else:
                terminal.wait_for(lambda screen: screen[-1].startswith(">") and "answering" in screen[-2])
        terminal.send(ESC)
        terminal.wait_for("cancelled")
        terminal.send(CTRL_D)
        quits(terminal)


@pytest.mark.parametrize("keys", [CTRL_D, "/quit" + ENTER, CTRL_C + CTRL_C + CTRL_C])
def test_quitting_while_a_reply_streams_leaves_nothing_behind(keys: str) -> None:
    with chatting(endless("word ", 0.01)) as (terminal, server):
        terminal.send("go" + ENTER)
        terminal.wait_for("word word")
        terminal.send(keys)
        server.client_gone()
        quits(terminal)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_ends_it_well_while_a_reply_streams(number: signal.Signals, status: int) -> None:
    with chatting(endless("word ", 0.01)) as (terminal, server):
        terminal.send("go" + ENTER)
        terminal.wait_for("word word")
        terminal.kill(number)
        server.client_gone()
        quits(terminal, status)


def test_a_closed_window_ends_it() -> None:
    with chatting(endless("word ", 0.01)) as (terminal, server):
        terminal.send("go" + ENTER)
        terminal.wait_for("word word")
        terminal.hang_up()
        server.client_gone()
        assert terminal.wait_exit() == 129
        assert terminal.processes() == []


def test_enter_sends_and_ctrl_j_and_alt_enter_break_the_line() -> None:
    with chatting() as (terminal, server):
        terminal.send("one" + CTRL_J + "two" + ESC + ENTER + "three" + ENTER)
        request = server.request_received()
        assert b'"content":"one\\ntwo\\nthree"' in request.body
        terminal.wait_for(READY)
        terminal.send(CTRL_D)
        quits(terminal)


def test_what_was_typed_before_the_first_paint_is_not_lost() -> None:
    with ReplayServer(models=MODEL) as server, Terminal(CHINWAG, env={"OLLAMA_HOST": server.host}) as terminal:
        terminal.send("early" + ENTER + "bird")
        assert b'"content":"early"' in server.request_received().body
        terminal.wait_for("> bird")
        terminal.send(CTRL_C)
        terminal.wait_for(READY)
        terminal.send(CTRL_C + CTRL_D)
        quits(terminal)


def test_a_paste_is_put_in_and_never_sent() -> None:
    with chatting() as (terminal, server):
        terminal.paste("first line\r\nsecond line\n\x1b[31mred\x07\n")
        terminal.wait_for("second line")
        assert server.chats == ()
        terminal.send(ENTER)
        assert b'"content":"first line\\nsecond line\\n\\u241b[31mred' in server.request_received().body.replace(
            "␛".encode(), b"\\u241b"
        )
        terminal.wait_for(READY)
        terminal.send(CTRL_D)
        quits(terminal)


def test_ctrl_c_cancels_then_clears_then_asked_twice_quits() -> None:
    with chatting(silence_after(["Once"])) as (terminal, _):
        terminal.send("go" + ENTER)
        terminal.wait_for("Once")
        terminal.send("draft" + CTRL_C)
        terminal.wait_for("cancelled")
        terminal.wait_for("> draft")
        terminal.send(CTRL_C)
        terminal.wait_for("> Write here")
        terminal.send(CTRL_C)
        terminal.wait_for("press Ctrl-C again to quit")
        terminal.send(CTRL_C)
        quits(terminal)


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


def test_thinking_is_shown_and_folds_when_the_answer_begins() -> None:
    more = threading.Event()
    answer = (*opening([]), thought("Let me see."), Wait(more), text("Paris."), *ndjson_chat([])[1:])
    with chatting(answer) as (terminal, _):
        terminal.send("?" + ENTER)
        terminal.wait_for("Let me see.")
        more.set()
        terminal.wait_for("Paris.")
        assert "Let me see." not in terminal.wait_for("thought for")
        terminal.send(CTRL_D)
        quits(terminal)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ((replay(recording("err_unknown_model")),), ["not found", "ollama pull", "smollm2:135m."]),
        ((error_line("the runner died", ["Once"]),), ["Once", "the runner died", "What came is kept."]),
        ((cut_off(["Once"]),), ["Once", "it ended before the reply did", "Try again."]),
        ((replay(recording("chat_num_predict_length")),), ["cut: the length limit was reached"]),
    ],
)
def test_a_failure_is_said_where_it_happened_and_the_next_prompt_works(
    script: tuple[Script, ...], said: list[str]
) -> None:
    with chatting(*script, ndjson_chat(["Fine now."])) as (terminal, _):
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


def test_a_mistyped_command_is_named_and_does_not_stand_in_the_way_of_the_next() -> None:
    with chatting() as (terminal, server):
        terminal.send("/modle" + ENTER)
        terminal.wait_for("Did you mean /model?")
        terminal.send(UP)
        terminal.wait_for("> /modle")
        terminal.send(CTRL_C + "/help" + ENTER)
        terminal.wait_for("begin a new conversation")
        assert server.chats == ()
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_new_conversation_keeps_the_model_and_the_system_prompt() -> None:
    with chatting(arguments=("--system", "Be brief.")) as (terminal, server):
        terminal.send("/new" + ENTER + "hello" + ENTER)
        assert b'{"role":"system","content":"Be brief."}' in server.request_received().body
        terminal.wait_for(READY)
        terminal.send(CTRL_D)
        quits(terminal)


def test_what_is_typed_right_after_new_goes_to_the_new_conversation() -> None:
    with chatting(ndjson_chat(["First."]), ndjson_chat(["Second."])) as (terminal, server):
        terminal.send("one" + ENTER)
        terminal.wait_for("First.")
        terminal.send("/new" + ENTER + "two" + ENTER)
        assert "First." not in " ".join(terminal.wait_for("Second."))
        assert json.loads(server.request_received(2).body)["messages"] == [{"role": "user", "content": "two"}]
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_million_pasted_characters_are_folded_and_sent_whole() -> None:
    pasted = "word " * 200_000
    with chatting() as (terminal, server):
        terminal.paste(pasted)
        terminal.wait_for("[text 1: 1 lines, 1,000,000 characters]")
        terminal.send(" and more" + ENTER)
        sent = json.loads(server.request_received().body)["messages"][-1]["content"]
        assert sent == pasted.strip() + "  and more"
        terminal.wait_for(READY)
        terminal.send(CTRL_D)
        quits(terminal)


def test_f1_shows_the_keys_from_the_first_on() -> None:
    with chatting() as (terminal, _):
        terminal.send("\x1bOP")
        assert terminal.wait_for("send the text")[0].startswith("Enter")
        terminal.send(CTRL_D)
        quits(terminal)


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)])
def test_a_long_reply_is_followed_to_its_end_on_any_screen(size: tuple[int, int]) -> None:
    with chatting(replay(recording("chat_stream_long")), columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send("go" + ENTER)
        shown = " ".join(
            terminal.wait_for(lambda screen: "ready" in screen[-2] and "reached" in " ".join(screen))
        ).split()
        end = " ".join(last_words(recording("chat_stream_long").body)[-3:])
        assert f"{end} cut: the length limit was reached" in " ".join(shown)
        terminal.send(CTRL_D)
        quits(terminal)


def last_words(body: bytes) -> list[str]:
    return "".join(json.loads(line)["message"]["content"] for line in body.splitlines()).split()


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"TERM": "dumb"}, "This terminal cannot show a full screen: TERM is dumb."),
        ({"TERM": ""}, "This terminal cannot show a full screen: TERM is not set."),
    ],
)
def test_a_terminal_that_cannot_show_a_screen_gets_a_sentence(env: dict[str, str], said: str) -> None:
    with Terminal(CHINWAG, env=env) as terminal:
        assert terminal.wait_exit() == 2
        assert said in " ".join(terminal.display())
        assert b"Traceback" not in terminal.raw


def test_without_a_terminal_it_says_what_to_use(tmp_path: Path) -> None:
    assert run(env=environment(tmp_path)) == (
        2,
        "",
        "chinwag: Standard input is no terminal. To use chinwag without a terminal: chinwag ask\n",
    )


def test_holding_the_server_does_not_hold_the_keys() -> None:
    with chatting((*opening(["x"]), Hold())) as (terminal, _):
        terminal.send("go" + ENTER)
        terminal.wait_for("x")
        terminal.send("still here")
        terminal.wait_for("> still here")
        terminal.send(CTRL_C + CTRL_C + CTRL_D)
        quits(terminal)

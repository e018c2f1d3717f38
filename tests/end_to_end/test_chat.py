"""`chinwag` in a real pseudo-terminal: a talk, and every way to end it."""

import json
import signal
import threading

import pytest

from tests.support.answers import (
    endless,
    ndjson_chat,
    opening,
    replay,
    silence_after,
    silence_before_headers,
    text,
    thought,
)
from tests.support.recordings import recording
from tests.support.session import CTRL_C, CTRL_D, ENTER, ESC, READY, chatting, quits
from tests.support.wire import Hold, Wait


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
        terminal.wait_for("loading smollm2:135m")
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


def test_holding_the_server_does_not_hold_the_keys() -> None:
    with chatting((*opening(["x"]), Hold())) as (terminal, _):
        terminal.send("go" + ENTER)
        terminal.wait_for("x")
        terminal.send("still here")
        terminal.wait_for("> still here")
        terminal.send(CTRL_C + CTRL_C + CTRL_D)
        quits(terminal)


def last_words(body: bytes) -> list[str]:
    return "".join(json.loads(line)["message"]["content"] for line in body.splitlines()).split()

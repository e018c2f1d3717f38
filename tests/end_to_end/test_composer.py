"""`chinwag` in a real pseudo-terminal: writing, completing, editing elsewhere, and drafts."""

import signal
from pathlib import Path

from tests.support.answers import ndjson_chat
from tests.support.program import CHINWAG
from tests.support.replay_server import ReplayServer
from tests.support.session import ALT, CTRL_C, CTRL_D, CTRL_N, ENTER, MODEL, chatting, quits
from tests.support.sizes import SIZES
from tests.support.terminal import Terminal

CTRL_G, CTRL_U, TAB = "\x07", "\x15", "\t"


@SIZES
def test_a_command_and_a_model_are_completed(size: tuple[int, int]) -> None:
    with chatting(columns=size[0], lines=size[1]) as (terminal, _):
        terminal.wait_for(lambda screen: screen[-2].startswith(" smollm2:135m"))
        terminal.send("/mo")
        terminal.wait_for(lambda screen: any(row.startswith("  /model  choose a model") for row in screen))
        terminal.send(TAB)
        terminal.wait_for(lambda screen: screen[-1] == "> /model" and any("  /models  " in row for row in screen))
        terminal.send(" ")
        terminal.wait_for("  smollm2:135m")
        terminal.send(TAB)
        terminal.wait_for("> /model smollm2:135m")
        terminal.send(ENTER)
        terminal.wait_for(lambda screen: any("answers from the next" in row for row in screen))
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_what_is_written_is_edited_in_the_users_editor_while_a_reply_comes(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "in the editor"; printf "%s, edited" "$(cat "$1")" > "$1"\n')
    editor.chmod(0o755)
    with (
        ReplayServer(ndjson_chat(["Done."]), models=MODEL) as server,
        Terminal(CHINWAG, *size, {"OLLAMA_HOST": server.host, "VISUAL": str(editor)}, tmp_path) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("a prompt" + CTRL_G)
        terminal.wait_for("> a prompt, edited")
        assert b"in the editor" in terminal.raw
        terminal.send(ENTER)
        terminal.wait_for("Done.")
        terminal.send(CTRL_D)
        quits(terminal)


def test_an_editor_that_fails_is_said_and_the_text_stays(tmp_path: Path) -> None:
    with (
        ReplayServer(models=MODEL) as server,
        Terminal(CHINWAG, 80, 24, {"OLLAMA_HOST": server.host, "VISUAL": "false"}, tmp_path) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("a prompt" + CTRL_G)
        terminal.wait_for(lambda screen: "The editor false ended with status 1." in screen[-2])
        assert terminal.display()[-1] == "> a prompt"
        terminal.send(CTRL_C + CTRL_D)
        quits(terminal)


@SIZES
def test_a_draft_is_there_after_a_kill_and_each_chat_has_its_own(tmp_path: Path, size: tuple[int, int]) -> None:
    with ReplayServer(ndjson_chat(["One."]), models=MODEL) as server:
        env = {"OLLAMA_HOST": server.host}
        with Terminal(CHINWAG, *size, env, tmp_path) as terminal:
            terminal.wait_for("ready")
            terminal.send("First?" + ENTER)
            terminal.wait_for("One.")
            terminal.send("more of the first")
            terminal.wait_for("> more of the first")
            terminal.send(CTRL_N)
            terminal.wait_for("> Write here")
            terminal.send("of the second")
            terminal.wait_for("> of the second")
            terminal.send(ALT + "1")
            terminal.wait_for("> more of the first")
            terminal.send(ALT + "2")
            terminal.wait_for("> of the second")
            terminal.send(ALT + "1")
            terminal.wait_for("> more of the first")
            terminal.kill(signal.SIGKILL)
            terminal.wait_exit()
        with Terminal([*CHINWAG, "--continue"], *size, env, tmp_path) as terminal:
            terminal.wait_for("> more of the first")
            terminal.send(CTRL_N)
            terminal.wait_for("> of the second")
            terminal.send(CTRL_U)
            terminal.wait_for("> Write here")
            terminal.send(CTRL_D)
            quits(terminal)
        with Terminal(CHINWAG, *size, env, tmp_path) as terminal:
            terminal.wait_for("ready")
            assert terminal.display()[-1] == "> Write here"
            terminal.send(CTRL_D)
            quits(terminal)

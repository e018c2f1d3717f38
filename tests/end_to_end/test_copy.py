"""`chinwag` in a real pseudo-terminal: copying by OSC 52 and by the desktop's tool, saving, going to messages."""

import base64
import re
from pathlib import Path

from tests.readme.tasks import COPY_THE_SECOND_CODE
from tests.support.answers import ndjson_chat
from tests.support.program import CHINWAG
from tests.support.replay_server import ReplayServer
from tests.support.session import ALT, CTRL_D, ENTER, MODEL, quits
from tests.support.sizes import SIZES
from tests.support.terminal import Terminal

REPLY = "One:\n\n```py\nx = 1\n```\n\nTwo:\n\n```sh\necho \x1b]52;c;aGFja2Vk\x07 é\n```\n\n```sh\nls\n```\n"
SECOND = "echo \u241b]52;c;aGFja2Vk\u2407 é"


def clipboards(raw: bytes) -> list[str]:
    """What the terminal was told to put into its clipboard, in order."""
    return [base64.b64decode(data).decode() for data in re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", raw)]


@SIZES
def test_the_second_code_block_is_copied_by_what_the_screen_says(tmp_path: Path, size: tuple[int, int]) -> None:
    tool = tmp_path / "bin" / "wl-copy"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\ncat > {tmp_path}/copied.part && mv {tmp_path}/copied.part {tmp_path}/copied\n")
    tool.chmod(0o755)
    with ReplayServer(ndjson_chat([REPLY]), models=MODEL) as server:
        env = {"OLLAMA_HOST": server.host, "WAYLAND_DISPLAY": "w", "PATH": f"{tool.parent}:/usr/bin:/bin"}
        with Terminal(CHINWAG, *size, env, tmp_path) as terminal:
            terminal.wait_for("ready")
            terminal.send("How?" + ENTER)
            terminal.wait_for(lambda screen: "ready" in screen[-2] and any("echo" in row for row in screen))
            COPY_THE_SECOND_CODE.perform(
                terminal,
                lambda screen: "1-9 code" in screen[-2],
                lambda screen: "1-9 code" in screen[-2],
                lambda screen: "copied 1 line of code" in screen[-2],
            )
            terminal.send(CTRL_D)
            quits(terminal)
        assert clipboards(terminal.raw) == [SECOND]
    assert (tmp_path / "copied").read_text() == SECOND


@SIZES
def test_a_code_block_is_saved(tmp_path: Path, size: tuple[int, int]) -> None:
    with (
        ReplayServer(ndjson_chat([REPLY]), models=MODEL) as server,
        Terminal(CHINWAG, *size, {"OLLAMA_HOST": server.host}, tmp_path) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("How?" + ENTER)
        terminal.wait_for(lambda screen: "ready" in screen[-2] and any("echo" in row for row in screen))
        terminal.send(ALT + "v")
        terminal.wait_for(lambda screen: "Enter" in screen[-2])
        terminal.send("1s")
        terminal.wait_for(lambda screen: screen[-1].startswith("save as: reply-"))
        terminal.send("\x15" + f"{tmp_path}/a.py" + ENTER)
        terminal.wait_for(lambda screen: "saved to" in screen[-2])
        terminal.send(CTRL_D)
        quits(terminal)
    assert (tmp_path / "a.py").read_text() == "x = 1\n"


def test_one_goes_from_message_to_message_and_copies_the_last_reply(tmp_path: Path) -> None:
    with (
        ReplayServer(ndjson_chat(["line\n\n" * 30]), ndjson_chat(["done\n\n" * 30]), models=MODEL) as server,
        Terminal(CHINWAG, 80, 24, {"OLLAMA_HOST": server.host}, tmp_path) as terminal,
    ):
        terminal.wait_for("ready")
        for prompt in ("First?", "Second?"):
            terminal.send(prompt + ENTER)
            terminal.wait_for(lambda screen: "ready" in screen[-2] and any(row in ("line", "done") for row in screen))
        terminal.wait_for("done")
        terminal.send(ALT + "k")
        terminal.send(ALT + "k")
        terminal.wait_for(lambda screen: screen[0] == "> Second?")
        terminal.send(ALT + "k")
        terminal.send(ALT + "k")
        terminal.wait_for(lambda screen: screen[0] == "> First?")
        terminal.send(ALT + "w")
        terminal.wait_for(lambda screen: "copied 59 lines of the reply" in screen[-2])
        terminal.send(CTRL_D)
        quits(terminal)
    assert clipboards(terminal.raw) == [("done\n\n" * 30).strip()]

"""The program at work in a terminal, and the server that it talks to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.leaks import nothing_left
from tests.support.program import CHINWAG
from tests.support.replay_server import ReplayServer, Script
from tests.support.terminal import Terminal

MODEL = ("smollm2:135m",)
ESC, CTRL_C, CTRL_D, CTRL_J, CTRL_N, CTRL_R, ENTER, UP = "\x1b", "\x03", "\x04", "\n", "\x0e", "\x12", "\r", "\x1b[A"
ALT = ESC
"""Before a letter."""
READY = "smollm2:135m   ready"


@contextmanager
def chatting(
    *script: Script, columns: int = 80, lines: int = 24, arguments: tuple[str, ...] = (), home: Path | None = None
) -> Iterator[tuple[Terminal, ReplayServer]]:
    """The chat, ready, and the server it talks to. Leaves nothing behind, but for what is kept in `home`."""
    with (
        nothing_left(),
        ReplayServer(*script, models=MODEL) as server,
        Terminal([*CHINWAG, *arguments], columns, lines, {"OLLAMA_HOST": server.host}, home) as terminal,
    ):
        terminal.wait_for("ready")
        yield terminal, server


def lists(*titles: str) -> Callable[[list[str]], bool]:
    """Whether a screen lists these chats, in this order."""
    return lambda screen: [row.split("  ")[1] for row in screen[1:-2] if row.startswith("  ")] == list(titles)


def quits(terminal: Terminal, status: int = 0) -> None:
    """Assert that the program ends with `status`, leaves no process, and gives the terminal back whole."""
    assert terminal.wait_exit() == status
    assert terminal.processes() == []
    terminal.assert_restored()
    assert b"Traceback" not in terminal.raw

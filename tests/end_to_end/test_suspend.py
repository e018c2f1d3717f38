"""`chinwag` started from a shell that has jobs: Ctrl-Z, and `fg`."""

import shlex

from tests.support.answers import endless
from tests.support.program import CHINWAG
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_D, ENTER, ESC, MODEL
from tests.support.sizes import SIZES
from tests.support.terminal import Terminal

CTRL_Z = "\x1a"
SHELL = ("bash", "--norc", "--noprofile", "--noediting", "-i")


@SIZES
def test_it_leaves_the_terminal_to_the_shell_and_comes_back_while_a_reply_streams(size: tuple[int, int]) -> None:
    with (
        ReplayServer(endless("word ", 0.01), models=MODEL) as server,
        Terminal(SHELL, *size, {"OLLAMA_HOST": server.host, "PS1": "shell> "}) as terminal,
    ):
        terminal.wait_for("shell>")
        terminal.send(shlex.join(CHINWAG) + "\n")
        terminal.wait_for("ready")
        terminal.send("go" + ENTER)
        terminal.wait_for("word word")
        terminal.send("typed" + CTRL_Z)
        terminal.wait_for("Stopped")
        terminal.assert_restored()
        terminal.resize(size[0] + 5, size[1] + 1)
        terminal.send("fg\n")
        terminal.wait_for(lambda screen: screen[-1] == "> typed" and "answering" in screen[-2])
        terminal.send(ESC)
        server.client_gone()
        terminal.wait_for("cancelled")
        terminal.send("\x15" + CTRL_D)
        terminal.wait_for(lambda screen: [row for row in screen if row][-1:] == ["shell>"])
        terminal.send("exit\n")
        assert terminal.wait_exit() == 0
        terminal.assert_restored()

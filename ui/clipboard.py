"""The clipboard: of the terminal by OSC 52, which also works over SSH, and of the desktop by the tool that it has."""

import logging
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence

from ui.sanitiser import sanitise

MOST_BYTES = 74_994
"""What many terminals take by OSC 52: 100,000 bytes of base64, with what stands around it."""

TOOL_SECONDS = 2.0
"""How long a tool of the desktop may take."""

_logger = logging.getLogger(__name__)

Find = Callable[[str], str | None]
"""Where a program is; None if it is not there. `shutil.which` is one."""
Run = Callable[[Sequence[str], bytes], None]
"""Run a program with this input, without waiting for it."""


class Clipboard:
    """Copies. UI thread only; never waits for a tool.

    `to_terminal` sends a text to the terminal's clipboard, as urwid's screen does.
    """

    def __init__(self, to_terminal: Callable[[str], None], environ: Mapping[str, str], find: Find, run: Run) -> None:
        self._to_terminal = to_terminal
        self._tool = tool_of(environ, find)
        self._run = run

    def copy(self, text: str) -> str:
        """Copy a text, without what a terminal would obey, and return in words where it went, and what may be wrong."""
        clean = sanitise(text)
        size = len(clean.encode(errors="replace"))
        self._to_terminal(clean)
        places = ["terminal"]
        if self._tool:
            self._run(self._tool, clean.encode(errors="replace"))
            places.append(self._tool[0].rpartition("/")[2])
        too_long = size > MOST_BYTES and not self._tool
        warning = f"; {size:,} bytes may be too much for the terminal: save it instead" if too_long else ""
        return f"to the clipboard ({', '.join(places)}){warning}"


def tool_of(environ: Mapping[str, str], find: Find) -> tuple[str, ...]:
    """Return the desktop's clipboard tool with its arguments; empty where there is no desktop, or no tool."""
    tools: list[tuple[str, ...]] = []
    if environ.get("WAYLAND_DISPLAY"):
        tools.append(("wl-copy",))
    if environ.get("DISPLAY"):
        tools += [("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")]
    if not environ.get("SSH_TTY") and not environ.get("SSH_CONNECTION"):
        tools += [("pbcopy",), ("clip.exe",), ("termux-clipboard-set",)]
    for name, *arguments in tools:
        path = find(name)
        if path is not None:
            return (path, *arguments)
    return ()


def run_tool(command: Sequence[str], data: bytes) -> None:
    """Run a tool with this input, in a thread of its own: one that hangs is killed. Failures are in the log.

    The program ends when the tool has the text, and what the tool leaves to serve it outlives the terminal.
    """
    threading.Thread(target=_run, args=(command, data), name="clipboard").start()


def _run(command: Sequence[str], data: bytes) -> None:
    quiet = subprocess.DEVNULL
    try:
        subprocess.run(
            command,
            input=data,
            stdout=quiet,
            stderr=quiet,
            timeout=TOOL_SECONDS,
            check=True,
            start_new_session=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        _logger.warning("The clipboard tool %s failed: %s", command[0], type(error).__name__)

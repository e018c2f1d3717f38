"""Running the full-screen chat on a terminal, and giving the terminal back."""

import shutil
import termios
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import urwid

from protocol.server_names import ServerNames
from ui.app import ChatApp, Playback
from ui.ascii import speaks_utf8
from ui.clipboard import Clipboard, run_tool
from ui.configuration import NOTHING_CONFIGURED, Configuration
from ui.engine import StartEngine
from ui.external_editor import ExternalEditor, run_on_terminal
from ui.keymap import Keymap
from ui.link import shows_links
from ui.log import errors_to
from ui.sanitiser import sanitise
from ui.signals import LastResort, leaving_on_signals, stacks_on_signal
from ui.surroundings import Surroundings
from ui.terminal import TerminalScreen, leave_terminal
from ui.terminal_check import check_terminal
from ui.themes import ThemeName, colours_of, palette_of

_ONE_SERVER = ServerNames()


def run_chat(
    start_engine: StartEngine,
    stdin: TextIO,
    stdout: TextIO,
    stderr: TextIO,
    environ: Mapping[str, str],
    log: int | None = None,
    playback: Playback | None = None,
    configuration: Configuration = NOTHING_CONFIGURED,
    servers: ServerNames = _ONE_SERVER,
    warns: bool = True,
) -> int:
    """Run the chat on a terminal until the user leaves, and return the exit status. Main thread only.

    `start_engine` is called after the first paint. `log` is the descriptor that takes the threads' stacks on SIGUSR1,
    and what libraries write to standard error, which would spoil the screen.
    Raises InterfaceError if the terminal cannot be used.
    """
    check_terminal(stdin, stdout, environ)
    urwid.set_encoding("utf-8")
    settings = termios.tcgetattr(stdin.fileno())
    last_resort = LastResort(lambda: leave_terminal(stdin.fileno(), stdout.fileno(), settings))
    screen = TerminalScreen(stdin, stdout, not speaks_utf8(environ), shows_links(environ))
    screen.set_terminal_properties(colors=colours_of(configuration.theme, environ))
    palette, keymap = palette_of(configuration.theme or ThemeName.AUTO), Keymap(configuration.keys)
    around = Surroundings(
        time.monotonic,
        time.time,
        Clipboard(screen.copy_to_clipboard, environ, shutil.which, run_tool),
        ExternalEditor(environ, shutil.which, run_on_terminal),
        Path.cwd(),
        tuple(preset.name for preset in configuration.presets),
        servers,
        warns,
    )
    app = ChatApp(start_engine, screen, around, playback, keymap, palette, configuration.warm)
    with errors_to(log), leaving_on_signals(app.events, last_resort), stacks_on_signal(log):
        farewell = app.run(last_resort.disarm)
    with suppress(OSError):
        stderr.writelines(f"chinwag: {sanitise(sentence)}\n" for sentence in farewell.words)
        stderr.flush()
    return farewell.status

"""What `chinwag doctor` says of the terminal and the clipboard."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TextIO

from ui.ascii import speaks_utf8
from ui.check import Check, ok, warn
from ui.clipboard import MOST_BYTES, Find, tool_of
from ui.terminal_check import screen_obstacle
from ui.themes import ThemeName, colours_of

_LEAST = (40, 10)
_COPIES = re.compile(r"(?:xterm-)?(?:kitty|ghostty|foot|alacritty|wezterm|contour|rio)\b")
_COPYING_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "ghostty", "vscode", "rio"})
_COPYING_SIGNS = ("KITTY_WINDOW_ID", "WT_SESSION", "ALACRITTY_WINDOW_ID", "WEZTERM_PANE")

Ask = Callable[[Sequence[str]], str]
"""Runs a program for a moment, and returns what it prints; empty where that did not work."""


def check_terminal(
    stdin: TextIO | None, stdout: TextIO | None, environ: Mapping[str, str], theme: ThemeName | None, ask: Ask
) -> Iterator[Check]:
    """Look at the terminal that this runs in."""
    obstacle = screen_obstacle(stdin, stdout, environ)
    if obstacle:
        yield warn("terminal", obstacle, "Run it in a terminal for the full screen; else the chat is line by line.")
    else:
        assert stdout is not None
        yield from _size(stdout)
    yield _colours(environ, theme)
    if speaks_utf8(environ):
        yield ok("characters", "UTF-8")
    else:
        yield warn("characters", "the locale is not UTF-8, so ASCII is shown", "Set LANG to C.UTF-8, or to your own.")
    yield from _between(environ, ask)
    yield _keys(environ)


def check_clipboard(environ: Mapping[str, str], find: Find, ask: Ask) -> Iterator[Check]:
    """Look at the two ways to the clipboard: the desktop's tool, and the terminal."""
    tool = tool_of(environ, find)
    sends = _sends_osc52(environ, ask)
    by_terminal = f"the terminal takes up to {MOST_BYTES:,} bytes by OSC 52"
    if tool:
        yield ok("clipboard", f"by {tool[0]}{', and ' + by_terminal if sends else ''}")
    elif sends:
        yield ok("clipboard", by_terminal)
    else:
        what = "there is no tool for it, and this terminal is not known to take OSC 52"
        yield warn("clipboard", what, "Install wl-clipboard or xclip, or save with s in place of copying.")


def _size(stdout: TextIO) -> Iterator[Check]:
    try:
        size = os.get_terminal_size(stdout.fileno())
    except OSError:
        return
    shown = f"{size.columns}x{size.lines}"
    if size.columns < _LEAST[0] or size.lines < _LEAST[1]:
        yield warn("terminal", f"{shown} is too small", f"The screen needs at least {_LEAST[0]}x{_LEAST[1]}.")
    else:
        yield ok("terminal", shown)


def _colours(environ: Mapping[str, str], theme: ThemeName | None) -> Check:
    number = colours_of(theme, environ)
    if number == 1:
        return ok("colours", "none, as --theme none says")
    if number is None and environ.get("NO_COLOR"):
        return ok("colours", "none, as NO_COLOR says")
    term = environ.get("TERM", "")
    many = environ.get("COLORTERM") or "256color" in term
    known = f"TERM={term}" + (f", COLORTERM={environ['COLORTERM']}" if environ.get("COLORTERM") else "")
    return ok("colours", f"{'256 or more' if many else 'few'} ({known})")


def _between(environ: Mapping[str, str], ask: Ask) -> Iterator[Check]:
    """What stands between the program and the terminal."""
    if environ.get("TMUX"):
        if _sends_osc52(environ, ask):
            yield ok("tmux", "passes copied texts on")
        else:
            yield warn("tmux", "does not pass copied texts on", "Put `set -g set-clipboard on` into ~/.tmux.conf.")
    elif environ.get("STY"):
        yield warn("screen", "GNU screen passes neither copied texts nor many colours on", "tmux does.")
    if environ.get("SSH_TTY") or environ.get("SSH_CONNECTION"):
        yield ok("ssh", "the terminal is on another machine: what is copied goes there by OSC 52 only")


def _keys(environ: Mapping[str, str]) -> Check:
    if environ.get("TMUX") or environ.get("STY"):
        return ok("keys", "Ctrl-J and Alt-Enter break a line; Shift-Enter only where tmux has extended-keys on")
    return ok("keys", "Ctrl-J and Alt-Enter break a line, in some terminals Shift-Enter too")


def _sends_osc52(environ: Mapping[str, str], ask: Ask) -> bool:
    if environ.get("TMUX"):
        return ask(["tmux", "show-options", "-gv", "set-clipboard"]).strip() in ("on", "external")
    if environ.get("STY"):
        return False
    known = _COPIES.match(environ.get("TERM", "")) or environ.get("TERM_PROGRAM") in _COPYING_PROGRAMS
    return bool(known) or any(sign in environ for sign in _COPYING_SIGNS)

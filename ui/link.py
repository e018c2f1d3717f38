"""Links that a terminal can follow (OSC 8): which addresses may be one, and which terminals are known to have them."""

import re
from collections.abc import Mapping
from functools import lru_cache
from zlib import crc32

import urwid

from ui.markup import Ink
from ui.palette import Role

_ADDRESS = re.compile(r"(?:https?://|mailto:)[!-~]+", re.IGNORECASE)
_LONGEST = 2_000
_KEPT = 256
"""So many links are kept ready; others are made anew when they are drawn."""

_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "mintty", "contour"})
_NAMES = re.compile(r"(?:xterm-)?(?:kitty|ghostty|foot|alacritty|wezterm|contour|mintty)\b|tmux-256color\Z")
_SIGNS = ("KITTY_WINDOW_ID", "WT_SESSION", "ALACRITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR")
_WITHOUT = re.compile(r"linux\b|dumb\b|screen\b|vt\d|\Z")
_VTE = 5001
_KONSOLE = 201200
_TMUX = (3, 4)


def linked(role: Role, address: str) -> Ink:
    """Return how a text is drawn that leads to an untrusted address; `role` alone where that may be no link."""
    if len(address) > _LONGEST or not _ADDRESS.fullmatch(address):
        return role
    return _linked(role, address)


def shows_links(environ: Mapping[str, str]) -> bool:
    """Tell whether the terminal is known to have links. FORCE_HYPERLINK says it in its place: 0 for no, else yes."""
    forced = environ.get("FORCE_HYPERLINK")
    if forced:
        return forced != "0"
    program, term = environ.get("TERM_PROGRAM", ""), environ.get("TERM", "")
    if "TMUX" in environ:  # what is told of other terminals is of the one that tmux was started in
        return program == "tmux" and _version(environ.get("TERM_PROGRAM_VERSION", "")) >= _TMUX
    if "STY" in environ or _WITHOUT.match(term):
        return False
    return (
        program in _PROGRAMS
        or bool(_NAMES.match(term))
        or any(environ.get(sign) for sign in _SIGNS)
        or _number(environ.get("VTE_VERSION", "")) >= _VTE
        or _number(environ.get("KONSOLE_VERSION", "")) >= _KONSOLE
    )


@lru_cache(maxsize=_KEPT)
def _linked(role: Role, address: str) -> Ink:
    link = urwid.Hyperlink(address, id=f"{crc32(address.encode()):x}")  # its rows are one link
    return urwid.LayeredAttr(urwid.AttrSpec("inherit", "inherit", hyperlink=link), role)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0

"""Text for terminals that show ASCII only: every column stays where it is."""

import unicodedata
from collections.abc import Mapping
from typing import Final

import urwid

_NAMES = ("LC_ALL", "LC_CTYPE", "LANG")
_LIKE: Final = {
    "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+",
    "━": "=", "═": "=", "║": "|", "▌": "|", "▏": "|", "█": "#", "•": "*", "·": ".", "…": ".", "–": "-", "—": "-",
    "‘": "'", "’": "'", "“": '"', "”": '"', "«": "<", "»": ">", "→": ">", "←": "<", "✓": "v", "\u00a0": " ",
    "☐": "o", "☑": "x", "×": "x",
}  # fmt: skip
_PLAIN = ("C", "POSIX")
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
_FIRST_BEYOND = 0x80


def speaks_utf8(environ: Mapping[str, str]) -> bool:
    """Tell whether the terminal shows UTF-8, by the locale's variables; where none is set, it does.

    The first of LC_ALL, LC_CTYPE and LANG that is set and not empty counts (POSIX, Base Definitions, 8.2), but for an
    LC_CTYPE that Python itself has put there, for LANG=C (PEP 538).
    """
    names = _NAMES[2:] if environ.get("LANG") in _PLAIN and environ.get("LC_CTYPE") in _COERCED else _NAMES
    locale = next((environ[name] for name in ("LC_ALL", *names) if environ.get(name)), "C.UTF-8")
    charset = locale.partition("@")[0].partition(".")[2]
    return charset.lower().replace("-", "") == "utf8"


class AsciiTable(dict[int, str]):
    """For `str.translate`: as many columns of ASCII for each character beyond it. Fills itself as it is asked."""

    def __missing__(self, code: int) -> str:
        self[code] = chr(code) if code < _FIRST_BEYOND else _as_ascii(chr(code))
        return self[code]


def _as_ascii(character: str) -> str:
    columns = urwid.calc_width(character, 0, 1)
    like = _LIKE.get(character)
    if like is None:
        plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
        like = plain if len(plain) == columns and plain.isprintable() else "?" * columns
    return like

"""On which line of a TOML text each key stands: its parser does not tell."""

import re
from collections.abc import Iterator, Mapping

_NAME = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?\Z")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=(.*)", re.DOTALL)
_PART = re.compile(_NAME)
_QUOTES = ('"""', "'''")

Path = tuple[str, ...]


def lines_of(text: str) -> Mapping[Path, int]:
    """Return the line, from 1, of each table and key of a text, by its path; where it stands first."""
    found: dict[Path, int] = {}
    for path, number in _located(text):
        for length in range(1, len(path) + 1):
            found.setdefault(path[:length], number)
    return found


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Return the line of a key; where it is not found, as in a table on one line, that of what it stands in."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _located(text: str) -> Iterator[tuple[Path, int]]:
    table: Path = ()
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
        elif header := _HEADER.match(line):
            table = _parts(header[1])
            yield table, number
        elif key := _KEY.match(line):
            yield (*table, *_parts(key[1])), number
            closing = _left_open(key[2])


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _left_open(value: str) -> str:
    """The quotes that must come for the text that begins here; empty where none does, or it ends here."""
    for quotes in _QUOTES:
        if value.lstrip().startswith(quotes) and value.count(quotes) % 2:
            return quotes
    return ""

"""The lines in which the tables and keys of a TOML text stand, which its parser does not tell."""

import re
from collections.abc import Sequence

_PART = r"""(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))"""
_PATH = rf"\s*{_PART}\s*(?:\.\s*{_PART}\s*)*"
_HEADER = re.compile(rf"\s*\[\[?{_PATH}\]\]?\s*(#.*)?\Z")
_KEY = re.compile(rf"({_PATH})=")
_PARTS = re.compile(_PART)
_QUOTES = ('"""', "'''")
_INNER = re.compile(rf"(?:[{{,])\s*({_PATH})=")


class TomlLines:
    """Knows the line of each table and of each key of a text, as well as can be told without a parser."""

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        closing = ""
        for number, line in enumerate(text.splitlines(), 1):
            if closing:
                closing = "" if closing in line else closing
            elif _HEADER.match(line):
                table = _path(line[: line.rindex("]")])
                self._note(table, number)
            elif key := _KEY.match(line):
                path = (*table, *_path(key[1]))
                self._note(path, number)
                for inner in _INNER.finditer(line, key.end()):
                    self._note((*path, *_path(inner[1])), number)
                closing = _left_open(line[key.end() :])

    def of(self, path: Sequence[str]) -> int:
        """The line of a key, or else of the nearest table around it; 1 where nothing of it is found."""
        for length in range(len(path), 0, -1):
            if (line := self._lines.get(tuple(path[:length]))) is not None:
                return line
        return 1

    def _note(self, path: tuple[str, ...], number: int) -> None:
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], number)


def _left_open(value: str) -> str:
    """The quotes that must come for the text that begins here; empty where none does, or it ends here."""
    for quotes in _QUOTES:
        if value.lstrip().startswith(quotes) and value.count(quotes) % 2:
            return quotes
    return ""


def _path(text: str) -> tuple[str, ...]:
    return tuple("".join(found) for found in _PARTS.findall(text))

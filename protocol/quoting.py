r"""Texts in a line: bare words, and texts in quotes, in which `\n` and the like are written as in JSON."""

import re

import msgspec

_PART = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"(?=\s|\Z)|([^\s"]\S*))', re.DOTALL)


def words_of(line: str) -> tuple[str, ...]:
    """Return the texts of a line. Raises ValueError, with a sentence, where quotes are not closed or hold no text."""
    found, place, line = [], 0, line.rstrip()
    while place < len(line):
        part = _PART.match(line, place)
        if part is None:
            raise ValueError('close the quotes: "a text", with a space after them.')
        found.append(part[2] if part[1] is None else _decoded(part[1]))
        place = part.end()
    return tuple(found)


def quoted(text: str) -> str:
    """Return a text as it is written in a line: in quotes where it would not be a word of its own."""
    plain = text and '"' not in text and "\\" not in text and text.isprintable() and len(text.split()) == 1
    return text if plain and text.strip() == text else msgspec.json.encode(text).decode()


def unquoted(path: str) -> str:
    """Return a path without the marks that somebody has put around it."""
    path = path.strip()
    is_quoted = len(path) > 1 and path[0] == path[-1] and path[0] in "'\""
    return path[1:-1] if is_quoted else path


def _decoded(inside: str) -> str:
    try:
        return str(msgspec.json.decode(f'"{_escaped(inside)}"', type=str))
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise ValueError(r"write what is in quotes as in JSON: \n for a new line, \" for a quote.") from error


def _escaped(inside: str) -> str:
    """A text of several lines may be typed as it is."""
    return "".join(f"\\u{ord(one):04x}" if ord(one) < 0x20 else one for one in inside)

"""Paths in what a terminal pastes when files are dragged on it: quoted, escaped, or as addresses."""

import shlex
from urllib.parse import unquote, urlsplit

_LONGEST = 8_000
"""Characters; more is a text."""
_MOST = 20
"""Paths."""


def dragged_paths(pasted: str) -> tuple[str, ...]:
    """Return the paths that a paste consists of, and of nothing else; none where it is a text."""
    text = pasted.strip()
    if not text or len(text) > _LONGEST:
        return ()
    if "\n" not in text and _is_path(text) and "\\" not in text and "'" not in text and " /" not in text:
        return tuple(filter(None, (_path(text),)))
    try:
        words = shlex.split(text)
    except ValueError:
        return ()
    paths = tuple(map(_path, words))
    fits = 0 < len(words) <= _MOST and all(map(_is_path, words)) and all(paths)
    return paths if fits else ()


def _is_path(word: str) -> bool:
    """Relative paths are not dragged; a word of a text looks like one."""
    return len(word) > 1 and word.startswith(("/", "~/", "file://")) and "\0" not in word


def _path(word: str) -> str:
    if not word.startswith("file://"):
        return word
    try:
        address = urlsplit(word)
    except ValueError:
        return ""
    return unquote(address.path) if address.netloc in ("", "localhost") else ""

"""What a text says of files: `@notes.txt`, `@"my notes.txt"`, `@src/` and `@src/**/*.py`.

Only what is there is meant: whether that is so, whoever can look at the disk finds out. What is attached is called as
it was written, so that a text tells which of its attachments it still means.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from protocol.chat import Attachment
from protocol.message import Value

_MENTION = r'(?:^|(?<=[\s(\[]))@(?:"([^"\n]+)"|([^\s"]+))'
"""Compiled when the first text is looked at, by `re`, which keeps it: not before the first paint."""
_BEHIND = ".,;:!?)]}'"
"""What may stand behind a word of a sentence, and is no part of it."""
MOST = 50
"""Mentions of one text that are looked at."""


class Mention(Value, frozen=True):
    """A word of a text that may name files."""

    spellings: tuple[str, ...]
    """The path as it is written; then without the marks at its end, which may belong to the sentence."""


def mentions(text: str) -> tuple[Mention, ...]:
    """Return the words of a text that may name files, each once, in order."""
    found = dict[Mention, None]()
    for match in re.finditer(_MENTION, text):
        if match[1] is not None:
            found[Mention((match[1],))] = None
        else:
            found[Mention(tuple(dict.fromkeys((match[2], match[2].rstrip(_BEHIND) or match[2]))))] = None
        if len(found) == MOST:
            break
    return tuple(found)


def mention_of(path: str) -> str:
    """Return how a path is written in a text."""
    return f'@"{path}"' if re.search(r"\s", path) or path[-1:] in _BEHIND else f"@{path}"


def is_wild(path: str) -> bool:
    """Tell whether a path stands for several, by `*`, `?` or `[`."""
    return "*" in path or "?" in path or "[" in path


def means(mention: Mention, name: str) -> bool:
    """Tell whether a word of a text names what is called so: itself, or among others."""
    return any(
        spelling == name
        or (spelling.endswith("/") and name.startswith(spelling))
        or (is_wild(spelling) and wild_path(spelling).fullmatch(name) is not None)
        for spelling in mention.spellings
    )


def carried(attachments: Iterable[Attachment], before: str, after: str) -> tuple[Attachment, ...]:
    """Return what stays with a text that was changed: all but what it named before and does not any more."""
    old, new = mentions(before), mentions(after)
    return tuple(
        one
        for one in attachments
        if any(means(word, one.name) for word in new) or not any(means(word, one.name) for word in old)
    )


def unnamed(attachments: Iterable[Attachment], text: str) -> tuple[Attachment, ...]:
    """Return the attachments that no word of a text names."""
    words = mentions(text)
    return tuple(one for one in attachments if not any(means(word, one.name) for word in words))


def unknown(text: str, attachments: Iterable[Attachment]) -> tuple[Mention, ...]:
    """Return the words of a text that name none of these attachments."""
    there = [one.name for one in attachments]
    return tuple(word for word in mentions(text) if not any(means(word, name) for name in there))


@lru_cache(maxsize=64)
def wild_path(pattern: str) -> re.Pattern[str]:
    """Return what matches the paths that a pattern stands for: `**` any folders, `*` and `?` within a name.

    A name that begins with a dot is only matched by one that does.
    """
    parts = pattern.split("/")
    made = []
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if part == "**" and not last and parts[place + 1] == "**":
            continue  # it means what one of them does
        if part == "**":
            made.append(r"(?:[^/.][^/]*/)*" + (r"[^/.][^/]*" if last else ""))
        else:
            made.append(wild_name(part) + ("" if last else "/"))
    return re.compile("".join(made), re.DOTALL)


def wild_name(pattern: str) -> str:
    """Return one part of such a pattern as a regular expression."""
    shown = "" if pattern.startswith(".") or not is_wild(pattern) else r"(?!\.)"
    first, *others = _between_stars(pattern)
    if not others:
        return shown + first
    *inner, last = others
    return f"{shown}{first}{''.join(f'(?>[^/]*?{piece})' for piece in inner)}[^/]*{last}"


def _between_stars(pattern: str) -> list[str]:
    """Return what is before, between and behind the `*`, as regular expressions.

    Each but the last takes the first place that it fits, and keeps it: with many stars, to try all others would take
    longer than anybody lives.
    """
    found = [""]
    for match in re.finditer(r"\*+|\[!?[^\]/]+\]|.", pattern, re.DOTALL):
        if match[0].startswith("*"):
            found.append("")
        else:
            found[-1] += _piece(match[0])
    return found


def _piece(piece: str) -> str:
    match piece:
        case "?":
            return "[^/]"
        case _ if len(piece) > 1:
            inner = re.sub(r"([\\&~|\[^])", r"\\\1", piece[1:-1].removeprefix("!"))
            return f"[{'^' if piece[1] == '!' else ''}{inner}]"
        case _:
            return re.escape(piece)

"""Which files a word of a prompt means: one, those in a folder, or those that a pattern stands for.

Nothing is opened here. Hidden files and folders are left out, unless they are named; folders behind symbolic links are
not entered, so that no walk goes round and round.
"""

import os
import re
import stat
from collections.abc import Iterator

from protocol.errors import InterfaceError
from protocol.mentions import Mention, is_wild, wild_name
from protocol.message import Value

MOST_ENTRIES = 50_000
"""Of folders that are looked at for one word."""
_DEEPEST = 40


class Found(Value, frozen=True):
    """What a word means."""

    names: tuple[str, ...] = ()
    """The paths as they begin in the text, sorted."""
    spelling: str = ""
    """Which of the spellings of the word it is that means them."""
    several: bool = False
    """It is a folder or a pattern: what of it is no text is passed over."""


def find(mention: Mention, most: int) -> Found:
    """Return the files that a word means; none where it names nothing that is there, for then it is only a word.

    Raises InterfaceError where it means more than `most`. Blocks as long as the disk does.
    """
    for spelling in mention.spellings:
        if is_wild(spelling) and not _exists(spelling):
            found = _several(spelling, _matching(spelling), most)
        elif spelling.endswith("/") and _exists(spelling):
            found = _several(spelling, _below(spelling, os.path.expanduser(spelling), 0, [0]), most)
        elif _exists(spelling) and not os.path.isdir(os.path.expanduser(spelling)):
            return Found((spelling,), spelling)
        else:
            continue
        if found:
            return Found(tuple(found), spelling, several=True)
    return Found()


def _exists(path: str) -> bool:
    """Tell whether something is there, a link that leads nowhere too: that is said when it is read."""
    try:
        os.lstat(os.path.expanduser(path))
    except (OSError, ValueError):
        return False
    return True


def _several(word: str, paths: Iterator[str], most: int) -> list[str]:
    found: list[str] = []
    for path in paths:
        found.append(path)
        if len(found) > most:
            raise InterfaceError(f"@{word} means more than {most} files.", "Name fewer of them.")
    return sorted(found)


def _below(shown: str, folder: str, depth: int, seen: list[int]) -> Iterator[str]:
    """All files in a folder and those below it; `shown` is how the folder is written."""
    for entry in _entries(folder, seen):
        if entry.name.startswith("."):
            continue
        if _is_folder(entry):
            if depth < _DEEPEST:
                yield from _below(f"{shown}{entry.name}/", entry.path, depth + 1, seen)
        elif _is_file(entry):
            yield f"{shown}{entry.name}"


def _matching(pattern: str) -> Iterator[str]:
    """All files that a pattern stands for."""
    parts = pattern.split("/")
    fixed = next(place for place, part in enumerate(parts) if is_wild(part))
    shown = "".join(f"{part}/" for part in parts[:fixed])
    yield from dict.fromkeys(_walk(shown, os.path.expanduser(shown) or ".", parts[fixed:], 0, [0]))


def _walk(shown: str, folder: str, parts: list[str], depth: int, seen: list[int]) -> Iterator[str]:
    part, rest = parts[0], parts[1:]
    if part == "**":
        yield from _walk(shown, folder, rest or ["*"], depth, seen)
        for entry in _entries(folder, seen) if depth < _DEEPEST else ():
            if _is_folder(entry) and not entry.name.startswith("."):
                yield from _walk(f"{shown}{entry.name}/", entry.path, parts, depth + 1, seen)
        return
    wanted = re.compile(wild_name(part), re.DOTALL)
    for entry in _entries(folder, seen):
        if not wanted.fullmatch(entry.name):
            continue
        if not rest and _is_file(entry):
            yield f"{shown}{entry.name}"
        elif rest and depth < _DEEPEST and _is_folder(entry):
            yield from _walk(f"{shown}{entry.name}/", entry.path, rest, depth + 1, seen)


def _entries(folder: str, seen: list[int]) -> Iterator["os.DirEntry[str]"]:
    """What is in a folder, as far as it can be read. `seen` counts over all folders of one walk."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                seen[0] += 1
                if seen[0] > MOST_ENTRIES:
                    raise InterfaceError(f"More than {MOST_ENTRIES:,} files are there.", "Name a smaller folder.")
                yield entry
    except OSError:
        return


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_file(entry: "os.DirEntry[str]") -> bool:
    """Pipes, sockets and devices are none, and a link only where it leads to one."""
    try:
        return stat.S_ISREG(entry.stat().st_mode)
    except OSError:
        return False

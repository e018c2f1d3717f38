"""What is said of a disk that does not take, or does not give, what is kept on it."""

import errno
import sqlite3
from pathlib import Path

UNTIL_THEN = "Until then this chat is only in memory."
UNTIL_THE_END = "This chat is only in memory, until you quit."
KEPT_AFTER_ALL = "The disk takes it again: what was said is kept there after all."
REPLACED = "A fresh one is in its place."

_CODES = {
    errno.ENOSPC: sqlite3.SQLITE_FULL,
    errno.EDQUOT: sqlite3.SQLITE_FULL,
    errno.EFBIG: sqlite3.SQLITE_FULL,
    errno.EROFS: sqlite3.SQLITE_READONLY,
    errno.EACCES: sqlite3.SQLITE_PERM,
    errno.EPERM: sqlite3.SQLITE_PERM,
    errno.EIO: sqlite3.SQLITE_IOERR,
}
_PASSING = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
    }
)


def may_pass(error: Exception) -> bool:
    """Tell whether the same may succeed later: when there is space again, when another program has let go."""
    return isinstance(error, OSError) or _code(error) in _PASSING


def describe_trouble(error: Exception, path: Path) -> str:
    """Say what is in the way of the archive at `path`, what to do, and what holds meanwhile."""
    return f"{describe_cause(error, path)} {UNTIL_THEN if may_pass(error) else UNTIL_THE_END}"


def describe_cause(error: Exception, path: Path) -> str:
    """Say what is in the way of the archive at `path`, and what to do: a sentence or two."""
    match _code(error):
        case sqlite3.SQLITE_FULL:
            return f"The disk is full: {path} cannot grow. Free some space."
        case sqlite3.SQLITE_READONLY:
            return f"{path} is read-only. Make it and its folder writable."
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"{path} is locked by another program. Close that program."
        case sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN:
            return f"{path} cannot be opened ({_words(error)}). Check who may write to it and its folder."
        case sqlite3.SQLITE_IOERR:
            return f"The disk fails at {path} ({_words(error)}). Check it, and that it has space."
        case _:
            return f"{path} cannot be used ({_words(error)})."


def describe_surrender(path: Path) -> str:
    """Say that the archive at `path` was in trouble for so long that nothing more will be written to it."""
    return f"{path} could not be written for too long, and nothing more will be. {UNTIL_THE_END}"


def describe_damage(path: Path, aside: Path) -> str:
    """Say that the archive was damaged, where it is now, and how to save what is in it."""
    return f"{path} is damaged. It was kept aside as {aside}: `sqlite3 {aside} .recover` may save what is in it."


def _code(error: Exception) -> int:
    """What SQLite calls it; 0 where it has no name for it."""
    if isinstance(error, OSError):
        return _CODES.get(error.errno or 0, 0)
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _words(error: Exception) -> str:
    words = error.strerror if isinstance(error, OSError) else None
    return words or str(error)

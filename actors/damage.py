"""A damaged database: known by SQLite's codes, and put aside so that a fresh one can take its place."""

import sqlite3
import time
from itertools import count
from pathlib import Path

from actors.ownership import alone_in

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BESIDE = ("-wal", "-shm", "")
"""The log goes before the database: one that is left behind would be replayed into the fresh database."""


def is_damaged(error: BaseException) -> bool:
    """Tell whether an error says that the file itself is broken, or is no database."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _DAMAGE


def set_aside(path: Path, now: float) -> Path:
    """Rename a database and the files beside it, byte for byte as they are, and return where it is.

    `now`, in seconds since 1970, goes into the name. Nothing is ever overwritten. Raises OSError.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    with alone_in(path.parent):
        aside = _free(path.with_name(f"{path.name}.damaged-{stamp}"))
        for suffix in _BESIDE:
            beside = _with_suffix(path, suffix)
            if beside.exists() or not suffix:
                beside.rename(_with_suffix(aside, suffix))
    return aside


def _free(wanted: Path) -> Path:
    numbered = (wanted if number == 1 else _with_suffix(wanted, f"-{number}") for number in count(1))
    return next(path for path in numbered if not any(_with_suffix(path, suffix).exists() for suffix in _BESIDE))


def _with_suffix(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)

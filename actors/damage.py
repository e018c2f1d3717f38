"""A damaged database: known by SQLite's codes, and put aside so that a fresh one can take its place."""

import sqlite3
import time
from contextlib import closing
from itertools import count
from pathlib import Path

from actors.database import read_only
from actors.ownership import alone_in

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_LATELY = 24 * 3600.0
"""Seconds within which two processes may come upon the same damage."""
_BESIDE = ("-wal", "-shm", "")
"""The log goes before the database: one that is left behind would be replayed into the fresh database."""


def is_damaged(error: BaseException) -> bool:
    """Tell whether an error says that the file itself is broken, or is no database."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _DAMAGE


def set_aside(path: Path, now: float) -> Path:
    """Rename a database and the files beside it, byte for byte as they are, and return where it is.

    `now`, in seconds since 1970, goes into the name. Nothing is ever overwritten. Where another process was faster,
    the fresh database stays, and what that process put aside is returned. Raises OSError.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    with alone_in(path.parent):
        done = _put_aside_lately(path, now)
        if done is not None and _is_sound(path):
            return done
        aside = _free(path.with_name(f"{path.name}.damaged-{stamp}"))
        for suffix in _BESIDE:
            beside = _with_suffix(path, suffix)
            if beside.exists() or not suffix:
                beside.rename(_with_suffix(aside, suffix))
    return aside


def _put_aside_lately(path: Path, now: float) -> Path | None:
    asides = [each for each in path.parent.glob(f"{path.name}.damaged-*") if not each.name.endswith(("-wal", "-shm"))]
    lately = [each for each in asides if abs(now - each.stat().st_ctime) < _LATELY]
    return max(lately, key=lambda each: each.stat().st_ctime, default=None)


def _is_sound(path: Path) -> bool:
    try:
        with closing(read_only(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check (1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


def _free(wanted: Path) -> Path:
    numbered = (wanted if number == 1 else _with_suffix(wanted, f"-{number}") for number in count(1))
    return next(path for path in numbered if not any(_with_suffix(path, suffix).exists() for suffix in _BESIDE))


def _with_suffix(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)

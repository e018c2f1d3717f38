"""The file of the archive: opened, brought up to date, and closed to everybody but its owner."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from actors.ownership import alone_in
from actors.schema import MIGRATIONS, check, migrate, version_of

_BUSY_SECONDS = 2.0


def connect(path: Path) -> sqlite3.Connection:
    """Open a file to write it; one that is not there is made. Raises sqlite3.Error and OSError.

    A file that is damaged, or of a newer version, is left as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):  # to close a file that is open elsewhere would free the locks of SQLite on it
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    _tighten(path)
    with alone_in(path.parent):  # to go over to WAL fails at once when another process does the same
        if path.stat().st_size:
            _examine(path)
        return _opened(path)


def read_only(path: Path) -> sqlite3.Connection:
    """Open a file that is there, to read it."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS, isolation_level=None)


def numbered(*values: object) -> dict[str, object]:
    """Return values for a statement that names them `?1`, `?2` and so on. Python 3.14 takes no sequence for those."""
    return {str(number): value for number, value in enumerate(values, 1)}


def as_json(value: object) -> str:
    """Return a value as a column holds it that is more than a text or a number."""
    return msgspec.json.encode(value).decode()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Make one change of everything that is done inside: whole, or not at all."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """See one state of the file in everything that is read inside, whatever others write meanwhile."""
    with connection:
        connection.execute("BEGIN")
        yield


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        migrate(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _examine(path: Path) -> None:
    """Raise sqlite3.DatabaseError for a file that is not for us: one that may write would change it when it closes.

    Only what is to be migrated is read as a whole.
    """
    with closing(read_only(path)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        seen = version_of(connection)
        check(seen)
        if seen < len(MIGRATIONS):
            (result,) = connection.execute("PRAGMA quick_check (1)").fetchone()
            if result != "ok":
                error = sqlite3.DatabaseError(result)
                error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
                raise error


def _tighten(path: Path) -> None:
    """Close what others could read, and give the files beside it its mode, as SQLite does.

    Those that were made while the database could not be written would be in the way when it can be.
    """
    mode = path.stat().st_mode & 0o700
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with suppress(FileNotFoundError, PermissionError):  # a file of somebody else keeps the mode he gave it
            if each.stat().st_mode & 0o777 != mode:
                each.chmod(mode)

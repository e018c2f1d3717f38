"""The file of the archive: opened, brought up to date, and closed to everybody but its owner."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from actors.ownership import alone_in
from actors.schema import migrate

_BUSY_SECONDS = 2.0


def connect(path: Path) -> sqlite3.Connection:
    """Open a file to write it; one that is not there is made. Raises sqlite3.Error and OSError.

    A file that is damaged, or of a newer version, is left as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):  # to close a file that is open elsewhere would free the locks of SQLite on it
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    _tighten(path)
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        with alone_in(path.parent):  # to go over to WAL fails at once when another process does the same
            migrate(connection)  # first: a file that is not for us is not touched
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
    except (sqlite3.Error, OSError):
        connection.close()
        raise
    return connection


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


def _tighten(path: Path) -> None:
    """Close what others could read. SQLite gives the files beside it the mode of the database."""
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with suppress(FileNotFoundError, PermissionError):  # a file of somebody else keeps the mode he gave it
            mode = each.stat().st_mode & 0o777
            if mode & 0o077:
                each.chmod(mode & 0o700)

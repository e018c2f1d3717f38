"""What SQLite says of disks, as errors that tests hand in."""

import sqlite3


def trouble(code: int, words: str = "something is wrong") -> sqlite3.OperationalError:
    """An error as SQLite raises it with this code."""
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error


FULL = trouble(sqlite3.SQLITE_FULL, "database or disk is full")

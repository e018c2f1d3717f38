import errno
import os
import sqlite3
from pathlib import Path

import pytest

from actors.disk_trouble import UNTIL_THE_END, UNTIL_THEN, describe_cause, describe_damage, describe_trouble, may_pass
from tests.support.troubles import trouble

FILE = Path("/home/me/chinwag.db")
FULL = f"The disk is full: {FILE} cannot grow. Free some space."
READ_ONLY = f"{FILE} is read-only. Make it and its folder writable."
LOCKED = f"{FILE} is locked by another program. Close that program."


def refused(number: int) -> OSError:
    return OSError(number, os.strerror(number), str(FILE))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (trouble(sqlite3.SQLITE_FULL), FULL),
        (refused(errno.ENOSPC), FULL),
        (refused(errno.EDQUOT), FULL),
        (refused(errno.EFBIG), FULL),
        (trouble(sqlite3.SQLITE_READONLY_DBMOVED), READ_ONLY),
        (refused(errno.EROFS), READ_ONLY),
        (trouble(sqlite3.SQLITE_BUSY), LOCKED),
        (trouble(sqlite3.SQLITE_BUSY_SNAPSHOT), LOCKED),
        (trouble(sqlite3.SQLITE_LOCKED), LOCKED),
        (
            trouble(sqlite3.SQLITE_CANTOPEN, "unable to open database file"),
            f"{FILE} cannot be opened (unable to open database file). Check who may write to it and its folder.",
        ),
        (
            refused(errno.EACCES),
            f"{FILE} cannot be opened (Permission denied). Check who may write to it and its folder.",
        ),
        (
            trouble(sqlite3.SQLITE_IOERR_WRITE, "disk I/O error"),
            f"The disk fails at {FILE} (disk I/O error). Check it, and that it has space.",
        ),
        (refused(errno.EISDIR), f"{FILE} cannot be used (Is a directory)."),
        (OSError("it is odd"), f"{FILE} cannot be used (it is odd)."),
    ],
)
def test_what_may_pass_is_said_with_what_to_do(error: Exception, words: str) -> None:
    assert describe_cause(error, FILE) == words
    assert describe_trouble(error, FILE) == f"{words} {UNTIL_THEN}"
    assert may_pass(error) is True


@pytest.mark.parametrize(
    "error", [sqlite3.DatabaseError("a newer chinwag wrote it"), trouble(sqlite3.SQLITE_ERROR, "no such table")]
)
def test_what_will_not_pass_lasts_until_the_end(error: Exception) -> None:
    assert describe_trouble(error, FILE) == f"{FILE} cannot be used ({error}). {UNTIL_THE_END}"
    assert may_pass(error) is False


def test_of_a_damaged_file_it_is_said_where_it_is_and_how_to_save_it() -> None:
    assert describe_damage(FILE, Path("/aside.db")) == (
        f"{FILE} is damaged. It was kept aside as /aside.db: `sqlite3 /aside.db .recover` may save what is in it."
    )

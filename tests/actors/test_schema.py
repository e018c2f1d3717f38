import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from actors.schema import MIGRATIONS, migrate

TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "file", timeout=0.0, isolation_level=None)) as connection:
        yield connection


def version(connection: sqlite3.Connection) -> int:
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    return int(number)


def test_a_new_file_gets_every_table_and_the_latest_version(connection: sqlite3.Connection) -> None:
    migrate(connection)
    tables = [name for (name,) in connection.execute(TABLES)]
    assert (tables, version(connection)) == (["conversation", "message", "outbox", "piece"], len(MIGRATIONS))


def test_a_file_of_today_stays_as_it_is(connection: sqlite3.Connection) -> None:
    migrate(connection)
    connection.execute("INSERT INTO outbox VALUES (1, 'talk', 'Hi', 'me', 1.0)")
    migrate(connection)
    assert connection.execute("SELECT * FROM outbox").fetchall() == [(1, "talk", "Hi", "me", 1.0)]


def test_a_newer_file_is_refused(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(sqlite3.DatabaseError) as caught:
        migrate(connection)
    assert str(caught.value) == f"it was written by a newer chinwag (version {len(MIGRATIONS) + 1})"
    assert connection.execute(TABLES).fetchall() == []


def test_a_failed_step_leaves_nothing_half_done(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE piece (x)")
    with pytest.raises(sqlite3.OperationalError, match="table piece already exists"):
        migrate(connection)
    assert (connection.execute(TABLES).fetchall(), version(connection)) == ([("piece",)], 0)
    assert not connection.in_transaction


def test_a_step_that_another_process_takes_is_waited_for_no_longer_than_the_connection_does(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "file", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            migrate(connection)
        other.rollback()
    migrate(connection)
    assert version(connection) == len(MIGRATIONS)

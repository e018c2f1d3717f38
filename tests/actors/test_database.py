import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from actors.archive import FILE_NAME
from actors.database import connect, read_only, snapshot, transaction
from tests.support.keeping import of_version_1
from tests.support.leaks import nothing_left


def inputs(connection: sqlite3.Connection) -> list[str]:
    return [text for (text,) in connection.execute("SELECT text FROM input ORDER BY place")]


def test_what_fails_inside_a_transaction_is_as_if_it_never_was(tmp_path: Path) -> None:
    with closing(connect(tmp_path / FILE_NAME)) as connection:
        with pytest.raises(sqlite3.IntegrityError), transaction(connection):
            connection.execute("INSERT INTO input (text, created) VALUES ('Hi', 1.0)")
            connection.execute("INSERT INTO piece (message, chunks) VALUES ('nobody', '[]')")
        assert (inputs(connection), connection.in_transaction) == ([], False)


def test_a_snapshot_shows_one_moment_whatever_others_write(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with closing(connect(path)) as writer, closing(read_only(path)) as reader:
        with snapshot(reader):
            assert inputs(reader) == []
            writer.execute("INSERT INTO input (text, created) VALUES ('Hi', 1.0)")
            assert inputs(reader) == []
        assert inputs(reader) == ["Hi"]


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with nothing_left(), closing(connect(path)) as connection:
        connection.execute("INSERT INTO input (text, created) VALUES ('Hi', 1.0)")
        for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"):
            (tmp_path / name).chmod(0o664)
        connect(path).close()
        assert {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {
            FILE_NAME: 0o600,
            f"{FILE_NAME}-wal": 0o600,
            f"{FILE_NAME}-shm": 0o600,
        }


def test_a_file_that_cannot_be_written_stays_so(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    connect(path).close()
    path.chmod(0o444)
    connect(path).close()
    assert path.stat().st_mode & 0o777 == 0o400


def test_what_was_made_beside_a_file_that_could_not_be_written_can_be_written_with_it_again(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with closing(connect(path)) as connection:
        connection.execute("INSERT INTO input (text, created) VALUES ('Hi', 1.0)")
        beside = [tmp_path / f"{FILE_NAME}{suffix}" for suffix in ("-wal", "-shm")]
        for each in beside:
            each.chmod(0o400)
        connect(path).close()
        assert [each.stat().st_mode & 0o777 for each in beside] == [0o600, 0o600]


def test_an_empty_file_becomes_an_archive(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.touch()
    with closing(connect(path)) as connection:
        assert inputs(connection) == []


def test_a_file_is_opened_safe_and_fast(tmp_path: Path) -> None:
    path = of_version_1(tmp_path)
    with closing(connect(path)) as connection:
        settings = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert settings == ["wal", 1, 1]

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from actors.archive import FILE_NAME, Archive
from actors.damage import is_damaged, set_aside
from tests.support.keeping import answer, left_by_a_kill, of_version_1, opened, path_of
from tests.support.leaks import nothing_left

NOON = 43_200.0
PAGE = 4096


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def filled(folder: Path) -> Path:
    with opened(folder) as archive:
        for turn in range(60):
            answer(archive, str(turn), f"prompt {turn}", "word " * 200)
    return folder / FILE_NAME


def test_an_error_that_says_the_file_is_broken_is_told_from_others(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(sqlite3.DatabaseError) as caught:
        Archive(path, "me")
    assert is_damaged(caught.value)
    extended = sqlite3.DatabaseError("database disk image is malformed")
    extended.sqlite_errorcode = sqlite3.SQLITE_CORRUPT_INDEX
    assert is_damaged(extended)
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    assert [is_damaged(error) for error in (locked, sqlite3.DatabaseError("newer"), OSError(28, "full"))] == [False] * 3


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def overwritten(content: bytes) -> bytes:
    return b"\xab" * 512 + content[512:]


def without_tables(content: bytes) -> bytes:
    return content[:100] + bytes(PAGE - 100) + content[PAGE:]


@pytest.mark.parametrize("damage", [overwritten, without_tables])
def test_the_log_of_a_damaged_file_is_not_written_into_it(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    filled(tmp_path / "a")
    with opened(tmp_path / "a", "dead") as dying:
        dying.remember_input("Hi", 1.0)
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    path = folder / FILE_NAME
    path.write_bytes(damage(path.read_bytes()))
    before = files(folder)
    with nothing_left(), pytest.raises(sqlite3.DatabaseError) as caught:
        Archive(path, "me")
    assert is_damaged(caught.value)
    set_aside(path, NOON)
    left = sorted(content for name, content in files(folder).items() if not name.endswith("-shm"))
    assert left == sorted([before[FILE_NAME], before[f"{FILE_NAME}-wal"]])


@pytest.mark.parametrize("damage", [cut, overwritten, without_tables])
def test_a_damaged_file_is_put_aside_as_it_is_and_a_fresh_one_takes_its_place(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = filled(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    with nothing_left(), pytest.raises(sqlite3.DatabaseError) as caught:
        Archive(path, "me")
    assert is_damaged(caught.value)
    assert path.read_bytes() == before
    aside = set_aside(path, NOON)
    assert {name.removesuffix("-wal").removesuffix("-shm") for name in files(tmp_path)} == {aside.name}
    with opened(tmp_path) as archive:
        assert archive.reader.conversations(9) == []
    assert aside.read_bytes() == before


def test_a_damaged_file_of_an_older_version_is_left_as_it_is(tmp_path: Path) -> None:
    path = of_version_1(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[:PAGE] + b"\xab" * (len(content) - PAGE))
    before = path.read_bytes()
    with nothing_left(), pytest.raises(sqlite3.DatabaseError) as caught:
        Archive(path, "me")
    assert is_damaged(caught.value)
    assert set_aside(path, NOON).read_bytes() == before


def test_the_log_goes_with_its_database(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        answer(dying, "1", "Hi", "Hello.")
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    before = files(folder)
    assert sorted(before) == [FILE_NAME, f"{FILE_NAME}-shm", f"{FILE_NAME}-wal"]
    aside = set_aside(folder / FILE_NAME, NOON)
    assert files(folder) == {name.replace(FILE_NAME, aside.name): content for name, content in before.items()}
    with closing(Archive(aside, "reader")) as archive:
        assert path_of(archive) == [("1", "Hi"), ("1#1", "Hello.")]


def test_nothing_that_was_put_aside_before_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    asides = []
    for number in range(3):
        path.write_text(str(number))
        asides.append(set_aside(path, NOON))
    first = asides[0].name
    assert re.fullmatch(re.escape(FILE_NAME) + r"\.damaged-\d{8}-\d{6}", first)
    assert [aside.name for aside in asides] == [first, f"{first}-2", f"{first}-3"]
    assert [aside.read_text() for aside in asides] == ["0", "1", "2"]


def test_the_fresh_file_of_a_process_that_came_upon_the_same_damage_first_stays(tmp_path: Path) -> None:
    path = filled(tmp_path)
    path.write_bytes(cut(path.read_bytes()))
    aside = set_aside(path, time.time())
    with opened(tmp_path, "first") as archive:
        answer(archive, "1", "Hi", "Hello.")
        assert set_aside(path, time.time()) == aside
    with opened(tmp_path) as archive:
        assert path_of(archive) == [("1", "Hi"), ("1#1", "Hello.")]


def test_a_file_that_is_not_there_is_not_put_aside(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        set_aside(tmp_path / FILE_NAME, NOON)

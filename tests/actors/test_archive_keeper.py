import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from actors.archive import FILE_NAME, Archive
from actors.archive_keeper import MOST_WAITING, ArchiveKeeper, Work
from actors.disk_trouble import (
    KEPT_AFTER_ALL,
    REPLACED,
    UNTIL_THE_END,
    describe_cause,
    describe_damage,
    describe_trouble,
)
from tests.support.clock import FakeClock
from tests.support.keeping import rows
from tests.support.leaks import nothing_left
from tests.support.troubles import FULL, trouble

LOCKED = trouble(sqlite3.SQLITE_BUSY, "database is locked")
DAMAGED = trouble(sqlite3.SQLITE_CORRUPT, "database disk image is malformed")
HOPELESS = trouble(sqlite3.SQLITE_ERROR, "no such table")


class Disk:
    """A keeper over a real archive, what was done with it, and what was said of it.

    Errors in `refusals` are raised by what is done next with the archive, one each; those in `closed` by opening it.
    """

    def __init__(self, folder: Path, *closed: Exception) -> None:
        self.path = folder / FILE_NAME
        self.closed = list(closed)
        self.refusals: list[Exception] = []
        self.done: list[str] = []
        self.warnings: list[str] = []
        self.said: list[str] = []
        self.relief: list[str] = []
        addresses = self.warnings.append, self.relief.append, self.said.append
        self.keeper = ArchiveKeeper(self.path, self.open, self.work("begin"), *addresses, FakeClock(1.0))

    def open(self) -> Archive:
        if self.closed:
            raise self.closed.pop(0)
        return Archive(self.path, "me")

    def work(self, name: str) -> Work:
        def work(archive: Archive) -> None:
            if self.refusals:
                raise self.refusals.pop(0)
            archive.reader.conversations(1)  # which a closed one refuses
            self.done.append(name)

        return work

    def write(self, *names: str) -> None:
        for name in names:
            self.keeper.write(self.work(name))

    def took(self) -> list[str]:
        """What was done since the last time."""
        done, self.done = self.done, []
        return done

    def words(self, error: Exception) -> str:
        return describe_trouble(error, self.path)


@contextmanager
def disk(folder: Path, *closed: Exception) -> Iterator[Disk]:
    with nothing_left():
        made = Disk(folder, *closed)
        made.keeper.open()
        yield made
        made.keeper.close()


def aside(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(f"{FILE_NAME}-")]


def test_what_is_written_is_done_at_once_and_in_order(tmp_path: Path) -> None:
    with disk(tmp_path) as it:
        assert it.took() == ["begin"]
        it.write("first", "second")
        assert it.took() == ["first", "second"]
    assert (it.warnings, it.said) == ([], [])


def test_what_a_full_disk_refuses_waits_and_nothing_overtakes_it(tmp_path: Path) -> None:
    with disk(tmp_path) as it:
        it.took()
        it.refusals = [FULL, FULL]
        it.write("first", "second")
        assert (it.took(), it.keeper.rests, it.keeper.trouble) == ([], True, it.words(FULL))
        assert it.keeper.catch_up() is False
        it.write("third")
        assert (it.took(), it.warnings, it.said) == ([], [it.words(FULL)], [])
        assert it.keeper.catch_up() is True
        assert (it.took(), it.keeper.rests, it.keeper.trouble) == (["first", "second", "third"], False, "")
        assert (it.warnings, it.relief, it.said) == ([it.words(FULL)], [KEPT_AFTER_ALL], [])


def test_a_second_trouble_is_said_again_once_the_first_has_passed(tmp_path: Path) -> None:
    with disk(tmp_path) as it:
        it.refusals = [FULL]
        it.write("first")
        it.keeper.catch_up()
        it.refusals = [LOCKED]
        it.write("second")
        assert it.warnings == [it.words(FULL), it.words(LOCKED)]


def test_what_can_never_be_kept_is_left_out_and_the_rest_goes_on(tmp_path: Path) -> None:
    with disk(tmp_path) as it:
        it.took()
        it.refusals = [HOPELESS]
        it.write("first", "second")
        assert (it.took(), it.keeper.rests, it.warnings) == (["second"], False, [it.words(HOPELESS)])
        it.refusals = [FULL]
        it.write("third")
        assert it.keeper.catch_up() is True
        assert (it.keeper.trouble, it.relief) == (it.words(HOPELESS), [])  # for what was left out is missing


def test_an_archive_that_cannot_be_opened_is_opened_later_and_takes_what_was_said_meanwhile(tmp_path: Path) -> None:
    with disk(tmp_path, LOCKED, LOCKED) as it:
        it.write("first")
        assert (it.took(), it.keeper.rests, it.warnings) == ([], True, [it.words(LOCKED)])
        assert it.keeper.read(it.work("question")) == it.words(LOCKED)
        assert it.keeper.change(it.work("change")) == it.words(LOCKED)
        assert it.keeper.catch_up() is True
        assert it.took() == ["begin", "first"]
        assert it.relief == [KEPT_AFTER_ALL]


def test_an_archive_that_will_never_open_is_not_tried_again(tmp_path: Path) -> None:
    with disk(tmp_path, sqlite3.DatabaseError("a newer chinwag wrote it")) as it:
        it.write("first")
        assert (it.keeper.catch_up(), it.keeper.rests, it.took()) == (False, False, [])
    assert it.warnings == [f"{it.path} cannot be used (a newer chinwag wrote it). {UNTIL_THE_END}"]


def test_an_archive_that_cannot_be_written_from_the_start_can_be_read(tmp_path: Path) -> None:
    with nothing_left():
        it = Disk(tmp_path)
        it.refusals = [FULL]
        it.keeper.open()
        assert (it.took(), it.keeper.rests, it.warnings) == ([], True, [it.words(FULL)])
        assert (it.keeper.read(it.work("question")), it.took()) == ("", ["question"])
        it.refusals = [FULL]
        assert (it.keeper.change(it.work("change")), it.took()) == (it.words(FULL), [])
        assert (it.keeper.change(it.work("change")), it.took()) == ("", ["begin", "change"])
        it.keeper.close()


def test_damage_that_is_found_at_the_beginning_is_put_aside_as_well(tmp_path: Path) -> None:
    with nothing_left():
        it = Disk(tmp_path)
        it.refusals = [DAMAGED]
        it.keeper.open()
        it.write("first")
        assert (it.took(), it.warnings, len(it.said)) == (["begin", "first"], [], 1)
        it.keeper.close()
    assert sorted(path.name == FILE_NAME for path in aside(tmp_path)) == [False, True]


def test_reading_goes_on_while_writing_does_not_and_a_change_waits_for_its_turn(tmp_path: Path) -> None:
    with disk(tmp_path) as it:
        it.took()
        it.refusals = [FULL]
        it.write("first")
        assert (it.keeper.read(it.work("question")), it.took()) == ("", ["question"])
        it.refusals = [FULL]
        assert (it.keeper.change(it.work("change")), it.took()) == (it.words(FULL), [])
        assert (it.keeper.change(it.work("change")), it.took()) == ("", ["first", "change"])


@pytest.mark.parametrize(
    "error", [trouble(sqlite3.SQLITE_IOERR, "disk I/O error"), ValueError("no such state"), msgspec.DecodeError("odd")]
)
def test_a_question_that_fails_is_answered_so_and_stops_nothing(tmp_path: Path, error: Exception) -> None:
    with disk(tmp_path) as it:
        it.took()
        it.refusals = [error]
        assert it.keeper.read(it.work("question")) == describe_cause(error, it.path)
        it.write("first")
        assert (it.took(), it.warnings) == (["first"], [])


def test_a_file_that_is_damaged_at_the_start_is_put_aside_for_a_fresh_one(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"\xa5" * 4096)
    with disk(tmp_path) as it:
        it.write("first")
        assert it.took() == ["begin", "first"]
        assert rows(tmp_path, "PRAGMA integrity_check") == [("ok",)]
    (kept,) = (path for path in aside(tmp_path) if path.name != FILE_NAME)
    assert kept.read_bytes() == b"\xa5" * 4096
    assert (it.warnings, it.said) == ([], [f"{describe_damage(it.path, kept)} {REPLACED}"])


def test_a_file_that_turns_out_damaged_is_put_aside_and_nothing_more_is_kept(tmp_path: Path) -> None:
    with disk(tmp_path) as it:
        it.took()
        it.refusals = [FULL, DAMAGED]
        it.write("first")
        assert it.keeper.catch_up() is False
        it.write("second")
        assert (it.keeper.rests, it.keeper.catch_up(), it.took()) == (False, False, [])
    (kept,) = aside(tmp_path)
    assert kept.name != FILE_NAME
    damage = f"{describe_damage(it.path, kept)} {UNTIL_THE_END}"
    assert (it.warnings, it.keeper.trouble) == ([it.words(FULL), damage], damage)
    assert it.keeper.read(it.work("question")) == damage


def test_a_question_may_find_the_damage(tmp_path: Path) -> None:
    with disk(tmp_path) as it:
        it.refusals = [DAMAGED]
        answer = it.keeper.read(it.work("question"))
        assert it.warnings == [answer] == [it.keeper.trouble]
        assert answer.startswith(f"{it.path} is damaged.")


def test_a_damaged_file_that_cannot_be_put_aside_is_said(tmp_path: Path) -> None:
    with disk(tmp_path) as it:
        for path in tmp_path.iterdir():
            if path.is_file():
                path.unlink()
        it.refusals = [DAMAGED]
        it.write("first")
        words = f"{it.path} is damaged, and cannot be put aside (No such file or directory). {UNTIL_THE_END}"
        assert it.warnings == [words]


@pytest.mark.parametrize("error", [ValueError("a half character"), sqlite3.IntegrityError("it is there")])
def test_content_that_cannot_be_written_is_left_out(tmp_path: Path, error: Exception) -> None:
    with disk(tmp_path) as it:
        it.took()
        it.refusals = [error]
        it.write("first", "second")
        assert (it.took(), it.warnings) == (["second"], [it.words(error)])


@pytest.mark.parametrize(("refusals", "done"), [([], ["first"]), ([FULL], [])])
def test_closing_tries_once_more(tmp_path: Path, refusals: list[Exception], done: list[str]) -> None:
    with disk(tmp_path) as it:
        it.took()
        it.refusals = [FULL]
        it.write("first")
        it.refusals = refusals
        it.keeper.close()
        it.write("second")
        assert (it.took(), it.keeper.rests) == (done, False)


def test_what_a_disk_is_owed_has_a_limit(tmp_path: Path) -> None:
    with disk(tmp_path) as it:
        it.refusals = [FULL]
        it.took()
        it.write(*(str(number) for number in range(MOST_WAITING)))
        assert it.keeper.rests is True
        it.write("one more")
        assert (it.keeper.rests, it.keeper.catch_up(), it.took()) == (False, False, [])
    words = f"{it.path} could not be written for too long, and nothing more will be. {UNTIL_THE_END}"
    assert it.warnings == [it.words(FULL), words]

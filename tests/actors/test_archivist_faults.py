import sqlite3
from pathlib import Path

from actors.archive import FILE_NAME, Archive
from actors.archivist import BEAT, RETRY
from actors.disk_trouble import KEPT_AFTER_ALL, REPLACED, UNTIL_THE_END, describe_damage, describe_trouble
from actors.turn_recorder import BATCH
from protocol.archivist import ArchivistMessage, CloseArchive
from protocol.identity import TurnId
from protocol.timekeeper import FlushDue, Remind
from protocol.turn import TurnState
from protocol.ui import KeepingFailed, KeepingResumed, NoticePosted, TitleSet, TurnMoved
from tests.support.archiving import (
    OTHER,
    OTHER_STARTED,
    STARTED,
    Unstarted,
    answered,
    asked,
    connecting,
    done,
    grew,
    keeping,
    kept,
)
from tests.support.keeping import MODEL, TALK, rows, stream
from tests.support.refusing import Refusal
from tests.support.troubles import FULL, trouble

HI, ACCEPTED = asked("1", "Hi")
TITLED = TitleSet(TALK, "Hi")
IN_TIME, LATER = Remind(BEAT, FlushDue()), Remind(RETRY, FlushDue())
DAMAGED = trouble(sqlite3.SQLITE_CORRUPT, "database disk image is malformed")
PIECES = "SELECT message, chunks ->> '$[0].text' FROM piece ORDER BY place"


def warning(archivist: Unstarted, error: Exception = FULL) -> KeepingFailed:
    return KeepingFailed(describe_trouble(error, archivist.path))


def texts(folder: Path) -> list[str]:
    record = kept(folder)
    return [node.text for node in record.messages] if record is not None else []


def put_aside(folder: Path) -> Path:
    """The damaged file."""
    (path,) = (path for path in folder.iterdir() if ".damaged-" in path.name)
    return path


def test_a_full_disk_is_said_once_and_every_prompt_goes_on(tmp_path: Path) -> None:
    disk = Refusal()
    disk.error = FULL
    with keeping(tmp_path, open_archive=disk.open) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), OTHER_STARTED, *answered("2", "Ho", "Hoho.", OTHER))
        assert archivist.told() == ([HI, asked("2", "Ho", OTHER)[0]], [warning(archivist)], [LATER])
        assert disk.asked == 1  # what is said later waits behind the first, without asking the disk again
        archivist.hears(FlushDue())
        assert (disk.asked, archivist.told()) == (2, ([], [], [LATER]))


def test_when_there_is_space_again_everything_is_written_in_order(tmp_path: Path) -> None:
    disk = Refusal()
    with keeping(tmp_path, open_archive=disk.open) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED)
        disk.error = FULL
        archivist.hears(connecting("1"), grew("Hello."), done("1", "Hello."), *answered("2", "Bye", "Bye, bye."))
        assert texts(tmp_path) == []
        disk.error = None
        archivist.hears(FlushDue())
        assert texts(tmp_path) == ["Hi", "Hello.", "Bye", "Bye, bye."]
        after_all = KeepingResumed(KEPT_AFTER_ALL)
        told = [TITLED, warning(archivist), after_all]
        assert archivist.told() == ([HI, asked("2", "Bye")[0]], told, [LATER, IN_TIME])


def test_pieces_wait_with_the_disk_and_those_of_a_reply_that_is_over_are_not_kept_twice(tmp_path: Path) -> None:
    disk = Refusal()
    with keeping(tmp_path, open_archive=disk.open) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, connecting("1"))
        disk.error = FULL
        archivist.hears(grew("x" * BATCH), grew("y"), FlushDue())
        disk.error = None
        archivist.hears(FlushDue())
        assert [text for _, text in rows(tmp_path, PIECES)] == ["x" * BATCH, "y"]
        disk.error = FULL
        archivist.hears(grew("z"), FlushDue(), grew("..."))
        tried = disk.asked
        archivist.hears(done("1", "xyz..."))
        disk.error = None
        archivist.hears(FlushDue())
        assert disk.asked == tried + 2  # the first piece, which was to be written, and the end
        assert (texts(tmp_path), rows(tmp_path, PIECES)) == (["Hi", "xyz..."], [])


def test_what_came_of_a_broken_attempt_is_not_left_out(tmp_path: Path) -> None:
    disk = Refusal()
    with keeping(tmp_path, open_archive=disk.open) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, connecting("1"))
        disk.error = FULL
        archivist.hears(grew("x" * BATCH), grew("y"), TurnMoved(TALK, stream("1"), TurnState.RETRYING, MODEL))
        archivist.hears(connecting("1", 2), done("1", "Hello.", 2))
        disk.error = None
        archivist.hears(FlushDue())
        assert texts(tmp_path) == ["Hi", "x" * BATCH + "y", "Hello."]


def test_what_waits_for_the_disk_is_tried_once_more_when_it_closes(tmp_path: Path) -> None:
    disk = Refusal()
    with keeping(tmp_path, open_archive=disk.open) as archivist:
        disk.error = FULL
        archivist.hears(STARTED, HI, ACCEPTED)
        disk.error = None
        archivist.hears(CloseArchive(), *answered("2", "Too late", "It is closed."))
        record = kept(tmp_path)
        assert record is not None
        assert [prompt.turn for prompt in record.waiting] == [TurnId("1")]


def test_an_archive_that_opens_late_keeps_what_was_said_before(tmp_path: Path) -> None:
    locked = trouble(sqlite3.SQLITE_BUSY, "database is locked")
    refusals: list[Exception] = [locked]

    def opening(path: Path, owner: str) -> Archive:
        if refusals:
            raise refusals.pop()
        return Archive(path, owner)

    with keeping(tmp_path, open_archive=opening) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), FlushDue())
        after_all = KeepingResumed(KEPT_AFTER_ALL)
        assert archivist.told() == ([HI], [warning(archivist, locked), TITLED, after_all], [LATER])
    assert texts(tmp_path) == ["Hi", "Hello."]


def test_a_damaged_file_is_put_aside_at_the_start_and_that_is_said_in_the_first_conversation(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"\xa5" * 5000)
    with keeping(tmp_path) as archivist:
        assert archivist.told() == ([], [], [])
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."))
        damage = describe_damage(archivist.path, put_aside(tmp_path))
        assert archivist.told() == ([HI], [NoticePosted(TALK, f"{damage} {REPLACED}"), TITLED], [])
    assert put_aside(tmp_path).read_bytes() == b"\xa5" * 5000
    assert texts(tmp_path) == ["Hi", "Hello."]


def test_a_file_that_is_damaged_while_it_is_open_is_put_aside_and_nothing_more_is_kept(tmp_path: Path) -> None:
    disk = Refusal()
    talk: tuple[ArchivistMessage, ...] = answered("2", "Ho", "Hoho.")
    with keeping(tmp_path, open_archive=disk.open) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."))
        archivist.told()
        disk.error = DAMAGED
        archivist.hears(*talk, FlushDue(), *answered("3", "Hm", "Hmhm."))
        damage = describe_damage(archivist.path, put_aside(tmp_path))
        prompts = [asked("2", "Ho")[0], asked("3", "Hm")[0]]
        assert archivist.told() == (prompts, [KeepingFailed(f"{damage} {UNTIL_THE_END}")], [])
        assert not (tmp_path / FILE_NAME).exists()

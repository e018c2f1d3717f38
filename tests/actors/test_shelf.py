import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from actors.archive import FILE_NAME
from actors.shelf import describe_refusal, read_archive, write_archive
from protocol.chats_export import decode_export, encode_export
from protocol.errors import InterfaceError
from protocol.identity import ConversationId
from protocol.kept import ConversationRecord
from tests.support.records import SEA, prompt, sound_records


def exported(folder: Path) -> str:
    """The document of all that is kept in a folder."""
    with closing(read_archive(folder)) as reader:
        return encode_export(reader.records())


def keep(folder: Path, *records: ConversationRecord) -> None:
    with closing(write_archive(folder)) as archive:
        archive.keep_records(records)


@given(sound_records())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_is_exported_imported_and_exported_again_is_the_same_to_the_byte(
    records: tuple[ConversationRecord, ...],
) -> None:
    with TemporaryDirectory() as name:
        here, there = Path(name, "here"), Path(name, "there")
        keep(here, *records)
        document = exported(here)
        keep(there, *decode_export(document.encode()))
        assert exported(there) == document == encode_export(records)
        keep(there, *decode_export(document.encode()))
        assert exported(there) == document


def refusal(opening: Callable[[Path], object], folder: Path) -> str:
    with pytest.raises(InterfaceError) as error:
        opening(folder)
    return str(error.value)


def test_where_nothing_is_kept_nothing_is_read_and_nothing_made(tmp_path: Path) -> None:
    nowhere = tmp_path / "none"
    assert refusal(read_archive, nowhere) == f"There are no chats to read in {nowhere}. Chat first."
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_kept_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    path = tmp_path / "file" / FILE_NAME
    assert refusal(write_archive, tmp_path / "file").startswith(f"{path} cannot be used (")


@pytest.mark.parametrize("opening", [read_archive, write_archive])
def test_a_damaged_file_is_named_and_left_as_it_is(tmp_path: Path, opening: Callable[[Path], object]) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"no database at all" * 100)
    said = f"{path} is damaged. `sqlite3 {path} .recover` may save what is in it."
    assert refusal(opening, tmp_path) == said
    assert path.read_bytes() == b"no database at all" * 100


@pytest.mark.parametrize("opening", [read_archive, write_archive])
def test_a_file_of_a_newer_program_is_left_to_that(tmp_path: Path, opening: Callable[[Path], object]) -> None:
    keep(tmp_path, SEA)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("PRAGMA user_version = 1000")
    assert "written by a newer chinwag" in refusal(opening, tmp_path)


def test_a_locked_file_says_who_has_to_let_go(tmp_path: Path) -> None:
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    path = tmp_path / FILE_NAME
    assert describe_refusal(locked, tmp_path) == f"{path} is locked by another program. Close that program."


def test_a_message_of_another_conversation_keeps_everything_out(tmp_path: Path) -> None:
    keep(tmp_path, SEA)
    before = exported(tmp_path)
    mine = replace(SEA, id=ConversationId("mine"), head=None, messages=(prompt("x", None, "Mine"),), waiting=())
    thief = replace(mine, id=ConversationId("thief"), messages=(prompt("a", None, "Mine too"),))
    with closing(write_archive(tmp_path)) as archive, pytest.raises(sqlite3.IntegrityError) as error:
        archive.keep_records([mine, thief])
    assert exported(tmp_path) == before
    said = describe_refusal(error.value, tmp_path)
    assert said.startswith(f"This does not go together with what is kept in {tmp_path / FILE_NAME}: ")
    assert said.endswith(". Nothing was changed.")

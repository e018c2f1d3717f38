import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from actors.archive import FILE_NAME
from actors.archive_reader import ArchiveReader
from actors.schema import MIGRATIONS
from protocol.chat import Conversation
from protocol.frames import Chunk
from protocol.identity import ConversationId, TurnId
from protocol.kept import KeptConversation, WaitingPrompt
from protocol.parameters import NOTHING_SET
from tests.support.keeping import TALK, accept, answer, begin, of_version_1, opened, recorded, rows, stream
from tests.support.leaks import nothing_left
from tests.support.records import SEA as WHOLE

SEA = KeptConversation(ConversationId("a1"), "The sea", "tiny:1b", 1.0)
ROAD = KeptConversation(ConversationId("a2"), "The road", None, 2.0)
STRASSE = KeptConversation(ConversationId("b3"), "Straße", None, 2.0)
NAMED_A1 = KeptConversation(ConversationId("c4"), "a1 is the name of another", None, 1.5)


def fill(folder: Path) -> None:
    with opened(folder) as archive:
        for each in (ROAD, SEA, STRASSE, NAMED_A1):
            archive.keep_prompt(Conversation(each.id, each.model), each.title, each.updated)


def test_conversations_are_listed_the_latest_first_and_no_more_than_wanted(tmp_path: Path) -> None:
    fill(tmp_path)
    with opened(tmp_path) as archive:
        assert archive.reader.conversations(9) == [STRASSE, ROAD, NAMED_A1, SEA]
        assert archive.reader.conversations(2) == [STRASSE, ROAD]
        archive.keep_prompt(Conversation(SEA.id), "again", 3.0)
        assert [each.id for each in archive.reader.conversations(1)] == [SEA.id]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", STRASSE),
        ("a", ROAD),
        ("a1", SEA),
        ("a2", ROAD),
        ("a1 ", NAMED_A1),
        ("the ", ROAD),
        ("THE SEA", SEA),
        ("STRASSE", STRASSE),
        ("sea", None),
        ("%", None),
        ("The sea and more", None),
        ("\ud800", None),
    ],
)
def test_a_conversation_is_found_by_what_its_id_or_title_begins_with(
    tmp_path: Path, wanted: str, found: KeptConversation | None
) -> None:
    fill(tmp_path)
    with opened(tmp_path) as archive:
        assert archive.reader.find(wanted) == found
        assert archive.reader.deleted(wanted) is None
        for each in (NAMED_A1, SEA, ROAD, STRASSE):
            archive.delete(each.id, each.updated)
        assert archive.reader.find(wanted) is None
        assert archive.reader.deleted(wanted) == found


def test_nothing_is_found_where_nothing_is_kept(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        reader = archive.reader
        found = (reader.find(""), reader.find("x"), reader.deleted(""), reader.record(ConversationId("nobody")))
        assert found == (None, None, None, None)
        assert (reader.conversations(9), reader.search("x", 9), reader.inputs(9)) == ([], [], ())
        assert list(reader.records()) == []


def test_a_conversation_is_found_without_reading_all_of_them(tmp_path: Path) -> None:
    fill(tmp_path)
    asked: list[str] = []
    with closing(connected(tmp_path)) as connection, closing(connected(tmp_path)) as planner:
        connection.set_trace_callback(asked.append)
        reader = ArchiveReader(connection)
        for wanted in ("", "the"):
            reader.find(wanted)
        reader.conversations(9)
        reader.record(SEA.id, "me")
        details = [
            detail
            for query in asked
            if query.startswith("SELECT")
            for *_, detail in planner.execute(f"EXPLAIN QUERY PLAN {query}")
        ]
    assert any("conversation_by_title (folded>? AND folded<?)" in detail for detail in details)
    scans = {detail for detail in details if detail.startswith("SCAN")}
    assert scans == {"SCAN conversation USING INDEX conversation_by_time"}


def connected(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / FILE_NAME, isolation_level=None)


def test_a_record_tells_what_came_of_a_reply_under_way_and_what_waits_for_whom(tmp_path: Path) -> None:
    with opened(tmp_path) as archive, opened(tmp_path, "other") as other:
        answer(archive, "1", "Hi", "Hello.")
        begin(archive, "2", "And?")
        archive.add_pieces([(stream("2"), (Chunk("Mo"), Chunk("re", "Hm.")))])
        accept(archive, "3", "mine")
        accept(other, "4", "theirs")
        record = recorded(archive)
        assert [(node.id, node.parent, node.text, node.thinking) for node in record.messages] == [
            ("1", None, "Hi", ""),
            ("1#1", "1", "Hello.", ""),
            ("2", "1#1", "And?", ""),
            ("2#1", "2", "More", "Hm."),
        ]
        mine, theirs = WaitingPrompt(TurnId("3"), "mine"), WaitingPrompt(TurnId("4"), "theirs")
        waiting = [recorded(archive, owner=owner).waiting for owner in (None, "me", "other", "nobody")]
        assert waiting == [(mine, theirs), (mine,), (theirs,), ()]


def test_records_are_told_the_oldest_first(tmp_path: Path) -> None:
    fill(tmp_path)
    with opened(tmp_path) as archive:
        archive.keep_prompt(Conversation(SEA.id), "again", 9.0)
        assert [record.id for record in archive.reader.records()] == [SEA.id, NAMED_A1.id, ROAD.id, STRASSE.id]


def test_a_reader_of_its_own_reads_while_another_process_writes(tmp_path: Path) -> None:
    fill(tmp_path)
    with closing(ArchiveReader.open(tmp_path / FILE_NAME)) as reader, opened(tmp_path, "writer") as archive:
        archive.keep_prompt(Conversation(SEA.id), "again", 3.0)
        assert [each.updated for each in reader.conversations(1)] == [3.0]


def test_a_reader_of_its_own_changes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "Hi")
    before = (tmp_path / FILE_NAME).read_bytes()
    with nothing_left(), closing(ArchiveReader.open(tmp_path / FILE_NAME)) as reader:
        assert reader.record(TALK) is not None
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with nothing_left(), pytest.raises(sqlite3.OperationalError, match="unable to open database file"):
        ArchiveReader.open(tmp_path / FILE_NAME)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_an_older_version_is_brought_up_to_date_to_be_read(tmp_path: Path) -> None:
    path = of_version_1(tmp_path)
    with nothing_left(), closing(ArchiveReader.open(path)) as reader:
        assert [kept.id for kept in reader.conversations(9)] == ["sea", "road"]
    assert rows(tmp_path, "PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with closing(connected(tmp_path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with nothing_left(), pytest.raises(sqlite3.DatabaseError) as caught:
        ArchiveReader.open(tmp_path / FILE_NAME)
    assert str(caught.value) == "it was written by a newer chinwag (version 99)"


@pytest.mark.parametrize(
    "kept", ["x", "[]", '{"think": 3}', '{"options": [{"name": "temperature", "value": 99.0}]}', '{"format": "{}, 1"}']
)
def test_a_chat_is_not_lost_by_what_was_set_in_it(kept: str, tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_record(WHOLE)
        before = recorded(archive, WHOLE.id)
        assert before.parameters == WHOLE.parameters
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.execute("UPDATE conversation SET parameters = ?", (kept,))
    with opened(tmp_path) as archive:
        assert recorded(archive, WHOLE.id) == replace(before, parameters=NOTHING_SET)

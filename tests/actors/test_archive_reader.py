import sqlite3
from pathlib import Path

import pytest

from actors.archive import FILE_NAME
from actors.archive_reader import ArchiveReader
from protocol.chat import Conversation
from protocol.identity import ConversationId
from protocol.kept import KeptConversation
from tests.support.keeping import opened

SEA = KeptConversation(ConversationId("a1"), "The sea", "tiny:1b", 1.0)
ROAD = KeptConversation(ConversationId("a2"), "The road", None, 2.0)
STRASSE = KeptConversation(ConversationId("b3"), "Straße", None, 2.0)


def fill(folder: Path) -> None:
    with opened(folder) as archive:
        for each in (ROAD, SEA, STRASSE):
            archive.keep_prompt(Conversation(each.id, each.model), each.title, each.updated)


def test_conversations_are_listed_the_latest_first_and_no_more_than_wanted(tmp_path: Path) -> None:
    fill(tmp_path)
    with opened(tmp_path) as archive:
        assert archive.reader.conversations(9) == [STRASSE, ROAD, SEA]
        assert archive.reader.conversations(2) == [STRASSE, ROAD]
        archive.keep_prompt(Conversation(SEA.id), "again", 3.0)
        assert [each.id for each in archive.reader.conversations(1)] == [SEA.id]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", STRASSE),
        ("a", ROAD),
        ("a1", SEA),
        ("the ", ROAD),
        ("THE SEA", SEA),
        ("STRASSE", STRASSE),
        ("sea", None),
        ("%", None),
        ("The sea and more", None),
    ],
)
def test_a_conversation_is_found_by_what_its_id_or_title_begins_with(
    tmp_path: Path, wanted: str, found: KeptConversation | None
) -> None:
    fill(tmp_path)
    with opened(tmp_path) as archive:
        assert archive.reader.find(wanted) == found


def test_nothing_is_found_where_nothing_is_kept(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        nobody = ConversationId("nobody")
        reader = archive.reader
        assert (reader.find(""), reader.conversation(nobody), reader.talk(nobody)) == (None, None, [])


def test_a_reader_of_its_own_reads_while_another_process_writes(tmp_path: Path) -> None:
    fill(tmp_path)
    reader = ArchiveReader.open(tmp_path / FILE_NAME)
    with opened(tmp_path, "writer") as archive:
        archive.keep_prompt(Conversation(SEA.id), "again", 3.0)
        assert [each.updated for each in reader.conversations(1)] == [3.0]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open database file"):
        ArchiveReader.open(tmp_path / FILE_NAME)
    assert list(tmp_path.iterdir()) == []

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from actors.archive import FILE_NAME
from actors.schema import MIGRATIONS, migrate, version_of
from protocol.chat import Attachment, Role, ToolCall
from protocol.errors import ConnectionLost
from protocol.frames import Metrics
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.parameters import NOTHING_SET
from protocol.reply import Broken, Finished, Stopped
from protocol.tree import Node
from protocol.turn import TurnState
from tests.support.keeping import DONE, TALK, of_version_1, opened, recorded, rows
from tests.support.pictures import png

NO_SHADOW = "name NOT LIKE '%\\_text\\_%' ESCAPE '\\'"
TABLES = f"SELECT name FROM sqlite_schema WHERE type = 'table' AND {NO_SHADOW} ORDER BY name"
EVERY_TABLE = [
    "attachment",
    "attachment_text",
    "blob",
    "comparison",
    "comparison_column",
    "conversation",
    "draft",
    "input",
    "message",
    "message_text",
    "outbox",
    "piece",
    "sqlite_sequence",
]
LOST = Broken(ConnectionLost("The connection broke.", "What came is kept.").failure)
CUT = Finished("length", Metrics())
SEA, ROAD = ConversationId("sea"), ConversationId("road")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "file", timeout=0.0, isolation_level=None)) as connection:
        yield connection


def said(
    name: str, parent: str | None, text: str, state: TurnState, ending: object, created: float, model: str = "tiny:1b"
) -> Node:
    """A message of the file of the first version, a prompt unless its name says otherwise."""
    reply = "#" in name
    role = Role.ASSISTANT if reply else Role.USER
    kept = ending if isinstance(ending, Finished | Broken | Stopped) else None
    above = MessageId(parent) if parent is not None else None
    return Node(
        MessageId(name), above, role, text, state=state, ending=kept, model=model if reply else "", created=created
    )


def thought(node: Node, thinking: str, *calls: ToolCall) -> Node:
    return Node(
        node.id, node.parent, node.role, node.text, thinking, calls, node.state, node.ending, node.model, node.created
    )


def test_a_new_file_gets_every_table_and_the_latest_version(connection: sqlite3.Connection) -> None:
    migrate(connection)
    tables = [name for (name,) in connection.execute(TABLES)]
    assert (tables, version_of(connection)) == (EVERY_TABLE, len(MIGRATIONS))


def test_a_file_of_today_stays_as_it_is(connection: sqlite3.Connection) -> None:
    migrate(connection)
    connection.execute("INSERT INTO input VALUES (1, 'Hi', 1.0)")
    migrate(connection)
    assert connection.execute("SELECT * FROM input").fetchall() == [(1, "Hi", 1.0)]


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
    assert (connection.execute(TABLES).fetchall(), version_of(connection)) == ([("piece",)], 0)
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
    assert version_of(connection) == len(MIGRATIONS)


def test_a_file_of_the_first_version_keeps_everything_as_one_path_in_the_order_in_which_it_was_asked(
    tmp_path: Path,
) -> None:
    of_version_1(tmp_path)
    over = TurnState.INTERRUPTED, Stopped()
    with opened(tmp_path) as archive:
        assert recorded(archive, ROAD) == ConversationRecord(
            ROAD,
            "Straße nach Süden",
            None,
            "",
            3.5,
            13.0,
            MessageId("r1#1"),
            messages=(
                said("r1", None, "Straße nach Süden", TurnState.CUT, CUT, 3.5),
                said("r1#1", "r1", "Go south.", TurnState.CUT, CUT, 9.5, "big:7b"),
            ),
            waiting=(WaitingPrompt(TurnId("second-2"), "Not taken yet."),),
        )
        look = ToolCall("look", '{"a": "\\u0000é"}', "c1")
        assert recorded(archive, SEA) == ConversationRecord(
            SEA,
            "Why is the SEA salty?",
            "tiny:1b",
            "Be brief.",
            1.0,
            14.0,
            MessageId("s4#1"),
            messages=(
                said("s1", None, "Why is the\nSEA salty?", TurnState.DONE, DONE, 1.0),
                said("s1#1", "s1", "Riv", TurnState.FAILED, LOST, 3.0),
                thought(said("s1#2", "s1", "Rivers bring \0 salt.", TurnState.DONE, DONE, 4.0), "Hm.", look),
                said("s2", "s1#2", "And the lakes?", TurnState.FAILED, LOST, 2.0),
                thought(said("s2#1", "s2", "", TurnState.FAILED, LOST, 6.0), "Only a thought."),
                said("s3", "s2#1", "Really?", TurnState.CANCELLED, Stopped(), 8.0),
                said("s4", "s3", "Tell me more.", *over, 10.0),
                thought(said("s4#1", "s4", "The sea", *over, 11.0), "Well. "),
            ),
            waiting=(WaitingPrompt(TurnId("s5"), "It waits."), WaitingPrompt(TurnId("second-3"), "Nor this.")),
        )


def test_what_a_killed_program_of_the_first_version_left_is_taken_over(tmp_path: Path) -> None:
    of_version_1(tmp_path)
    with opened(tmp_path) as archive:
        assert archive.interrupt_orphans() == [SEA, ROAD]
        record = recorded(archive, SEA, "me")
        assert record.waiting == (
            WaitingPrompt(TurnId("s5"), "It waits."),
            WaitingPrompt(TurnId("second-3"), "Nor this."),
        )
        assert record.messages[-2:] == (
            said("s4", "s3", "Tell me more.", TurnState.INTERRUPTED, Stopped(), 10.0),
            thought(said("s4#1", "s4", "The sea", TurnState.INTERRUPTED, Stopped(), 11.0), "Well. "),
        )
    assert rows(tmp_path, "SELECT count(*) FROM piece") == [(0,)]


def test_what_an_older_version_kept_is_found_by_its_words_and_by_its_title(tmp_path: Path) -> None:
    of_version_1(tmp_path)
    with opened(tmp_path) as archive:
        reader = archive.reader
        assert [hit.message for hit in reader.search("river", 9)] == ["s1#2"]
        assert [kept.id for kept in (reader.find("STRASSE"), reader.find("why is")) if kept] == [ROAD, SEA]


def test_a_kill_at_any_moment_leaves_the_old_version_or_the_next(tmp_path: Path) -> None:
    """The copies are what is on disk after every few steps of SQLite: what a kill would leave."""
    path = of_version_1(tmp_path)
    copies: list[Path] = []

    def copy() -> None:
        folder = tmp_path / f"killed {len(copies)}"
        folder.mkdir()
        for each in tmp_path.glob(f"{FILE_NAME}*"):
            (folder / each.name).write_bytes(each.read_bytes())
        copies.append(folder)

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")  # what is half done goes to disk, too
        connection.set_progress_handler(copy, 200)
        migrate(connection)
    assert len(copies) > 10
    whole = {version: dump(folder / FILE_NAME) for version, folder in map(versioned, copies)}
    for version, folder in map(versioned, copies):
        assert dump(folder / FILE_NAME) == whole[version]
    for folder in copies:
        with opened(folder) as archive:
            assert [len(recorded(archive, each).messages) for each in (ROAD, SEA)] == [2, 8]


def versioned(folder: Path) -> tuple[int, Path]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        return version_of(connection), folder


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_every_rule_between_the_tables_holds(tmp_path: Path) -> None:
    of_version_1(tmp_path)
    with opened(tmp_path) as archive:
        assert archive.reader.record(TALK) is None
    assert rows(tmp_path, "PRAGMA foreign_key_check") == []
    assert rows(tmp_path, "PRAGMA integrity_check") == [("ok",)]
    assert index_is_right(tmp_path)


def test_what_was_attached_when_each_had_its_own_bytes_has_them_once_and_is_found(
    tmp_path: Path,
) -> None:
    """Of a file of the second version, and of the last one before its bytes were kept apart."""
    picture, notes = Attachment("a.png", "image/png", png(640, 480)), Attachment("n.txt", "text/plain", b"The walrus.")
    for version in (2, 5):
        folder = tmp_path / str(version)
        folder.mkdir()
        with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as older:
            for name in ("casefold", "content_text", "content_thinking", "content_tool_calls"):
                older.create_function(name, 1, str)
            older.executescript(f"{''.join(MIGRATIONS[:version])} PRAGMA user_version = {version};")
            about = (
                "INSERT INTO conversation (id, title, folded, system, created, updated) VALUES (?, '', '', '', 1, 1)"
            )
            older.execute(about, (TALK,))
            for message in ("1", "2"):
                said = (
                    "INSERT INTO message (id, conversation, role, state, text, created) VALUES (?, ?, ?, ?, 'Look.', 1)"
                )
                older.execute(said, (message, TALK, Role.USER, TurnState.DONE))
                for one in (picture, notes):
                    attached = "INSERT INTO attachment (message, name, media_type, data) VALUES (?, ?, ?, ?)"
                    older.execute(attached, (message, one.name, one.media_type, one.data))
        with opened(folder) as archive:
            assert [each.attachments for each in recorded(archive).messages] == [(picture, notes)] * 2
            assert [hit.message for hit in archive.reader.search("walrus", 9)] == ["2", "1"]
        assert rows(folder, "SELECT width, height FROM blob ORDER BY width") == [(0, 0), (640, 480)]
        assert rows(folder, "PRAGMA foreign_key_check") == []


def index_is_right(folder: Path) -> bool:
    """Ask FTS5 to compare its index with the messages; it raises sqlite3.DatabaseError if they differ."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute("INSERT INTO message_text (message_text, rank) VALUES ('integrity-check', 1)")
    return True


def test_what_an_older_version_kept_has_nothing_set(tmp_path: Path) -> None:
    of_version_1(tmp_path)
    with opened(tmp_path) as archive:
        assert recorded(archive, SEA).parameters == recorded(archive, ROAD).parameters == NOTHING_SET

import sqlite3
import threading
from pathlib import Path

import pytest

from actors.archive import FILE_NAME, MAX_INPUTS, Archive
from protocol.chat import Conversation, ToolCall
from protocol.frames import Chunk
from protocol.identity import ConversationId, TurnId
from protocol.kept import Draft
from protocol.reply import Reply, Stopped
from protocol.tree import Node
from protocol.turn import TurnState
from protocol.ui import TurnAccepted, TurnEnded
from tests.support.addresses import PATIENCE
from tests.support.keeping import (
    DONE,
    EMPTY,
    TALK,
    accept,
    answer,
    begin,
    left_by_a_kill,
    node,
    opened,
    recorded,
    rows,
    stream,
)
from tests.support.leaks import nothing_left

OTHER = Conversation(ConversationId("other"))


def test_the_title_is_the_first_prompt_and_not_longer_than_a_line(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        titles = [archive.keep_prompt(EMPTY, prompt, now) for prompt, now in (("x  y\n" * 30, 1.0), ("second", 2.0))]
        assert titles == [("x y " * 15), ("x y " * 15)]
        assert (recorded(archive).title, recorded(archive).created, recorded(archive).updated) == (titles[0], 1.0, 2.0)


def test_a_title_that_the_user_said_stays_and_is_found(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Hi", 1.0)
        archive.set_title(TALK, " Über die\nSee ")
        archive.set_title(OTHER.id, "nobody")
        assert archive.keep_prompt(EMPTY, "more", 2.0) == "Über die See"
        found = archive.reader.find("über DIE")
        assert (found and found.id, archive.reader.find("Hi")) == (TALK, None)


def test_model_and_system_prompt_are_kept_and_those_of_an_unkept_conversation_are_not(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.describe(Conversation(TALK, "early"))
        archive.keep_prompt(EMPTY, "Hi", 1.0)
        assert (recorded(archive).model, recorded(archive).system) == (EMPTY.model, EMPTY.system)
        archive.describe(Conversation(TALK, "other", "Be long."))
        assert (recorded(archive).model, recorded(archive).system) == ("other", "Be long.")


def test_what_was_not_seen_is_marked_until_it_is(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Hi", 1.0)
        archive.mark_unread(TALK, True)
        assert [kept.unread for kept in archive.reader.conversations(1)] == [True]
        archive.mark_unread(TALK, False)
        assert recorded(archive).unread is False


def test_a_deleted_conversation_is_nowhere_until_it_is_brought_back(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        reader = archive.reader
        answer(archive, "1", "Hi", "Hello.")
        answer(archive, "2", "Ho", "Hello.", about=OTHER)
        archive.delete(TALK, 5.0)
        archive.delete(OTHER.id, 4.0)
        archive.delete(OTHER.id, 6.0)
        assert (reader.conversations(9), reader.find(""), reader.find("Hi"), reader.search("hello", 9)) == (
            [],
            None,
            None,
            [],
        )
        assert list(reader.records()) == []
        assert [kept.id for kept in (reader.deleted(""), reader.deleted("HO")) if kept] == [TALK, OTHER.id]
        assert [archive.undelete(), archive.undelete(), archive.undelete()] == [TALK, OTHER.id, None]
        assert [kept.id for kept in reader.conversations(9)] == [OTHER.id, TALK]
        assert [hit.message for hit in reader.search("hello", 9)] == ["2#1", "1#1"]


def test_what_was_deleted_long_ago_is_removed_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        answer(archive, "1", "Hi", "Hello.")
        answer(archive, "2", "And?", "More.")
        begin(archive, "3", "under way")
        archive.add_pieces([(stream("3"), (Chunk("x"),))])
        accept(archive, "4", "waits")
        answer(archive, "5", "Ho", "Hello.", about=OTHER)
        archive.delete(TALK, 10.0)
        archive.delete(OTHER.id, 20.0)
        archive.purge(10.0)
        assert len(recorded(archive).messages) == 6
        archive.purge(11.0)
        assert (archive.reader.record(TALK), archive.undelete()) == (None, OTHER.id)
        assert [hit.message for hit in archive.reader.search("hello", 9)] == ["5#1"]
        left = [rows(tmp_path, f"SELECT count(*) FROM {table}") for table in ("message", "piece", "outbox")]
        assert left == [[(2,)], [(0,)], [(0,)]]


def test_what_goes_on_after_it_was_deleted_is_not_removed(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        answer(archive, "1", "Hi", "Hello.")
        archive.delete(TALK, 10.0)
        answer(archive, "2", "Ho", "Hello.", 15.0)
        archive.purge(12.0)
        assert archive.undelete() == TALK


def test_inputs_are_kept_in_order_and_the_same_twice_in_succession_once(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        for text in ("a", "b", "b", "a"):
            archive.remember_input(text, 1.0)
        assert archive.reader.inputs(9) == ("a", "b", "a")
        assert archive.reader.inputs(2) == ("b", "a")


def test_only_so_many_inputs_are_kept(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        for number in range(MAX_INPUTS + 2):
            archive.remember_input(str(number), 1.0)
        inputs = archive.reader.inputs(2 * MAX_INPUTS)
    assert (len(inputs), inputs[0], inputs[-1]) == (MAX_INPUTS, "2", str(MAX_INPUTS + 1))


def test_what_is_kept_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "chinwag"
    with opened(folder) as archive:
        archive.keep_prompt(EMPTY, "Hi", 1.0)
        modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    private = {FILE_NAME: 0o600, f"{FILE_NAME}-wal": 0o600, f"{FILE_NAME}-shm": 0o600, "me": 0o600}
    assert modes == {"chinwag": 0o700, "running": 0o700, **private}


def test_a_closed_archive_leaves_one_file_and_nothing_open(tmp_path: Path) -> None:
    with nothing_left(), opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Hi", 1.0)
    assert sorted(path.name for path in tmp_path.rglob("*")) == [FILE_NAME, "running"]


def test_everything_that_was_said_is_there_after_it_is_opened_again(tmp_path: Path) -> None:
    reply = Reply("a\0b", "Hm.", (ToolCall("look", '{"a": 1}', "c1"),))
    with opened(tmp_path) as archive:
        begin(archive, "1", "Hi\r\n\tthere \u2028 \U0001f600")
        archive.end_turn(TurnEnded(TALK, stream("1"), TurnState.DONE, reply, DONE), 2.0)
        before = recorded(archive)
    with opened(tmp_path) as archive:
        assert recorded(archive) == before
        assert (node(archive, "1").text, node(archive, "1#1").reply) == ("Hi\r\n\tthere \u2028 \U0001f600", reply)


def interrupted(node: Node) -> tuple[str, str, bool]:
    return node.text, node.thinking, (node.state, node.ending) == (TurnState.INTERRUPTED, Stopped())


def test_what_a_dead_process_left_unfinished_is_interrupted_and_keeps_what_came(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        begin(dying, "1", "One?")
        dying.add_pieces([(stream("1"), (Chunk("", "Hm."), Chunk("On"))), (stream("1"), (Chunk("e"),))])
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with opened(folder) as archive:
        assert archive.interrupt_orphans() == []
        assert interrupted(node(archive, "1")) == ("One?", "", True)
        assert interrupted(node(archive, "1#1")) == ("One", "Hm.", True)
        assert recorded(archive).head == "1#1"
        before = recorded(archive)
        archive.interrupt_orphans()
        assert recorded(archive) == before
        assert [hit.message for hit in archive.reader.search("one", 9)] == ["1#1", "1"]
        assert [path.name for path in (folder / "running").iterdir()] == ["me"]
    left = "SELECT (SELECT count(*) FROM piece), (SELECT count(*) FROM message WHERE owner IS NOT NULL)"
    assert rows(folder, left) == [(0, 0)]


def test_what_is_said_after_an_interruption_follows_what_came(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        begin(dying, "1", "One?")
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with opened(folder) as archive:
        archive.interrupt_orphans()
        answer(archive, "2", "Two?", "Two.")
        assert node(archive, "2").parent == "1#1"


def test_what_a_living_process_has_under_way_is_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path, "living") as living, opened(tmp_path, "other") as other:
        begin(living, "1", "One?")
        living.add_pieces([(stream("1"), (Chunk("On"),))])
        other.interrupt_orphans()
        living.interrupt_orphans()
        assert node(other, "1#1").text == "On"
        assert rows(tmp_path, "SELECT state FROM message") == [("connecting",), ("connecting",)]
        living.end_turn(TurnEnded(TALK, stream("1"), TurnState.DONE, Reply("One."), DONE), 3.0)
        assert node(other, "1#1").text == "One."


def test_many_that_begin_in_a_new_folder_at_once_all_keep_what_is_said(tmp_path: Path) -> None:
    together, failures = threading.Barrier(6), list[Exception]()

    def run(name: str) -> None:
        together.wait(PATIENCE)
        try:
            with opened(tmp_path, name) as archive:
                archive.interrupt_orphans()
                archive.keep_prompt(Conversation(ConversationId(name)), name, 1.0)
                archive.accept_turn(TurnAccepted(ConversationId(name), TurnId(name), name), 1.0)
        except (sqlite3.Error, OSError) as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(str(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert failures == []
    assert rows(tmp_path, "SELECT id FROM conversation ORDER BY id") == [(str(number),) for number in range(6)]


@pytest.mark.parametrize("content", [b"no database", b"no database" * 1000])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    with nothing_left(), pytest.raises(sqlite3.DatabaseError, match="file is not a database"):
        Archive(path, "me")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [(FILE_NAME, content)]


def test_a_file_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE future (x); PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with nothing_left(), pytest.raises(sqlite3.DatabaseError) as caught:
        Archive(path, "me")
    assert str(caught.value) == "it was written by a newer chinwag (version 99)"
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [(FILE_NAME, before)]


def test_a_draft_is_kept_until_it_is_empty_or_its_conversation_is_deleted(tmp_path: Path) -> None:
    other = ConversationId("other")
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Hi", 1.0)
        archive.keep_draft(TALK, "one", 1.0)
        archive.keep_draft(other, "never sent", 2.0)
        archive.keep_draft(TALK, "two", 3.0)
    with opened(tmp_path) as archive:
        assert archive.reader.drafts() == (Draft(TALK, "two", True), Draft(other, "never sent", False))
        archive.keep_draft(other, "", 4.0)
        assert archive.reader.drafts() == (Draft(TALK, "two", True),)
        archive.delete(TALK, 5.0)
        assert archive.reader.drafts() == ()

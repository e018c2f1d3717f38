import sqlite3
import threading
from pathlib import Path

import pytest

from actors.archive import FILE_NAME, Archive
from protocol.chat import ChatMessage, Conversation, Role, ToolCall
from protocol.errors import ConnectionLost
from protocol.frames import Chunk
from protocol.identity import ConversationId, TurnId
from protocol.reply import Broken, Reply, Stopped
from protocol.turn import TurnState
from protocol.ui import TurnAccepted, TurnEnded, TurnMoved
from tests.support.addresses import PATIENCE
from tests.support.keeping import DONE, EMPTY, MODEL, TALK, answer, begin, left_by_a_kill, opened, rows, stream
from tests.support.leaks import nothing_left

LOST = Broken(ConnectionLost("The connection broke.", "What came is kept.").failure)
OUTBOX = "SELECT conversation, prompt, owner, created FROM outbox ORDER BY place"
UNFINISHED = "SELECT id FROM message WHERE owner IS NOT NULL ORDER BY place"
PIECES = "SELECT message, chunks FROM piece ORDER BY place"


def said(*texts: str) -> tuple[ChatMessage, ...]:
    return tuple(ChatMessage((Role.USER, Role.ASSISTANT)[number % 2], text) for number, text in enumerate(texts))


def asked(turn: str, prompt: str) -> TurnAccepted:
    return TurnAccepted(TALK, TurnId(turn), prompt)


def connecting(turn: str, attempt: int = 1) -> TurnMoved:
    return TurnMoved(TALK, stream(turn, attempt), TurnState.CONNECTING, MODEL)


def done(turn: str, text: str) -> TurnEnded:
    return TurnEnded(TALK, stream(turn), TurnState.DONE, Reply(text), DONE)


def interrupted(turn: str, text: str = "", attempt: int = 1) -> TurnEnded:
    return TurnEnded(TALK, stream(turn, attempt), TurnState.INTERRUPTED, Reply(text), Stopped())


def test_a_prompt_is_on_disk_before_its_turn_is_begun(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Hi  there\nyou", 1.0)
        assert rows(tmp_path, OUTBOX) == [("talk", "Hi  there\nyou", "me", 1.0)]
        assert rows(tmp_path, "SELECT * FROM conversation") == [("talk", "Hi there you", MODEL, "Be brief.", None, 1.0)]
        assert archive.reader.talk(TALK) == []


def test_the_title_is_the_first_prompt_and_not_longer_than_a_line(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "x" * 100, 1.0)
        archive.keep_prompt(EMPTY, "second", 2.0)
    assert rows(tmp_path, "SELECT title, updated FROM conversation") == [("x" * 60, 2.0)]


def test_a_refused_prompt_is_taken_back_and_an_equal_one_stays(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Hi", 1.0)
        archive.keep_prompt(EMPTY, "Hi", 2.0)
        archive.take_back_prompt(TALK, "Hi")
        archive.take_back_prompt(TALK, "never said")
    assert rows(tmp_path, OUTBOX) == [("talk", "Hi", "me", 2.0)]


def test_a_prompt_that_is_begun_leaves_the_outbox_for_the_talk(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "Hi")
    assert rows(tmp_path, OUTBOX) == []
    assert rows(tmp_path, UNFINISHED) == [("1",), ("1#1",)]


def test_pieces_are_appended_and_folded_at_the_end(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "Hi")
        archive.add_pieces([(stream("1"), (Chunk("Hel"), Chunk("lo"))), (stream("1"), (Chunk("."),))])
        assert len(rows(tmp_path, PIECES)) == 2
        archive.end_turn(TALK, stream("1"), TurnState.DONE, Reply("Hello."), DONE, 2.0)
    assert rows(tmp_path, PIECES) == []
    assert rows(tmp_path, UNFINISHED) == []


def test_a_kept_talk_is_the_same_when_it_is_opened_again(tmp_path: Path) -> None:
    call = ToolCall("look", '{"where": "up"}')
    with opened(tmp_path) as archive:
        answer(archive, "1", "Hi", "Hello.")
        begin(archive, "2", "Look up.", 2.0)
        reply = Reply("I see.", "Hm.", (call,))
        archive.end_turn(TALK, stream("2"), TurnState.CUT, reply, DONE, 3.0)
    with opened(tmp_path, "another") as archive:
        archive.interrupt_orphans(9.0)
        path = (*said("Hi", "Hello.", "Look up."), ChatMessage(Role.ASSISTANT, "I see.", tool_calls=(call,)))
        assert archive.reader.conversation(TALK) == Conversation(TALK, MODEL, "Be brief.", path)
        end = TurnEnded(TALK, stream("2"), TurnState.CUT, reply, DONE)
        first = [asked("1", "Hi"), connecting("1"), done("1", "Hello.")]
        assert archive.reader.talk(TALK) == [*first, asked("2", "Look up."), connecting("2"), end]


def test_a_prompt_that_waited_for_the_reply_before_it_follows_that_reply(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "One?")
        archive.keep_prompt(EMPTY, "Two?", 2.0)
        archive.begin_turn(TALK, TurnId("2"), "Two?", 2.0)
        archive.end_turn(TALK, stream("1"), TurnState.DONE, Reply("One."), DONE, 3.0)
        archive.begin_reply(stream("2"), MODEL, 3.0)
        archive.end_turn(TALK, stream("2"), TurnState.DONE, Reply("Two."), DONE, 4.0)
        kept = archive.reader.conversation(TALK)
    assert kept == Conversation(TALK, MODEL, "Be brief.", said("One?", "One.", "Two?", "Two."))


@pytest.mark.parametrize("reply", [Reply(), Reply("", "Only a thought.")])
def test_a_conversation_goes_on_only_from_a_reply_that_said_something(tmp_path: Path, reply: Reply) -> None:
    with opened(tmp_path) as archive:
        answer(archive, "1", "Hi", "Hello.")
        begin(archive, "2", "And?")
        archive.end_turn(TALK, stream("2"), TurnState.FAILED, reply, LOST, 2.0)
        assert archive.reader.conversation(TALK) == Conversation(TALK, MODEL, "Be brief.", said("Hi", "Hello."))
        end = TurnEnded(TALK, stream("2"), TurnState.FAILED, reply, LOST)
        assert archive.reader.talk(TALK)[3:] == [asked("2", "And?"), connecting("2"), end]


def test_every_attempt_is_a_version_of_the_reply_and_the_last_one_counts(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "Hi")
        archive.add_pieces([(stream("1"), (Chunk("Hel"), Chunk("lo")))])
        archive.end_attempt(stream("1"), LOST)
        archive.begin_reply(stream("1", 2), MODEL, 2.0)
        archive.end_turn(TALK, stream("1", 2), TurnState.DONE, Reply("Hello."), DONE, 3.0)
        end = TurnEnded(TALK, stream("1", 2), TurnState.DONE, Reply("Hello."), DONE)
        assert archive.reader.talk(TALK) == [asked("1", "Hi"), connecting("1", 2), end]
        assert archive.reader.conversation(TALK) == Conversation(TALK, MODEL, "Be brief.", said("Hi", "Hello."))
    versions = "SELECT id, parent, state, content ->> 'text' FROM message WHERE role = 'assistant' ORDER BY place"
    assert rows(tmp_path, versions) == [("1#1", "1", "failed", "Hello"), ("1#2", "1", "done", "Hello.")]
    assert rows(tmp_path, PIECES) == []


def test_a_turn_that_ends_between_two_attempts_loses_nothing_of_the_last_one(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "Hi")
        archive.add_pieces([(stream("1"), (Chunk("Hello"),))])
        archive.end_attempt(stream("1"), LOST)
        archive.end_turn(TALK, stream("1"), TurnState.CANCELLED, Reply(), Stopped(), 2.0)
        end = TurnEnded(TALK, stream("1"), TurnState.CANCELLED, Reply("Hello"), Stopped())
        assert archive.reader.talk(TALK) == [asked("1", "Hi"), connecting("1"), end]


def test_a_turn_that_ends_before_its_first_attempt_is_told_without_one(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Hi", 1.0)
        archive.begin_turn(TALK, TurnId("1"), "Hi", 1.0)
        archive.end_turn(TALK, stream("1", 0), TurnState.CANCELLED, Reply(), Stopped(), 2.0)
        end = TurnEnded(TALK, stream("1", 0), TurnState.CANCELLED, Reply(), Stopped())
        assert archive.reader.talk(TALK) == [asked("1", "Hi"), end]


def test_model_and_system_prompt_are_kept_and_those_of_an_unkept_conversation_are_not(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.describe(Conversation(TALK, "early"))
        archive.keep_prompt(EMPTY, "Hi", 1.0)
        archive.describe(Conversation(TALK, "other", "Be long."))
        assert archive.reader.conversation(TALK) == Conversation(TALK, "other", "Be long.")


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


def test_what_a_dead_process_left_unfinished_is_interrupted_and_keeps_what_came(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        begin(dying, "1", "One?")
        dying.add_pieces([(stream("1"), (Chunk("", "Hm."), Chunk("On"))), (stream("1"), (Chunk("e"),))])
        dying.keep_prompt(EMPTY, "Two?", 2.0)
        dying.begin_turn(TALK, TurnId("2"), "Two?", 2.0)
        dying.keep_prompt(EMPTY, "Three?", 3.0)
        dying.keep_prompt(EMPTY, "Four?", 4.0)
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with opened(folder) as archive:
        archive.interrupt_orphans(9.0)
        assert archive.reader.talk(TALK) == [
            asked("1", "One?"),
            connecting("1"),
            TurnEnded(TALK, stream("1"), TurnState.INTERRUPTED, Reply("One", "Hm."), Stopped()),
            asked("2", "Two?"),
            interrupted("2", attempt=0),
            asked("dead-1", "Three?"),
            interrupted("dead-1", attempt=0),
            asked("dead-2", "Four?"),
            interrupted("dead-2", attempt=0),
        ]
        assert archive.reader.conversation(TALK) == Conversation(TALK, MODEL, "Be brief.", said("One?", "One"))
        begun_later = archive.reader.talk(TALK)
        archive.interrupt_orphans(10.0)
        assert archive.reader.talk(TALK) == begun_later
        assert [path.name for path in (folder / "running").iterdir()] == ["me"]
    assert [rows(folder, query) for query in (OUTBOX, PIECES, UNFINISHED)] == [[], [], []]


def test_what_is_said_after_an_interruption_follows_what_came(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        begin(dying, "1", "One?")
        dying.add_pieces([(stream("1"), (Chunk("On"),))])
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with opened(folder) as archive:
        archive.interrupt_orphans(9.0)
        answer(archive, "2", "Two?", "Two.")
        assert archive.reader.conversation(TALK) == Conversation(
            TALK, MODEL, "Be brief.", said("One?", "On", "Two?", "Two.")
        )


def test_an_attempt_that_broke_before_the_kill_stays_as_it_was(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        begin(dying, "1", "One?")
        dying.add_pieces([(stream("1"), (Chunk("On"),))])
        dying.end_attempt(stream("1"), LOST)
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with opened(folder) as archive:
        archive.interrupt_orphans(9.0)
        end = TurnEnded(TALK, stream("1"), TurnState.FAILED, Reply("On"), LOST)
        assert archive.reader.talk(TALK) == [asked("1", "One?"), connecting("1"), end]
    assert rows(folder, "SELECT state FROM message WHERE id = '1'") == [("interrupted",)]


def test_what_a_living_process_has_under_way_is_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path, "living") as living, opened(tmp_path, "other") as other:
        begin(living, "1", "One?")
        living.keep_prompt(EMPTY, "Two?", 2.0)
        other.interrupt_orphans(9.0)
        living.interrupt_orphans(9.0)
        assert rows(tmp_path, OUTBOX) == [("talk", "Two?", "living", 2.0)]
        assert rows(tmp_path, UNFINISHED) == [("1",), ("1#1",)]
        living.end_turn(TALK, stream("1"), TurnState.DONE, Reply("One."), DONE, 3.0)
        assert other.reader.talk(TALK) == [asked("1", "One?"), connecting("1"), done("1", "One.")]


def test_a_process_takes_back_only_its_own_prompts(tmp_path: Path) -> None:
    with opened(tmp_path, "one") as one, opened(tmp_path, "two") as two:
        one.keep_prompt(EMPTY, "Hi", 1.0)
        two.take_back_prompt(TALK, "Hi")
    assert rows(tmp_path, OUTBOX) == [("talk", "Hi", "one", 1.0)]


def test_many_that_begin_in_a_new_folder_at_once_all_keep_what_is_said(tmp_path: Path) -> None:
    together, failures = threading.Barrier(6), list[Exception]()

    def run(name: str) -> None:
        together.wait(PATIENCE)
        try:
            with opened(tmp_path, name) as archive:
                archive.interrupt_orphans(1.0)
                archive.keep_prompt(Conversation(ConversationId(name)), name, 1.0)
                archive.begin_turn(ConversationId(name), TurnId(name), name, 1.0)
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

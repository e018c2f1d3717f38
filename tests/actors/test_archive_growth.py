import sqlite3
from pathlib import Path

import pytest
from msgspec.structs import replace

from protocol.errors import ConnectionLost
from protocol.frames import Chunk
from protocol.identity import MessageId, TurnId
from protocol.kept import WaitingPrompt
from protocol.reply import Broken, Stopped
from protocol.turn import TurnState
from protocol.ui import TurnAccepted
from tests.support.keeping import (
    DONE,
    MODEL,
    TALK,
    accept,
    answer,
    begin,
    ended,
    left_by_a_kill,
    node,
    opened,
    path_of,
    recorded,
    rows,
    stream,
)

LOST = Broken(ConnectionLost("The connection broke.", "What came is kept.").failure)
PIECES = "SELECT message FROM piece ORDER BY place"


def test_a_prompt_goes_into_the_tree_when_its_first_attempt_begins_after_what_was_said_until_then(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "one")
        accept(archive, "2", "two")
        archive.end_turn(ended("1", TurnState.DONE, "One.", DONE), 2.0)
        assert path_of(archive) == [("1", "one"), ("1#1", "One.")]
        archive.begin_reply(stream("2"), MODEL, 3.0)
        assert path_of(archive) == [("1", "one"), ("1#1", "One."), ("2", "two"), ("2#1", "")]
        assert recorded(archive).waiting == ()
        begun = "SELECT parent, role, text, state, ending, model, created, owner FROM message WHERE id = '2#1'"
        assert rows(tmp_path, begun) == [("2", "assistant", "", "connecting", None, MODEL, 3.0, "me")]


def test_an_attempt_that_has_begun_does_not_begin_again(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        answer(archive, "1", "one", "One.")
        before = recorded(archive)
        archive.begin_reply(stream("1"), "other", 9.0)
        archive.begin_reply(stream("nobody"), "other", 9.0)
        assert recorded(archive) == before


def test_pieces_are_there_at_once_and_folded_at_the_end(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "Hi")
        archive.add_pieces([(stream("1"), (Chunk("Hel"), Chunk("lo"))), (stream("1"), (Chunk("."),))])
        assert node(archive, "1#1").text == "Hello."
        assert archive.reader.search("hello", 9) == []
        archive.end_turn(ended("1", TurnState.CUT, "Hello.", DONE), 2.0)
        assert (node(archive, "1#1").text, node(archive, "1#1").state) == ("Hello.", TurnState.CUT)
        assert [hit.message for hit in archive.reader.search("hello", 9)] == ["1#1"]
    assert rows(tmp_path, PIECES) == []


def test_where_nobody_knows_the_whole_reply_its_pieces_are_all_of_it(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "Hi")
        archive.add_pieces([(stream("1"), (Chunk("Hel"), Chunk("lo.")))])
        archive.end_turn(replace(ended("1", TurnState.FAILED, "", LOST), as_told=True), 2.0)
        assert (node(archive, "1#1").text, node(archive, "1#1").state) == ("Hello.", TurnState.FAILED)
    assert rows(tmp_path, PIECES) == []


def test_pieces_that_come_after_the_end_are_dropped(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        answer(archive, "1", "Hi", "Hello.")
        begin(archive, "2", "Hi")
        archive.end_attempt(stream("2"), LOST)
        archive.add_pieces([(stream("1"), (Chunk("late"),)), (stream("2"), (Chunk("late"),))])
        archive.end_attempt(stream("1"), LOST)
        assert [node.text for node in recorded(archive).messages] == ["Hi", "Hello.", "Hi", ""]
    assert rows(tmp_path, PIECES) == []


def test_every_attempt_is_a_version_of_the_reply_and_the_last_one_is_shown(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "Hi")
        archive.add_pieces([(stream("1"), (Chunk("Hel"), Chunk("lo")))])
        archive.end_attempt(stream("1"), LOST)
        archive.begin_reply(stream("1", 2), MODEL, 2.0)
        archive.end_turn(ended("1", TurnState.DONE, "Hello.", DONE, 2), 3.0)
        record = recorded(archive)
    assert [(node.id, node.parent, node.text, node.state, node.ending) for node in record.messages] == [
        ("1", None, "Hi", TurnState.DONE, DONE),
        ("1#1", "1", "Hello", TurnState.FAILED, LOST),
        ("1#2", "1", "Hello.", TurnState.DONE, DONE),
    ]
    assert record.head == "1#2"


def test_a_turn_that_ends_between_two_attempts_loses_nothing_of_the_last_one(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "Hi")
        archive.add_pieces([(stream("1"), (Chunk("Hello"),))])
        archive.end_attempt(stream("1"), LOST)
        archive.end_turn(ended("1", TurnState.CANCELLED, "", Stopped()), 2.0)
        assert (node(archive, "1#1").text, node(archive, "1#1").ending) == ("Hello", LOST)
        assert (node(archive, "1").state, node(archive, "1").ending) == (TurnState.CANCELLED, Stopped())


def test_a_turn_that_loses_its_server_waits_to_be_asked_again_with_what_it_goes_on_with(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "Hi")
        archive.end_turn(ended("1", TurnState.CUT, "Hello", DONE), 2.0)
        archive.accept_turn(TurnAccepted(TALK, TurnId("1"), "Hi", True, MessageId("1#1")), 3.0)
        archive.begin_reply(stream("1", 2), MODEL, 4.0)
        archive.add_pieces([(stream("1", 2), (Chunk("Hello th"),))])
        archive.end_attempt(stream("1", 2), LOST)
        archive.begin_reply(stream("1", 3), MODEL, 5.0)
        archive.park(stream("1", 3), LOST, 6.0)
        waiting = WaitingPrompt(TurnId("1"), "Hi", again=True, continues=MessageId("1#1"))
        assert recorded(archive).waiting == (waiting,)
        assert [(each.id, each.state) for each in recorded(archive).messages] == [
            ("1", TurnState.WAITING_FOR_SERVER),
            ("1#1", TurnState.CUT),
            ("1#2", TurnState.FAILED),
            ("1#3", TurnState.FAILED),
        ]
        archive.park(stream("1", 3), LOST, 7.0)
        assert recorded(archive).waiting == (waiting,)
        archive.end_turn(ended("1", TurnState.CANCELLED, "", Stopped(), 3), 8.0)
        assert (recorded(archive).waiting, node(archive, "1").state) == ((), TurnState.CANCELLED)
        assert (node(archive, "1#2").text, node(archive, "1#3").state) == ("Hello th", TurnState.FAILED)


def test_a_prompt_that_was_never_sent_waits_for_the_server_where_it_is(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", "Hi")
        before = recorded(archive)
        archive.park(stream("1", 0), LOST, 6.0)
        assert recorded(archive) == before


def test_a_prompt_that_is_to_be_asked_again_keeps_its_end_while_it_waits_for_the_server(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        answer(archive, "1", "Hi", "Hello.")
        archive.accept_turn(TurnAccepted(TALK, TurnId("1"), "Hi", True), 3.0)
        before = recorded(archive)
        archive.park(stream("1", 0), LOST, 6.0)
        assert recorded(archive) == before


def test_a_turn_that_was_killed_while_it_waited_for_the_server_is_not_interrupted(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        begin(dying, "1", "Hi")
        dying.park(stream("1"), LOST, 2.0)
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with opened(folder) as archive:
        assert archive.interrupt_orphans() == [TALK]
        assert node(archive, "1").state is TurnState.WAITING_FOR_SERVER


def test_a_turn_that_was_killed_between_two_attempts_is_interrupted_and_its_attempt_stays(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        begin(dying, "1", "One?")
        dying.add_pieces([(stream("1"), (Chunk("On"),))])
        dying.end_attempt(stream("1"), LOST)
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with opened(folder) as archive:
        archive.interrupt_orphans()
        assert (node(archive, "1").state, node(archive, "1").ending) == (TurnState.INTERRUPTED, Stopped())
        assert (node(archive, "1#1").text, node(archive, "1#1").ending) == ("On", LOST)


def test_a_reply_whose_beginning_was_not_kept_is_kept_at_its_end(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", "Hi")
        archive.end_turn(ended("1", TurnState.DONE, "Hello.", DONE), 2.0)
        assert path_of(archive) == [("1", "Hi"), ("1#1", "Hello.")]


def test_what_comes_next_follows_the_head(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        answer(archive, "1", "one", "One.")
        answer(archive, "2", "two", "Two.")
        archive.move_head(TALK, MessageId("1#1"))
        answer(archive, "3", "three", "Three.")
        assert [name for name, _ in path_of(archive)] == ["1", "1#1", "3", "3#1"]
        archive.move_head(TALK, None)
        answer(archive, "4", "four", "Four.")
        assert [name for name, _ in path_of(archive)] == ["4", "4#1"]
        assert len(recorded(archive).messages) == 8


def test_a_head_that_is_not_there_is_refused_and_one_of_an_unkept_conversation_is_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.move_head(TALK, MessageId("1"))
        answer(archive, "1", "one", "One.")
        with pytest.raises(sqlite3.IntegrityError) as caught:
            archive.move_head(TALK, MessageId("2"))
        assert str(caught.value) == "the message 2 is not in the chat talk"
        assert recorded(archive).head == "1#1"


def test_two_processes_that_ask_the_same_prompt_again_at_once_keep_both_replies(tmp_path: Path) -> None:
    again = TurnAccepted(TALK, TurnId("1"), "one", again=True)
    with opened(tmp_path) as archive, opened(tmp_path, "other") as other:
        answer(archive, "1", "one", "One.")
        for each in (archive, other):
            each.accept_turn(again, 2.0)
            each.begin_reply(stream("1", 2), MODEL, 2.0)
        archive.add_pieces([(stream("1", 2), (Chunk("Mi"),))])
        other.add_pieces([(stream("1", 2), (Chunk("The"),))])
        assert (node(archive, "1#2").text, node(archive, "1#3").text) == ("Mi", "The")
        other.end_turn(ended("1", TurnState.DONE, "Theirs.", DONE, 2), 3.0)
        archive.end_turn(ended("1", TurnState.DONE, "Mine.", DONE, 2), 4.0)
        replies = [(each.id, each.text) for each in recorded(archive).messages[1:]]
        assert replies == [("1#1", "One."), ("1#2", "Mine."), ("1#3", "Theirs.")]
        other.move_head(TALK, MessageId("1#2"))
        assert path_of(archive) == [("1", "one"), ("1#3", "Theirs.")]


def test_an_attempt_that_another_process_has_made_is_not_taken_for_ones_own(tmp_path: Path) -> None:
    with opened(tmp_path) as archive, opened(tmp_path, "other") as other:
        answer(archive, "1", "one", "One.")
        answer(other, "1", "one", "Again.")
        assert path_of(archive) == [("1", "one"), ("1#2", "Again.")]

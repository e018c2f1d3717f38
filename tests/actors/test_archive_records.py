import sqlite3
from pathlib import Path

import pytest
from msgspec.structs import replace

from protocol.chat import Attachment, Role, ToolCall
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.reply import Stopped
from protocol.tree import Node
from protocol.turn import TurnState
from tests.support.keeping import DONE, MODEL, TALK, accept, answer, opened, recorded, rows

PICTURE, NOTES = Attachment("sea.png", "image/png", b"\x00\xff"), Attachment("notes", "text/plain", b"")
PROMPT = Node(MessageId("1"), None, Role.USER, "Hi", ending=DONE, created=1.0, attachments=(PICTURE, NOTES, NOTES))
LOOK = ToolCall("look", "{}")
CUT = TurnState.CUT
REPLY = Node(MessageId("1#1"), PROMPT.id, Role.ASSISTANT, "Hello.", "Hm.", (LOOK,), CUT, DONE, MODEL, 2.0)
VERSION = replace(REPLY, id=MessageId("1#2"), text="Good morning.")
AGAIN = WaitingPrompt(TurnId("1"), "Hi", again=True, continues=MessageId("1#1"))
MORE = WaitingPrompt(TurnId("2"), "More?")
RECORD = ConversationRecord(
    TALK, "A talk", MODEL, "Be brief.", 1.0, 5.0, VERSION.id, True, (PROMPT, REPLY, VERSION), (AGAIN, MORE)
)
OTHER = ConversationId("other")


def test_a_whole_conversation_is_kept_as_it_is_and_a_second_time_nothing_changes(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        for _ in range(2):
            archive.keep_record(RECORD)
            assert recorded(archive) == RECORD
            assert list(archive.reader.records()) == [RECORD]
        assert [hit.message for hit in archive.reader.search("good morning", 9)] == ["1#2"]


def test_what_waits_in_it_waits_for_nobody_until_it_is_adopted(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_record(RECORD)
        assert recorded(archive, owner="me").waiting == ()
        assert archive.interrupt_orphans() == [TALK]
        assert recorded(archive, owner="me").waiting == (AGAIN, MORE)


def test_only_what_is_missing_is_added(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_record(replace(RECORD, messages=(replace(PROMPT, attachments=(NOTES,)), REPLY), head=REPLY.id))
        archive.set_title(TALK, "My talk")
        other_words = replace(REPLY, text="Never said.")
        archive.keep_record(replace(RECORD, messages=(PROMPT, other_words, VERSION), system="Be long.", title="Yours"))
        kept = recorded(archive)
    messages = (replace(PROMPT, attachments=(NOTES, PICTURE, NOTES)), REPLY, VERSION)
    assert kept == replace(RECORD, title="My talk", head=REPLY.id, messages=messages)


def test_a_conversation_that_was_deleted_is_back_when_it_is_brought_again(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_record(RECORD)
        archive.delete(TALK, 6.0)
        archive.keep_record(RECORD)
        assert list(archive.reader.records()) == [RECORD]


def test_what_was_under_way_where_it_comes_from_is_interrupted_here(tmp_path: Path) -> None:
    streaming = replace(VERSION, state=TurnState.ANSWERING, ending=None)
    asked = replace(PROMPT, state=TurnState.CONNECTING, ending=None)
    with opened(tmp_path) as archive:
        archive.keep_record(replace(RECORD, messages=(asked, REPLY, streaming), waiting=()))
        stopped = [replace(node, state=TurnState.INTERRUPTED, ending=Stopped()) for node in (asked, streaming)]
        assert recorded(archive).messages == (stopped[0], REPLY, stopped[1])


def test_a_prompt_that_waits_for_the_server_waits_for_it_here(tmp_path: Path) -> None:
    parked = replace(PROMPT, state=TurnState.WAITING_FOR_SERVER, ending=None)
    record = replace(RECORD, messages=(parked, REPLY, VERSION))
    with opened(tmp_path) as archive:
        archive.keep_record(record)
        assert recorded(archive) == record


def test_what_only_the_archive_knows_is_added(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_record(replace(RECORD, messages=(replace(PROMPT, created=0.0),), head=PROMPT.id, waiting=()))
        assert recorded(archive).messages == (replace(PROMPT, created=5.0),)


def test_a_prompt_that_has_been_sent_meanwhile_does_not_wait_again(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        answer(archive, "2", "More?", "More.")
        archive.keep_record(replace(RECORD, waiting=(MORE,)))
        assert recorded(archive).waiting == ()


@pytest.mark.parametrize(
    "broken",
    [
        replace(RECORD, id=OTHER, messages=(replace(PROMPT, attachments=()),), head=PROMPT.id, waiting=()),
        replace(RECORD, id=OTHER, messages=(), head=None, waiting=(MORE,)),
        replace(RECORD, id=OTHER, messages=(), head=None, waiting=(WaitingPrompt(TurnId("1"), "Hi"),)),
        replace(RECORD, id=OTHER, messages=(), waiting=()),
        replace(RECORD, id=OTHER, messages=(replace(PROMPT, id=MessageId("9"), parent=PROMPT.id),), waiting=()),
    ],
    ids=["a message elsewhere", "a prompt that waits elsewhere", "a prompt elsewhere", "a head elsewhere", "a parent"],
)
def test_what_belongs_to_another_conversation_is_refused_and_nothing_is_added(
    tmp_path: Path, broken: ConversationRecord
) -> None:
    tables = "SELECT (SELECT count(*) FROM conversation), (SELECT count(*) FROM message), (SELECT count(*) FROM outbox)"
    with opened(tmp_path) as archive:
        answer(archive, "1", "Hi", "Hello.")
        accept(archive, "2", "More?")
        before = rows(tmp_path, tables)
        with pytest.raises(sqlite3.IntegrityError):
            archive.keep_record(broken)
        assert (rows(tmp_path, tables), archive.reader.record(OTHER)) == (before, None)

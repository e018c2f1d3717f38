"""An Archivist that fails by its own fault: nothing that was said is missing on disk in the end."""

from pathlib import Path

import pytest

from protocol.archivist import ArchivistMessage, RecoverConversations, Resume
from protocol.chat import Role
from protocol.coordinator import ConversationsRecovered, RetellConversations, StartConversation
from protocol.errors import ActorDied
from protocol.identity import MessageId, TurnId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.reply import Stopped
from protocol.tree import Node
from protocol.turn import TurnState
from protocol.ui import ConversationRetold
from tests.support.archiving import STARTED, asked, connecting, done, grew, keeping, kept
from tests.support.keeping import DONE, MODEL, TALK, rows
from tests.support.refusing import Refusal

HI, ACCEPTED = asked("1", "Hi")
BROKEN = RuntimeError("by its own fault")
PROMPT, REPLY = MessageId("1"), MessageId("1#1")


def retold(*messages: Node, waiting: tuple[WaitingPrompt, ...] = ()) -> ConversationRetold:
    head = messages[-1].id if messages else None
    return ConversationRetold(
        ConversationRecord(TALK, "", MODEL, "Be brief.", 0.0, 0.0, head, False, messages, waiting), shown=True
    )


UNDER_WAY = retold(
    Node(PROMPT, None, Role.USER, "Hi", state=TurnState.CONNECTING),
    Node(REPLY, PROMPT, Role.ASSISTANT, "", state=TurnState.CONNECTING, model=MODEL),
)
OVER = retold(
    Node(PROMPT, None, Role.USER, "Hi", ending=DONE),
    Node(REPLY, PROMPT, Role.ASSISTANT, "Hello.", ending=DONE, model=MODEL),
)


@pytest.mark.parametrize(
    ("before", "lost", "known"),
    [
        ((), HI, retold(waiting=(WaitingPrompt(TurnId("1"), "Hi"),))),
        ((HI,), ACCEPTED, retold(waiting=(WaitingPrompt(TurnId("1"), "Hi"),))),
        ((HI,), ACCEPTED, UNDER_WAY),
        ((HI, ACCEPTED), connecting("1"), UNDER_WAY),
        ((HI, ACCEPTED, connecting("1"), grew("Hel")), done("1", "Hello."), OVER),
    ],
)
def test_whatever_is_lost_is_there_once_it_is_told_again(
    before: tuple[ArchivistMessage, ...], lost: ArchivistMessage, known: ConversationRetold, tmp_path: Path
) -> None:
    disk = Refusal()
    with keeping(tmp_path, open_archive=disk.open) as archivist:
        archivist.hears(STARTED, *before)
        archivist.told()
        disk.error = BROKEN
        archivist.fails_at(lost)
        disk.error = None
        told, _, _ = archivist.told()
        assert told == [*([HI] if lost is HI else []), RetellConversations()]
        archivist.hears(known)
        if known.record.waiting:
            assert kept(tmp_path) is not None
            archivist.hears(connecting("1"))
        archivist.hears(grew("lo."), done("1", "Hello."))
    record = kept(tmp_path)
    assert record is not None
    assert [(node.id, node.text, node.state) for node in record.messages] == [
        (PROMPT, "Hi", TurnState.DONE),
        (REPLY, "Hello.", TurnState.DONE),
    ]
    assert (record.head, record.waiting) == (REPLY, ())
    assert rows(tmp_path, "SELECT count(*) FROM outbox") == [(0,)]


def test_pieces_that_could_not_be_written_are_written_after_all(tmp_path: Path) -> None:
    disk = Refusal()
    with keeping(tmp_path, open_archive=disk.open) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, connecting("1"), grew("Hel"))
        disk.error = BROKEN
        archivist.fails_at(RecoverConversations())
        disk.error = None
        archivist.hears(RecoverConversations())
        told = [message for message in archivist.told()[0] if isinstance(message, ConversationsRecovered)]
    assert [(answer.kept, answer.shown) for answer in told] == [(False, TALK), (True, TALK)]
    assert [(node.text, node.state, node.ending) for node in told[1].records[0].messages] == [
        ("Hi", TurnState.INTERRUPTED, Stopped()),
        ("Hel", TurnState.INTERRUPTED, Stopped()),
    ]


def test_prompts_on_their_way_are_not_told_as_waiting_and_those_that_wait_are(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, asked("2", "on its way")[0], RecoverConversations())
        answer = archivist.told()[0][-1]
    assert isinstance(answer, ConversationsRecovered)
    assert answer.records[0].waiting == (WaitingPrompt(TurnId("1"), "Hi"),)


def test_who_waits_for_a_conversation_gets_one(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.told()
        archivist.actor.recover(Resume("sea", MODEL), ActorDied("It died.").failure)
        assert archivist.told()[0] == [StartConversation(MODEL), RetellConversations()]

"""What the Archivist says of conversations that may sleep, and gives of those that do."""

from pathlib import Path

from msgspec.structs import replace

from actors.archive import Archive
from actors.archive_reader import ArchiveReader
from actors.disk_trouble import describe_cause
from protocol.identity import ConversationId
from protocol.kept import ConversationRecord
from protocol.sleep import Account, ConfirmKept, ConversationRead, KeptConfirmed, ReadConversation, account_of
from protocol.timekeeper import FlushDue
from tests.support.archiving import STARTED, answered, asked, connecting, grew, keeping, kept
from tests.support.keeping import TALK, accept, answer, opened
from tests.support.refusing import Refusal
from tests.support.troubles import FULL


def said(folder: Path) -> tuple[ConversationRecord, Account]:
    """What is on disk of the talk."""
    record = kept(folder)
    assert record is not None
    return record, account_of(record.head, record.messages)


def test_what_is_on_disk_is_confirmed(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."))
        account = said(tmp_path)[1]
        archivist.told()
        archivist.hears(ConfirmKept(TALK, account))
        assert archivist.told() == ([KeptConfirmed(TALK, account)], [], [])


def test_where_something_else_is_there_nothing_is_said(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."))
        account = said(tmp_path)[1]
        archivist.told()
        archivist.hears(ConfirmKept(TALK, replace(account, head=None)))
        archivist.hears(ConfirmKept(TALK, account_of(account.head, ())))
        archivist.hears(ConfirmKept(ConversationId("nowhere"), account))
        assert archivist.told() == ([], [], [])


def test_what_comes_of_a_reply_meanwhile_is_something_else(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."))
        account = said(tmp_path)[1]
        archivist.hears(*asked("2", "And?"), connecting("2"), grew("W", "2"))
        archivist.told()
        archivist.hears(ConfirmKept(TALK, account))
        assert archivist.told()[0] == []


def test_what_the_disk_refuses_is_confirmed_when_it_has_taken_it(tmp_path: Path) -> None:
    disk = Refusal()
    with keeping(tmp_path, open_archive=disk.open) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."))
        account = said(tmp_path)[1]
        disk.error = FULL
        archivist.hears(*asked("2", "And?"))
        archivist.told()
        archivist.hears(ConfirmKept(TALK, account))
        assert archivist.told()[0] == []
        disk.error = None
        archivist.hears(FlushDue())
        assert archivist.told()[0] == [KeptConfirmed(TALK, account)]


def test_what_is_wanted_is_read(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."))
        archivist.told()
        archivist.hears(ReadConversation(TALK))
        assert archivist.told() == ([ConversationRead(TALK, said(tmp_path)[0])], [], [])


def test_what_waits_there_for_another_process_is_not_read(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist, opened(tmp_path, "other") as archive:
        answer(archive, "1", "Hi", "Hello.")
        accept(archive, "2", "And?")
        archivist.told()
        archivist.hears(ReadConversation(TALK))
        assert archivist.told()[0] == [ConversationRead(TALK, replace(said(tmp_path)[0], waiting=()))]


def test_what_is_gone_is_said_to_be(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.told()
        archivist.hears(ReadConversation(TALK))
        assert archivist.told()[0] == [ConversationRead(TALK, None, "It is not on disk any more.")]


def test_what_cannot_be_read_is_said_with_the_reason(tmp_path: Path) -> None:
    with keeping(tmp_path, open_archive=_Unreadable) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."))
        archivist.told()
        archivist.hears(ReadConversation(TALK))
        reason = describe_cause(FULL, archivist.path)
        assert archivist.told() == ([ConversationRead(TALK, None, reason)], [], [])


class _Unreadable(Archive):
    @property
    def reader(self) -> ArchiveReader:
        raise FULL

    @reader.setter
    def reader(self, reader: ArchiveReader) -> None:
        """Nobody reads."""

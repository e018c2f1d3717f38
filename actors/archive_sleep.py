"""The answers to the Coordinator about conversations that sleep, or may."""

from functools import partial
from typing import assert_never

from actors.archive import Archive
from actors.archive_keeper import ArchiveKeeper
from protocol.address import Address
from protocol.identity import ConversationId
from protocol.sleep import Account, ConfirmKept, ConversationRead, KeptConfirmed, ReadConversation, SleepQuestion

_GONE = "It is not on disk any more."


class ArchiveSleep:
    """Answers for the Archivist, in its thread. `owner` names this process."""

    def __init__(
        self, keeper: ArchiveKeeper, owner: str, coordinator: Address[KeptConfirmed | ConversationRead]
    ) -> None:
        self._keeper = keeper
        self._owner = owner
        self._coordinator = coordinator
        self._asked: dict[ConversationId, Account] = {}
        """What is to be confirmed when the disk has taken all that it is owed."""

    def act(self, question: SleepQuestion) -> None:
        """Answer, or keep the question until it can be."""
        match question:
            case ConfirmKept(conversation=conversation, account=account):
                self._asked[conversation] = account
                self.confirm()
            case ReadConversation(conversation=conversation):
                self._read(conversation)
            case _:
                assert_never(question)

    def confirm(self) -> None:
        """Answer what was asked, if everything that was said is on disk now."""
        if self._keeper.keeps:
            asked, self._asked = self._asked, {}
            for conversation, account in asked.items():
                self._keeper.read(partial(self._compare, conversation, account))

    def _compare(self, conversation: ConversationId, account: Account, archive: Archive) -> None:
        if archive.reader.account(conversation) == account:
            self._coordinator.tell(KeptConfirmed(conversation, account))

    def _read(self, conversation: ConversationId) -> None:
        obstacle = self._keeper.read(partial(self._tell_record, conversation))
        if obstacle:
            self._coordinator.tell(ConversationRead(conversation, None, obstacle))

    def _tell_record(self, conversation: ConversationId, archive: Archive) -> None:
        record = archive.reader.record(conversation, self._owner)
        self._coordinator.tell(ConversationRead(conversation, record, "" if record is not None else _GONE))

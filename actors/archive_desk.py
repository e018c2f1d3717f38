"""The answers to what is asked of the archive: which conversations there are, and to have one of them shown."""

from collections.abc import Callable
from functools import partial
from typing import assert_never

from actors.archive import Archive
from actors.archive_keeper import ArchiveKeeper
from actors.archive_reader import ArchiveReader
from actors.kept_comparisons import read_kept
from actors.kept_notices import (
    NOT_KEPT_YET,
    NOTHING_DELETED,
    describe_deleted,
    describe_missing,
    describe_title,
)
from actors.open_talks import OpenTalks
from protocol.address import Address
from protocol.archivist import (
    DeleteConversation,
    ListConversations,
    Reopen,
    Resume,
    SearchConversations,
    SetTitle,
    UndeleteConversation,
)
from protocol.chat import Conversation
from protocol.comparison import RestoreComparison
from protocol.coordinator import DiscardConversation, RestoreConversation, ShowConversation, StartConversation
from protocol.identity import ConversationId
from protocol.kept import ConversationRecord
from protocol.ui import ConversationDeleted, ConversationsListed, HitsFound, NoticePosted, TitleSet, UiEvent

LISTED = 200
FOUND = 50

FromDesk = StartConversation | RestoreConversation | RestoreComparison | ShowConversation | DiscardConversation
Question = Reopen | ListConversations | SearchConversations | SetTitle | DeleteConversation | UndeleteConversation


class ArchiveDesk:
    """Answers for the Archivist, in its thread. What cannot be read or changed is said in the words of the keeper."""

    def __init__(
        self,
        keeper: ArchiveKeeper,
        talks: OpenTalks,
        owner: str,
        coordinator: Address[FromDesk],
        ui: Address[UiEvent],
        wall_clock: Callable[[], float],
    ) -> None:
        self._keeper = keeper
        self._talks = talks
        self._owner = owner
        self._coordinator = coordinator
        self._ui = ui
        self._now = wall_clock
        self._put_off: list[str] = []

    def restore_comparison(self, command: RestoreComparison) -> None:
        """Have a comparison there again; its parent is."""
        for record in command.records:
            self._keep_known(record.id, record.title)
        self._coordinator.tell(command)

    def say_where_one_looks(self, words: str) -> None:
        """Say this in the conversation that is shown; where none is, in the next one."""
        self._put_off.append(words)
        self.say_what_was_put_off()

    def say_what_was_put_off(self) -> None:
        """Say what could not be said before, if a conversation is shown."""
        if self._talks.shown is not None:
            words, self._put_off = self._put_off, []
            for sentence in words:
                self._say(self._talks.shown, sentence)

    def resume(self, command: Resume) -> None:
        """Have a kept conversation shown; where there is none, or none can be read, a new one begins."""
        obstacle = self._keeper.read(partial(self._resume, command))
        if obstacle:
            self._coordinator.tell(_new(command))
            if obstacle != self._keeper.trouble:  # which is said already
                self.say_where_one_looks(obstacle)

    def answer(self, question: Question) -> None:
        """Answer in the conversation in which it was asked."""
        match question:
            case SetTitle(conversation=conversation, title=title):
                self._set_title(conversation, " ".join(title.split()))
            case Reopen():
                self._try(question, self._keeper.read, partial(self._reopen, question))
            case ListConversations():
                self._try(question, self._keeper.read, partial(self._list, question))
            case SearchConversations():
                self._try(question, self._keeper.read, partial(self._search, question))
            case DeleteConversation():
                self._try(question, self._keeper.change, partial(self._delete, question))
            case UndeleteConversation():
                self._try(question, self._keeper.change, partial(self._undelete, question))
            case _:
                assert_never(question)

    def _try(
        self, question: Question, way: Callable[[Callable[[Archive], None]], str], work: Callable[[Archive], None]
    ) -> None:
        obstacle = way(work)
        if obstacle:
            self._say(question.conversation, obstacle)

    def _resume(self, command: Resume, archive: Archive) -> None:
        if not self._show(archive.reader, command):
            self.say_where_one_looks(describe_missing(command.wanted))
            self._coordinator.tell(_new(command))

    def _reopen(self, question: Reopen, archive: Archive) -> None:
        if not self._show(archive.reader, Resume(question.wanted)):
            self._say(question.conversation, describe_missing(question.wanted))

    def _show(self, reader: ArchiveReader, command: Resume) -> bool:
        """Have a conversation shown; False if it is not kept."""
        found = reader.find(command.wanted)
        model, system, parameters = command.model, command.system, command.parameters
        if found is not None and found.id in self._talks:
            self._keep_known(found.id, found.title)
            self._coordinator.tell(ShowConversation(found.id, model, system, parameters))
            return True
        record = None if found is None else self._record(reader, found.id)
        if record is not None:
            self._restore(RestoreConversation(record, model, system, parameters=parameters), reader)
        return record is not None

    def _restore(self, command: RestoreConversation, reader: ArchiveReader) -> None:
        """It is open from now on: a prompt for it may come before the Coordinator says so."""
        record = command.record
        model, system = command.model or record.model, command.system or record.system
        parameters = command.parameters.over(record.parameters)
        self._talks.meet(Conversation(record.id, model, system, parameters, record.server), shown=False)
        self._keep_known(record.id, record.title)
        comparisons = read_kept(reader, record.id, self._owner)
        self._coordinator.tell(command)
        for one in comparisons:
            self.restore_comparison(one)

    def _keep_known(self, conversation: ConversationId, title: str) -> None:
        """A title that is known is later than the one on disk, which may have refused it."""
        self._talks.keep(conversation, self._talks.title(conversation) or title)

    def _record(self, reader: ArchiveReader, conversation: ConversationId) -> ConversationRecord | None:
        """A kept conversation, with what this process has to send in it: others see to what they left there."""
        return reader.record(conversation, self._owner, light=True)

    def _list(self, question: ListConversations, archive: Archive) -> None:
        kept = tuple(archive.reader.conversations(LISTED))
        self._ui.tell(ConversationsListed(question.conversation, kept))

    def _search(self, question: SearchConversations, archive: Archive) -> None:
        hits = tuple(archive.reader.search(question.words, FOUND))
        self._ui.tell(HitsFound(question.conversation, question.words, hits))

    def _set_title(self, conversation: ConversationId, title: str) -> None:
        """One that is not kept yet is called so as soon as it is."""
        if title:
            self._talks.call(conversation, title)
            self._keeper.write(lambda archive: archive.set_title(conversation, title))
            self._ui.tell(TitleSet(conversation, title))
        self._say(conversation, describe_title(self._talks.title(conversation)))

    def _delete(self, question: DeleteConversation, archive: Archive) -> None:
        here = question.conversation
        meant = archive.reader.find(question.wanted or here)
        if meant is None or (not question.wanted and meant.id != here):
            self._say(here, describe_missing(question.wanted) if question.wanted else NOT_KEPT_YET)
            return
        archive.delete(meant.id, self._now())
        self._talks.forget(meant.id)
        self._ui.tell(ConversationDeleted(meant.id))
        self._coordinator.tell(DiscardConversation(meant.id))
        if meant.id == here:
            self.say_where_one_looks(describe_deleted(meant.title))
        else:
            self._say(here, describe_deleted(meant.title))

    def _undelete(self, question: UndeleteConversation, archive: Archive) -> None:
        found = archive.undelete()
        record = self._record(archive.reader, found) if found is not None else None
        if record is None:
            self._say(question.conversation, NOTHING_DELETED)
        else:
            self._restore(RestoreConversation(record), archive.reader)

    def _say(self, conversation: ConversationId, words: str) -> None:
        self._ui.tell(NoticePosted(conversation, words))


def _new(command: Resume) -> StartConversation:
    return StartConversation(command.model, command.system, parameters=command.parameters)

"""The Archivist: keeps what is said, safe against whatever ends the program."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType

from msgspec.structs import replace

from actors.actor import Actor
from actors.archive import Archive
from actors.archive_desk import ArchiveDesk, FromDesk
from actors.archive_keeper import ArchiveKeeper
from actors.archive_sleep import ArchiveSleep
from actors.inbox import Inbox
from actors.input_recorder import InputRecorder
from actors.kept_notices import describe_adopted
from actors.left_behind import LeftBehind, read_left
from actors.open_talks import OpenTalks
from actors.patience import Patience
from actors.talk_recorder import TalkNews, TalkRecorder
from actors.turn_recorder import TurnRecorder
from actors.vitals import Vitals
from protocol.address import Address
from protocol.archivist import (
    ArchivistMessage,
    CloseArchive,
    KeepDraft,
    NotKept,
    OpenArchive,
    RecoverConversations,
    RememberInput,
    Resume,
)
from protocol.attachments import has_images, lightened
from protocol.comparison import (
    AnswersBrought,
    Compare,
    Comparison,
    ComparisonBegan,
    ComparisonChanged,
)
from protocol.coordinator import (
    ConversationsRecovered,
    NewsOfActors,
    RestoreConversation,
    RetellConversations,
    StartConversation,
    Submit,
)
from protocol.errors import Failure
from protocol.identity import ConversationId
from protocol.kept import ConversationRecord
from protocol.parameter_events import ParametersSet
from protocol.server_events import ServerSet
from protocol.sleep import (
    ConfirmKept,
    ConversationRead,
    KeptConfirmed,
    ReadConversation,
)
from protocol.timekeeper import FlushDue, Remind, RemindersLost, TimekeeperMessage
from protocol.ui import (
    ConversationForked,
    ConversationRetold,
    ConversationStarted,
    InputRefused,
    KeepingFailed,
    KeepingResumed,
    ModelSet,
    PathShown,
    PromptReworded,
    QueueReordered,
    ReplyGrew,
    SystemPromptSet,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    UiEvent,
)

BEAT = 0.25
"""Seconds after which what came of a reply is committed, at the latest."""
RETRY = 5.0
"""Seconds after which a disk that refused is tried again."""
DELETED_FOR = 30 * 24 * 3600.0
"""Seconds after which what was deleted is gone."""

FromArchivist = (
    Submit | Compare | FromDesk | RetellConversations | ConversationsRecovered | KeptConfirmed | ConversationRead
)


class Archivist(Actor[ArchivistMessage]):
    """The only writer. It may block on the disk; nobody waits for it but a prompt, which it passes on when it is kept.

    `open_archive` opens the archive at `path` for `owner`, in its thread. What the disk refuses is said once, and the
    chat goes on in memory. `wall_clock` tells seconds since 1970. `keep_input`: remember what is typed for later runs.
    `adopts`: take over what dead processes left waiting; else that is left to a run which does.
    """

    def __init__(
        self,
        path: Path,
        owner: str,
        open_archive: Callable[[], Archive],
        coordinator: Address[FromArchivist],
        ui: Address[UiEvent],
        timekeeper: Address[TimekeeperMessage],
        supervisor: Address[NewsOfActors],
        wall_clock: Callable[[], float],
        keep_input: bool = True,
        vitals: Vitals | None = None,
        adopts: bool = True,
    ) -> None:
        super().__init__(supervisor, vitals)
        self._adopts = adopts
        self._owner = owner
        self._coordinator = coordinator
        self._ui = ui
        self._timekeeper = timekeeper
        self._now = wall_clock
        self._talks = OpenTalks()
        voices = self._warn, self._relieve, self._say
        self._keeper = ArchiveKeeper(path, open_archive, self._begin, *voices, wall_clock)
        self._desk = ArchiveDesk(self._keeper, self._talks, owner, coordinator, ui, wall_clock)
        self._sleep = ArchiveSleep(self._keeper, owner, coordinator)
        self._inputs = InputRecorder(self._keeper, ui, wall_clock, keep_input)
        self._turns = TurnRecorder(self._keeper, wall_clock)
        self._conversations = TalkRecorder(self._keeper, self._talks, ui, wall_clock)
        self._adopted: list[ConversationId] = []
        self._is_reminded = False
        self._came = self._goes_on = False
        """Something of a reply came since the last beat, or before it: then more may be there that woke nobody."""
        self._passed_on: Submit | Compare | None = None

    @staticmethod
    def _create_actor_inbox() -> Inbox:
        return Inbox(Patience().may_wait)

    def on_stop(self) -> None:
        """Commit what waits, and close, unless that is done: who stops an actor does not wait for this."""
        self._close()

    def on_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let go of the file, and tell the supervisor."""
        try:
            self._keeper.close()
        finally:
            super().on_failure(exception_type, exception_value, traceback)

    def act(self, message: ArchivistMessage) -> None:
        match message:
            case Submit() | Compare():
                self._conversations.keep_prompt(message)
                self._pass_on(message, self._lightened(message) if isinstance(message, Submit) else None)
            case Resume():
                self._desk.resume(message)
            case RememberInput(text=text):
                self._inputs.remember(text)
            case KeepDraft(conversation=conversation, text=text):
                self._inputs.keep_draft(conversation, text)
            case OpenArchive():
                self._open()
            case CloseArchive():
                self._close()
            case FlushDue():
                self._is_reminded, self._goes_on, self._came = False, self._came, False
                self._flush_and_retry()
            case RemindersLost():
                self._is_reminded = False
            case RecoverConversations():
                self._recover_conversations()
            case ConfirmKept() | ReadConversation():
                self._sleep.act(message)
            case ConversationRetold():
                self._conversations.mend(message)
            case ConversationStarted() | ConversationForked() | ModelSet() | SystemPromptSet() | PathShown():
                self._note_conversation(message)
            case ParametersSet() | ServerSet():
                self._note_conversation(message)
            case ReplyGrew(stream=stream, chunks=chunks):
                self._came = True
                self._turns.collect(stream, chunks)
            case ComparisonBegan() | ComparisonChanged() | AnswersBrought():
                self._conversations.note_comparison(message)
            case InputRefused() | TurnAccepted() | PromptReworded() | QueueReordered() | TurnMoved() | TurnEnded():
                self._turns.note(message)
                self._conversations.note_end(message)
            case _ if isinstance(message, NotKept):
                pass
            case _:
                self._desk.answer(message)
        self._ask_for_reminder()

    def recover(self, message: ArchivistMessage, failure: Failure) -> None:
        """Connect to the file anew, and have told again what may be missing in it. A prompt is passed on all the same.

        What waits for the disk, and what is known of the open conversations, is not lost.
        """
        del failure
        self._is_reminded = False
        match message:
            case CloseArchive():
                self._keeper.close()
                return
            case Submit() | Compare() if message is not self._passed_on:
                self._pass_on(message)
            case Resume(model=model, system=system, parameters=parameters):
                self._coordinator.tell(StartConversation(model, system, parameters=parameters))
            case RecoverConversations():
                self._coordinator.tell(ConversationsRecovered((), self._talks.shown, kept=False))
            case _:
                pass
        self._keeper.reopen()
        self._coordinator.tell(RetellConversations())
        self._ask_for_reminder()

    def _pass_on(self, prompt: Submit | Compare, as_kept: Submit | Compare | None = None) -> None:
        self._coordinator.tell(as_kept or prompt)
        self._passed_on = prompt

    def _lightened(self, prompt: Submit) -> Submit:
        """Of a prompt that is on disk, nobody needs the bytes of its images in memory."""
        if not has_images(prompt.attachments) or not self._keeper.keeps or prompt.conversation not in self._talks:
            return prompt
        return replace(prompt, attachments=lightened(prompt.attachments))

    def _recover_conversations(self) -> None:
        """Answer with what is kept, if that is all there is."""
        self._turns.flush()
        self._keeper.write(lambda archive: archive.interrupt_own())
        records: list[ConversationRecord] = []
        kept = self._keeper.keeps and not self._keeper.read(lambda archive: records.extend(self._records(archive)))
        comparisons: list[Comparison] = []
        kept = kept and not self._keeper.read(lambda archive: comparisons.extend(self._comparisons(archive)))
        told = tuple(records) if kept else (), self._talks.shown, kept, tuple(comparisons) if kept else ()
        self._coordinator.tell(ConversationsRecovered(*told))

    def _records(self, archive: Archive) -> Iterator[ConversationRecord]:
        """The open conversations. Prompts that are still on their way to the Coordinator wait for it, not here."""
        for about in self._talks.open:
            empty = ConversationRecord(about.id, self._talks.title(about.id), about.model, about.system, 0.0, 0.0, None)
            record = archive.reader.record(about.id, self._owner, claimed=True, light=True) or empty
            yield replace(
                record,
                model=about.model,
                system=about.system,
                parameters=about.parameters,
                server=about.server,
                column_of=about.column_of,
            )

    def _comparisons(self, archive: Archive) -> Iterator[Comparison]:
        """Those of the open conversations."""
        for about in self._talks.open:
            yield from archive.reader.comparisons(about.id)

    def _open(self) -> None:
        """Open the archive, find what the dead left behind, and remove what was deleted long ago."""
        self._keeper.open()
        long_ago = self._now() - DELETED_FOR
        self._keeper.write(lambda archive: archive.purge(long_ago))

    def _begin(self, archive: Archive) -> None:
        """Take over what dead processes left, and tell what is to be known of earlier runs."""
        found = archive.interrupt_orphans() if self._adopts else []
        self._adopted = list(dict.fromkeys([*self._adopted, *found]))  # kept for another try if this one fails
        left = read_left(archive.reader, self._adopted, self._owner)
        tell_inputs = self._inputs.recall(archive)
        self._adopted = []
        tell_inputs()
        self._restore(left)

    def _restore(self, left: Iterable[LeftBehind]) -> None:
        prompts = 0
        for record, comparisons in left:
            prompts += len(record.waiting)
            self._talks.keep(record.id, record.title)
            self._coordinator.tell(RestoreConversation(record, shown=False))
            for one in comparisons:
                prompts += sum(len(column.waiting) for column in one.records)
                self._desk.restore_comparison(one)
        if prompts:
            self._say(describe_adopted(prompts))

    def _note_conversation(self, event: TalkNews) -> None:
        self._conversations.note(event)
        if isinstance(event, ConversationStarted) and event.shown:
            self._desk.say_what_was_put_off()

    def _flush_and_retry(self) -> None:
        if self._keeper.rests:
            self._keeper.catch_up()
        if not self._keeper.rests:
            self._turns.flush()
            self._sleep.confirm()

    def _close(self) -> None:
        self._turns.flush()
        self._keeper.close()

    def _ask_for_reminder(self) -> None:
        beats = self._came or self._goes_on or self._turns.has_pieces
        if not self._is_reminded and (beats or self._keeper.rests):
            self._is_reminded = True
            self._timekeeper.tell(Remind(RETRY if self._keeper.rests else BEAT, FlushDue()))

    def _warn(self, words: str) -> None:
        self._ui.tell(KeepingFailed(words))

    def _relieve(self, words: str) -> None:
        self._ui.tell(KeepingResumed(words))

    def _say(self, words: str) -> None:
        self._desk.say_where_one_looks(words)

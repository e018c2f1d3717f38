"""What holds in conversations, on its way to the disk: their prompts, titles, models, and whether they were read."""

from collections.abc import Callable
from typing import assert_never

from msgspec.structs import replace

from actors.archive import Archive
from actors.archive_keeper import ArchiveKeeper
from actors.open_talks import OpenTalks
from actors.turn_recorder import TurnNews
from protocol.address import Address
from protocol.chat import Conversation
from protocol.coordinator import Submit
from protocol.identity import ConversationId
from protocol.kept import ConversationRecord
from protocol.parameter_events import ParametersSet
from protocol.server_events import ServerSet
from protocol.turn import TurnState
from protocol.ui import (
    ConversationForked,
    ConversationRetold,
    ConversationStarted,
    ModelSet,
    PathShown,
    SystemPromptSet,
    TitleSet,
    TurnEnded,
    UiEvent,
)

TalkNews = ConversationStarted | ConversationForked | ModelSet | SystemPromptSet | ParametersSet | ServerSet | PathShown


class TalkRecorder:
    """Writes for the Archivist, in its thread. `wall_clock` tells seconds since 1970."""

    def __init__(
        self, keeper: ArchiveKeeper, talks: OpenTalks, ui: Address[UiEvent], wall_clock: Callable[[], float]
    ) -> None:
        self._keeper = keeper
        self._talks = talks
        self._ui = ui
        self._now = wall_clock

    def keep_prompt(self, prompt: Submit) -> None:
        """Keep a prompt before anybody acts on it."""
        about, now = self._talks.about(prompt.conversation), self._now()
        if about is None:
            return
        said, with_it = prompt.prompt, prompt.attachments

        def keep(archive: Archive) -> str:
            title = self._talks.title(about.id)  # as it is then: the disk may have refused what gave it one
            return archive.keep_prompt(about, said, now, title, with_it)

        if prompt.edits is not None:  # the prompt that it changes may wait elsewhere: nothing of this one is kept by it
            self._keeper.write(keep)
            return
        self._talks.keep(about.id)
        self._keeper.write(lambda archive: self._entitle(about.id, keep(archive)))

    def note(self, event: TalkNews) -> None:
        """Keep what holds in a conversation from now on."""
        match event:
            case ConversationStarted():
                self._begin_talk(event)
            case ConversationForked(record=record):
                self._keep_fork(record)
            case ModelSet(conversation=conversation, model=model):
                self._describe(self._talks.learn(conversation, model=model))
            case SystemPromptSet(conversation=conversation, text=text):
                self._describe(self._talks.learn(conversation, system=text))
            case ParametersSet(conversation=conversation, parameters=parameters):
                self._describe(self._talks.learn(conversation, parameters=parameters))
            case ServerSet(conversation=conversation, server=server, model=model):
                self._describe(self._talks.learn_server(conversation, server, model))
            case PathShown(conversation=conversation, head=head):
                self._keeper.write(lambda archive: archive.move_head(conversation, head))
            case _:
                assert_never(event)

    def note_end(self, event: TurnNews) -> None:
        """What ended while another conversation is shown is unread, unless the user ended it."""
        match event:
            case TurnEnded(conversation=conversation, state=state) if conversation != self._talks.shown:
                if state is not TurnState.CANCELLED:
                    self._mark_unread(conversation, True)
            case _:
                pass

    def mend(self, event: ConversationRetold) -> None:
        """Keep what may be missing of a conversation, now that all of it is told again."""
        record, now = event.record, self._now()
        about = Conversation(record.id, record.model, record.system, record.parameters, record.server)
        self._talks.meet(about, event.shown)
        if record.messages or record.waiting:
            self._talks.keep(record.id, self._talks.title(record.id) or record.title)
            named = replace(record, title=self._talks.title(record.id))
            self._keeper.write(lambda archive: self._entitle(record.id, archive.mend(named, now)))
        self._describe(about)
        title = self._talks.title(record.id)
        if title:
            self._ui.tell(TitleSet(record.id, title))

    def _keep_fork(self, record: ConversationRecord) -> None:
        """It is made now, and the latest of all: those who make it know no time."""
        now = self._now()
        dated = replace(record, created=now, updated=now)
        self._talks.keep(record.id, record.title)
        self._keeper.write(lambda archive: archive.keep_record(dated))

    def _begin_talk(self, event: ConversationStarted) -> None:
        conversation = event.conversation
        self._talks.begin(event)
        self._describe(self._talks.about(conversation))
        if event.shown:
            self._mark_unread(conversation, False)
        if self._talks.title(conversation) != event.title:
            self._ui.tell(TitleSet(conversation, self._talks.title(conversation)))

    def _describe(self, about: Conversation | None) -> None:
        if about is not None and self._talks.is_kept(about.id):
            self._keeper.write(lambda archive: archive.describe(about))

    def _mark_unread(self, conversation: ConversationId, unread: bool) -> None:
        if self._talks.is_kept(conversation):
            self._keeper.write(lambda archive: archive.mark_unread(conversation, unread))

    def _entitle(self, conversation: ConversationId, title: str) -> None:
        """Take note of the title that the archive has made, unless the user has said another."""
        if title and not self._talks.title(conversation):
            self._talks.call(conversation, title)
            self._ui.tell(TitleSet(conversation, title))

"""What the screen shows, as plain data. It changes by events only, and knows no widget."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from protocol.attachment_events import CommandEnded, CommandStarted, FilesAwaited, FilesMentioned, FilesOffered
from protocol.command_table import is_command
from protocol.comparison import ComparisonEvent, Contestant
from protocol.context_events import HistoryTrimmed
from protocol.errors import Failure
from protocol.identity import DEFAULT_SERVER, ConversationId, ServerName, TurnId
from protocol.kept import Draft
from protocol.mentions import unnamed
from protocol.model_events import JobChanged
from protocol.models import ServerSurvey
from protocol.parameter_events import ParametersSet
from protocol.server_events import ServerSet
from protocol.server_names import ServerNames
from protocol.sleep import ConversationSlept
from protocol.turn import STREAMING, TurnState
from protocol.ui import (
    ConversationDeleted,
    ConversationForked,
    ConversationRetold,
    ConversationsListed,
    ConversationStarted,
    DraftsRecalled,
    EngineFailed,
    EngineRecovered,
    HitsFound,
    InputRecalled,
    InputRefused,
    KeepingFailed,
    KeepingResumed,
    ModelAsked,
    ModelSet,
    NoticePosted,
    PathShown,
    PromptOffered,
    PromptReworded,
    QueueReordered,
    QuitRequested,
    ReplyGrew,
    ServerChanged,
    SystemPromptSet,
    TitleSet,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    TurnQueued,
    UiEvent,
    VersionsCounted,
)
from ui.comparisons import Comparisons
from ui.conversation import Conversation, Notice, NoticeKind
from ui.jobs import Jobs
from ui.sought import Sought
from ui.survey_notes import note_cold, note_cut, note_missing, note_trimmed
from ui.turn import Turn

_ANSWERED = frozenset({TurnState.THINKING, TurnState.ANSWERING})
_ASKED = STREAMING | {TurnState.RETRYING}
_COPY = "This is a copy. The other chat stays as it is."


@dataclass
class Model:
    """All conversations of this run, the one that is shown, and what is known of the server."""

    shown: Conversation = field(default_factory=Conversation)
    conversations: dict[ConversationId, Conversation] = field(default_factory=dict)
    surveys: dict[ServerName, ServerSurvey] = field(default_factory=dict)
    """What is known of the servers."""
    servers: ServerNames = field(default_factory=ServerNames)
    """Which servers there are."""
    returned: list[str] = field(default_factory=list)
    """Prompts that were refused and go back to the composer; whoever puts them there empties the list. A refused
    command stays where Up finds it: the next one would be glued to it."""
    offered: PromptOffered | None = None
    """A prompt of the conversation that is shown, for the composer; whoever puts it there takes it away."""
    offered_files: list[FilesOffered] = field(default_factory=list)
    """What is to be attached to what is written here; whoever writes it empties the list."""
    recalled: list[str] = field(default_factory=list)
    """What was typed in earlier runs; whoever puts it into the history empties the list."""
    drafts: list[Draft] = field(default_factory=list)
    """What earlier runs have left unsent; whoever takes it empties the list."""
    answers: list[ConversationsListed | HitsFound] = field(default_factory=list)
    """What was asked of the archive; whoever shows it empties the list."""
    comparisons: Comparisons = field(default_factory=Comparisons)
    sought: Sought | None = None
    """What is to be shown as soon as its conversation is; whoever shows it takes it away."""
    way_to_choose: str = "Choose with /model NAME."
    """How a model is chosen here."""
    kept: bool = True
    """False when what is said is not kept on disk any more."""
    broken: bool = False
    """True when the engine can take no prompt any more."""
    jobs: Jobs = field(default_factory=Jobs)
    """The pulls, and what else a store of models is at."""
    leaving: QuitRequested | None = None
    """The first request to quit."""
    _there: dict[ConversationId, None] = field(default_factory=dict, compare=False)
    """What the engine began or opened, and is not deleted, in order."""
    _told: ConversationId | None = field(default=None, compare=False)
    """The one that is shown as far as the engine knows by now."""
    _echoes: list[ConversationId] = field(default_factory=list, compare=False)
    """Conversations that are shown already, or were, and that the engine will say to show."""

    def apply(self, event: UiEvent, now: float) -> None:
        """Take in one event. `now` is the UI's clock, in seconds."""
        match event:
            case ConversationStarted():
                self._start(event)
            case TitleSet():
                self._of(event.conversation).title = event.title
            case PathShown():
                self._of(event.conversation).show_path(event, now)
            case VersionsCounted():
                self._of(event.conversation).count_versions(event)
            case ModelSet():
                self._of(event.conversation).model = event.model
            case SystemPromptSet():
                self._of(event.conversation).change_system(event.text)  # the answer to the command says it
            case ParametersSet():
                self._of(event.conversation).parameters = event.parameters
            case ServerSet():
                self._of(event.conversation).server = event.server
                self._of(event.conversation).model = event.model
            case _ if isinstance(event, ComparisonEvent):
                self.comparisons.apply(event)
            case ConversationForked():
                self._of(event.record.id).title = event.record.title
                self._of(event.record.id).post(Notice(_COPY))
            case ModelAsked():
                self._of(event.conversation).post(Notice(_question(event, self.way_to_choose), NoticeKind.WARNING))
            case TurnAccepted():
                self._of(event.conversation).accept(event, now)
            case PromptOffered():
                self.offered = event if event.conversation == self.shown.id else self.offered
            case PromptReworded():
                self._of(event.conversation).reword(event)
            case QueueReordered():
                self._reorder(event.turns)
            case TurnQueued():
                self._of(event.conversation).queue(event, now)
            case TurnMoved():
                self._of(event.conversation).move(event, now)
                moved = self._of(event.conversation)
                note_cold(moved, self._survey_of(moved), self.surveys)
            case ReplyGrew():
                self._of(event.conversation).grow(event, now)
            case TurnEnded():
                self._end(event, now)
            case ServerChanged():
                self._survey(event.server, event.survey)
            case InputRefused():
                if not is_command(event.text):
                    self.returned.append(event.text)
                    self._of(event.conversation).outputs.extend(unnamed(event.attachments, event.text))
                self._of(event.conversation).post(Notice(event.reason, NoticeKind.WARNING))
            case InputRecalled():
                self.recalled.extend(event.texts)
            case DraftsRecalled():
                self.drafts.extend(event.drafts)
            case NoticePosted():
                self._of(event.conversation).post(Notice(event.text))
            case ConversationsListed() | HitsFound():
                self.answers.append(event)
            case ConversationDeleted():
                self._forget(event.conversation)
            case KeepingFailed():
                self.kept = False
                self.shown.post(Notice(event.warning, NoticeKind.WARNING))
            case KeepingResumed():
                self.kept = True
                self.shown.post(Notice(event.words))
            case EngineFailed():
                self.broken = self.broken or event.fatal
                self.shown.post(Notice(_sentence(event.failure), NoticeKind.ERROR))
            case EngineRecovered():
                self._echoes.clear()
                words = f"A part of chinwag failed and was started again: {_sentence(event.failure)}"
                self.shown.post(Notice(words, NoticeKind.WARNING))
            case ConversationSlept():
                self._fall_asleep(self._of(event.conversation))
            case HistoryTrimmed():
                note_trimmed(self._of(event.conversation), event)
            case ConversationRetold():
                pass  # it is for the archive
            case JobChanged():
                self.jobs.take(event.job)
            case QuitRequested():
                self.leaving = self.leaving or event
            case FilesMentioned():
                self._of(event.conversation).mentioned = event
            case FilesAwaited():
                self._of(event.conversation).awaited = event.prompts
            case FilesOffered():
                self.offered_files += [event] if event.conversation == self.shown.id else []
            case CommandStarted():
                self._of(event.conversation).running = event.command
            case CommandEnded():
                self._of(event.conversation).end_command(event)
            case _:
                assert_never(event)

    def post(self, text: str) -> None:
        """Show a notice of the face itself in the conversation that is shown."""
        self.shown.post(Notice(text))

    def go_to(self, conversation: ConversationId) -> None:
        """Show an open conversation at once. Whoever calls this has the engine told, which will say so too."""
        self._echoes.append(conversation)
        self._show(self._of(conversation))

    @property
    def open_conversations(self) -> list[Conversation]:
        """Those that are there, in the order in which they came."""
        return [self.conversations[one] for one in self._there]

    @property
    def survey(self) -> ServerSurvey | None:
        """What is known of the server that answers in the conversation that is shown; None before the first look."""
        return self._survey_of(self.shown)

    @property
    def server_label(self) -> str:
        """How people call that server; empty where there is only one. With the pool goes whom it has asked."""
        label = self.servers.label(self.shown.server) if self.servers.several else ""
        current = self.shown.current
        asked = current.attempt.server if current and current.attempt and current.state in _ASKED else DEFAULT_SERVER
        return f"{label}: {asked}" if asked else label

    @property
    def comparing(self) -> tuple[Contestant, ...]:
        """To whom the next prompt goes, where that is to more than one."""
        return self.comparisons.prepared.get(self.shown.id, ()) if self.shown.id is not None else ()

    @property
    def answered_by_many(self) -> frozenset[ConversationId | None]:
        """The conversations in which answers that are compared are under way."""
        return frozenset(one.column_of for one in self.conversations.values() if one.column_of is not None and one.open)

    def models(self) -> tuple[str, ...]:
        """Names of the models that the server has."""
        return self.survey.names if self.survey is not None else ()

    def titles(self) -> list[str]:
        """What the open conversations are called."""
        return [one.title for one in self.open_conversations if one.title]

    @property
    def background(self) -> int:
        """How many replies are under way, or waited for, in conversations that are not shown."""
        return sum(len(one.open) for one in self._others())

    @property
    def unread(self) -> int:
        """In how many conversations a turn ended while another one was shown."""
        return sum(one.unread for one in self._others())

    @property
    def model_name(self) -> str:
        """The model of the reply under way, else of the next prompt; empty while none is chosen."""
        current = self.shown.current
        attempt = current.attempt if current else None
        return (attempt.model if attempt else "") or self.shown.model or ""

    def loads(self, turn: Turn) -> bool:
        """Tell whether the model of a turn has yet to be loaded, as far as that can be known: it was not, when the
        server was looked at last, and answers nobody since."""
        attempt = turn.attempt
        if turn.state is not TurnState.CONNECTING or attempt is None or not attempt.cold:
            return False
        return not any(
            other.attempt is not None and other.attempt.model == attempt.model and other.state in _ANSWERED
            for one in self.conversations.values()
            for other in one.open_turns
        )

    def _others(self) -> Iterable[Conversation]:
        return (one for one in self.conversations.values() if one is not self.shown and one.column_of is None)

    def _of(self, conversation: ConversationId) -> Conversation:
        return self.conversations.setdefault(conversation, Conversation(conversation))

    def _start(self, event: ConversationStarted) -> None:
        started = self._of(event.conversation)
        started.column_of = event.column_of
        if event.column_of is None:
            self._there.setdefault(event.conversation)
        started.model, started.system, started.server = event.model, event.system, event.server
        started.parameters, started.title = event.parameters, event.title or started.title
        note_missing(started, self._survey_of(started), self.way_to_choose)
        if event.shown:
            self._told, started.unread = event.conversation, False
        else:
            started.unread = started.unread or event.unread
        if event.shown and not self._is_echo(event.conversation):
            self._show(started)

    def _is_echo(self, conversation: ConversationId) -> bool:
        """Tell whether the engine only repeats what the user did; what was done before that is over too."""
        if conversation not in self._echoes:
            self._echoes.clear()
            return False
        del self._echoes[: self._echoes.index(conversation) + 1]
        return True

    def _show(self, conversation: Conversation) -> None:
        if self.shown.id is None:
            for entry in self.shown.entries:
                if isinstance(entry, Notice):
                    conversation.post(entry)
        if conversation is not self.shown:
            self.offered = None
        if self.sought is not None and self.sought.conversation != conversation.id:
            self.sought = None
        self.shown = conversation

    def _fall_asleep(self, conversation: Conversation) -> None:
        """One to which the user has gone at this moment is told again: until then it is as it was."""
        if conversation is not self.shown:
            conversation.fall_asleep()

    def _forget(self, conversation: ConversationId) -> None:
        """One that is shown stays on the screen until another one is."""
        self._there.pop(conversation, None)
        self._echoes = [one for one in self._echoes if one != conversation]

    def _end(self, event: TurnEnded, now: float) -> None:
        conversation = self._of(event.conversation)
        conversation.end(event, now)
        seen = conversation.id == (self._told or self.shown.id)  # the archive says the same: keys may be on their way
        if not seen and event.state is not TurnState.CANCELLED and conversation.column_of is None:
            conversation.unread = True  # what the user ended is no news
        note_cut(conversation, self._survey_of(conversation))

    def _reorder(self, turns: Sequence[TurnId]) -> None:
        for conversation in self.conversations.values():
            conversation.reorder(turns)

    def _survey_of(self, conversation: Conversation) -> ServerSurvey | None:
        return self.surveys.get(self.servers.resolve(conversation.server))

    def _survey(self, server: ServerName, survey: ServerSurvey) -> None:
        before = self.surveys.get(server)
        noticed = before.notice if before else ""
        self.surveys[server] = survey
        if survey.notice and survey.notice != noticed:
            self.shown.post(Notice(survey.notice))
        for conversation in self.conversations.values():
            known = self._survey_of(conversation)
            note_cold(conversation, known, self.surveys)
            note_cut(conversation, known)
            note_missing(conversation, known, self.way_to_choose)


def _question(event: ModelAsked, way: str) -> str:
    return f"{event.question}\n{way}" if event.names else event.question


def _sentence(failure: Failure) -> str:
    return f"{failure.summary} {failure.advice}".strip()

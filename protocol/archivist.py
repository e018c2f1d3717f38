"""What the Archivist accepts: prompts before they are taken, and everything that the UI is told."""

from protocol.attachment_events import AttachmentEvent
from protocol.comparison import Compare, ComparisonPrepared, ComparisonShown, JudgeOffered
from protocol.context_events import HistoryTrimmed
from protocol.coordinator import Submit
from protocol.identity import ConversationId
from protocol.message import Message
from protocol.model_events import JobChanged
from protocol.parameters import Parameters
from protocol.sleep import ConversationSlept, SleepQuestion
from protocol.timekeeper import FlushDue, RemindersLost
from protocol.ui import (
    ConversationDeleted,
    ConversationsListed,
    DraftsRecalled,
    EngineFailed,
    EngineRecovered,
    HitsFound,
    InputRecalled,
    KeepingFailed,
    KeepingResumed,
    ModelAsked,
    NoticePosted,
    PromptOffered,
    QuitRequested,
    ServerChanged,
    TitleSet,
    TurnQueued,
    UiEvent,
    VersionsCounted,
)


class Resume(Message, frozen=True):
    """From a face: open a kept conversation again. Where it is not found, that is said, and a new one begins."""

    wanted: str = ""
    """What its id or its title begins with; empty means the last one."""
    model: str | None = None
    system: str = ""
    """What the user named besides, if anything: it holds from now on."""
    parameters: Parameters = Parameters()
    """The same."""


class Reopen(Message, frozen=True):
    """From the InputHandler: go from one conversation to another. Where that is not found, it is said."""

    conversation: ConversationId
    wanted: str


class ListConversations(Message, frozen=True):
    """From the InputHandler: tell the user which conversations are kept."""

    conversation: ConversationId


class SearchConversations(Message, frozen=True):
    """From the InputHandler: tell the user where these words were said."""

    conversation: ConversationId
    words: str


class SetTitle(Message, frozen=True):
    """From the InputHandler: call a conversation so; empty shows what it is called."""

    conversation: ConversationId
    title: str


class DeleteConversation(Message, frozen=True):
    """From the InputHandler: put a conversation away, so that UndeleteConversation can bring it back."""

    conversation: ConversationId
    """The one in which this was said."""
    wanted: str = ""
    """What the id or the title of the one that is meant begins with; empty for the one in which it was said."""


class UndeleteConversation(Message, frozen=True):
    """From the InputHandler: bring the conversation back that was deleted last, and show it."""

    conversation: ConversationId


class RememberInput(Message, frozen=True):
    """From the InputHandler: a text was sent; later runs find it with Up and Ctrl-R."""

    text: str


class KeepDraft(Message, frozen=True):
    """From the InputHandler: this is written in a conversation, and not sent; empty where nothing is."""

    conversation: ConversationId
    text: str


class RecoverConversations(Message, frozen=True):
    """From the Coordinator, which has begun anew: say of all that is under way that it was interrupted, and tell
    what is kept of the open conversations. Nothing of a reply comes after this."""


class OpenArchive(Message, frozen=True):
    """From the system: everybody is there who is told what was kept. Nothing is kept before this."""


class CloseArchive(Message, frozen=True):
    """From the system: commit what waits, and close. Nothing is kept after this."""


ArchiveQuestion = (
    Reopen
    | ListConversations
    | SearchConversations
    | SetTitle
    | DeleteConversation
    | UndeleteConversation
    | RememberInput
    | KeepDraft
)
NotKept = (
    TitleSet
    | VersionsCounted
    | PromptOffered
    | ModelAsked
    | TurnQueued
    | ServerChanged
    | InputRecalled
    | DraftsRecalled
    | NoticePosted
    | ConversationsListed
    | HitsFound
    | ConversationDeleted
    | ConversationSlept
    | KeepingFailed
    | KeepingResumed
    | EngineFailed
    | EngineRecovered
    | HistoryTrimmed
    | QuitRequested
    | AttachmentEvent
    | JobChanged
    | ComparisonPrepared
    | ComparisonShown
    | JudgeOffered
)
"""What the UI is told that nothing is kept of."""
ArchivistMessage = (
    Submit
    | Compare
    | Resume
    | ArchiveQuestion
    | FlushDue
    | RemindersLost
    | RecoverConversations
    | SleepQuestion
    | OpenArchive
    | CloseArchive
    | UiEvent
)

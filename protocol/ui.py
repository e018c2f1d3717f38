"""What a face accepts: events of the engine, to be shown. The UI's bridge and the headless face are its receivers."""

from enum import StrEnum

from protocol.attachment_events import AttachmentEvent
from protocol.chat import Attachment
from protocol.comparison import ComparisonEvent
from protocol.context_events import ContextEvent
from protocol.errors import Failure
from protocol.frames import Chunk
from protocol.identity import ConversationId, MessageId, ServerName, StreamId, TurnId
from protocol.kept import ConversationRecord, Draft, Hit, KeptConversation
from protocol.message import Message, Value
from protocol.model_events import JobChanged
from protocol.models import ServerSurvey
from protocol.parameter_events import ParameterEvent
from protocol.parameters import Parameters
from protocol.reply import Ending, Reply
from protocol.server_events import ServerEvent
from protocol.sleep import ConversationSlept
from protocol.tree import Place
from protocol.turn import TurnState


class WaitReason(StrEnum):
    """Why a turn that could run does not yet."""

    EARLIER_PROMPT = "waits for the reply before it"
    STREAM_LIMIT = "waits for a free stream"
    SERVER_LIMIT = "waits for a free stream of its server"
    POOL_FULL = "waits for a free server of the pool"
    MODEL_UNKNOWN = "waits for a model to be chosen"
    SURVEY = "waits for the list of models"


class ConversationStarted(Message, frozen=True):
    """A conversation is there, empty or known already; what was said in it before is told by PathShown."""

    conversation: ConversationId
    model: str | None
    system: str = ""
    title: str = ""
    shown: bool = True
    """Show it; False leaves the screen to another one."""
    parameters: Parameters = Parameters()
    server: ServerName = ServerName("")
    unread: bool = False
    """Something has come in an earlier run that nobody has seen yet."""
    column_of: ConversationId | None = None
    """It is a column of a comparison in this conversation: it is never on the screen alone, and nowhere listed."""


class TitleSet(Message, frozen=True):
    """From the Archivist: a conversation has this title."""

    conversation: ConversationId
    title: str


class Exchange(Value, frozen=True):
    """A prompt that was sent, and one version of its reply."""

    turn: TurnId
    prompt: str
    prompt_place: Place
    stream: StreamId
    """Attempt 0 where none was made."""
    model: str
    reply: Reply
    state: TurnState
    ending: Ending | None
    reply_place: Place
    attachments: tuple[Attachment, ...] = ()
    """What went with the prompt."""
    keeps: int | None = None
    """Of a prompt that asks for a summary, how many exchanges before it stay as they are."""
    sums_up: int | None = None
    """Of such a prompt, the number of messages that the summary is made of."""


class PathShown(Message, frozen=True):
    """The head moved. These are now all exchanges up to it; the prompts that wait stay behind them."""

    conversation: ConversationId
    head: MessageId | None
    exchanges: tuple[Exchange, ...]
    afresh: bool = False
    """The engine began anew: turns that have not ended are over, unless they are accepted again after this."""


class VersionsCounted(Message, frozen=True):
    """Which of their versions the prompt and the reply of a turn are."""

    conversation: ConversationId
    turn: TurnId
    prompt: Place
    reply: Place


class ConversationForked(Message, frozen=True):
    """A copy of another conversation's path is a conversation now."""

    record: ConversationRecord


class ModelSet(Message, frozen=True):
    """The conversation uses this model from its next prompt on."""

    conversation: ConversationId
    model: str


class SystemPromptSet(Message, frozen=True):
    """The conversation has this system prompt from its next prompt on; empty means none."""

    conversation: ConversationId
    text: str


class ModelAsked(Message, frozen=True):
    """No model is chosen and none can be guessed: put the question. Prompts wait until it is answered."""

    conversation: ConversationId
    question: str
    names: tuple[str, ...]


class TurnAccepted(Message, frozen=True):
    """A prompt is in the queue."""

    conversation: ConversationId
    turn: TurnId
    prompt: str
    again: bool = False
    """It is in the conversation already; a new version of its reply will take the place of the one that is shown."""
    continues: MessageId | None = None
    """The reply that the new version goes on with."""
    attachments: tuple[Attachment, ...] = ()
    """What goes with it."""
    keeps: int | None = None
    """It asks for a summary, and so many exchanges before it stay as they are: see `protocol.compaction`."""
    sums_up: int | None = None
    """The number of messages that such a summary is to be made of."""


class PromptOffered(Message, frozen=True):
    """A prompt to be changed: put it where one writes. What is sent then goes with `edits` of this turn."""

    conversation: ConversationId
    turn: TurnId
    prompt: str
    attachments: tuple[Attachment, ...] = ()
    """What goes with it, and stays with what is sent in its place."""


class PromptReworded(Message, frozen=True):
    """A prompt that waits has other words now."""

    conversation: ConversationId
    turn: TurnId
    prompt: str
    attachments: tuple[Attachment, ...] = ()
    """What goes with it now."""


class QueueReordered(Message, frozen=True):
    """All turns that wait, in every conversation, in the order in which they will be sent."""

    turns: tuple[TurnId, ...]


class TurnQueued(Message, frozen=True):
    """A turn waits, for this reason."""

    conversation: ConversationId
    turn: TurnId
    reason: WaitReason


class TurnMoved(Message, frozen=True):
    """A turn is now in another state that is not its end."""

    conversation: ConversationId
    stream: StreamId
    state: TurnState
    model: str = ""
    failure: Failure | None = None
    """Why it retries or waits for the server."""
    delay: float = 0.0
    """Seconds until the retry."""
    server: ServerName = ServerName("")
    """Which server of the pool it is sent to; empty where it is bound to one."""


class ReplyGrew(Message, frozen=True):
    """From the Accumulator: the next pieces of a reply, in order."""

    conversation: ConversationId
    stream: StreamId
    chunks: tuple[Chunk, ...]


class TurnEnded(Message, frozen=True):
    """A turn reached its end; `reply` is the whole of what its last attempt brought."""

    conversation: ConversationId
    stream: StreamId
    state: TurnState
    reply: Reply
    ending: Ending
    as_told: bool = False
    """Who knew the whole of it is gone: what ReplyGrew has told of it stays, and `reply` is only how it began."""


class ServerChanged(Message, frozen=True):
    """What is now known of a server."""

    survey: ServerSurvey
    server: ServerName = ServerName("")
    """As the configuration calls it."""


class InputRefused(Message, frozen=True):
    """The text was not taken; it goes back to where it was typed."""

    conversation: ConversationId
    text: str
    reason: str
    attachments: tuple[Attachment, ...] = ()
    """What was to go with it."""


class NoticePosted(Message, frozen=True):
    """Something to read, an answer to a command."""

    conversation: ConversationId
    text: str


class ConversationsListed(Message, frozen=True):
    """From the Archivist, an answer: the conversations that are kept, the latest first; of very many the latest."""

    conversation: ConversationId
    """The one in which it was asked."""
    kept: tuple[KeptConversation, ...]


class HitsFound(Message, frozen=True):
    """From the Archivist, an answer: where these words were said, the latest first; of very many the latest."""

    conversation: ConversationId
    """The one in which it was asked."""
    words: str
    hits: tuple[Hit, ...]


class ConversationDeleted(Message, frozen=True):
    """From the Archivist: this conversation is put away. It is not listed any more, until it is started again."""

    conversation: ConversationId


class KeepingFailed(Message, frozen=True):
    """From the Archivist: what is said from now on is not kept on disk, until KeepingResumed."""

    warning: str
    """What happened and what to do, in a sentence or two."""


class KeepingResumed(Message, frozen=True):
    """From the Archivist: the disk takes everything again, and has taken what was said meanwhile."""

    words: str
    """That, for people."""


class InputRecalled(Message, frozen=True):
    """From the Archivist: what was typed in earlier runs, the oldest first."""

    texts: tuple[str, ...]


class DraftsRecalled(Message, frozen=True):
    """From the Archivist: what earlier runs have left unsent, the latest first."""

    drafts: tuple[Draft, ...]


class EngineFailed(Message, frozen=True):
    """A part of the engine died."""

    failure: Failure
    fatal: bool = False
    """No prompt can be taken any more."""


class EngineRecovered(Message, frozen=True):
    """A part of the engine failed and was started again."""

    failure: Failure


class ConversationRetold(Message, frozen=True):
    """For the Archivist, which has begun anew: what the Coordinator knows of an open conversation. Its times are 0."""

    record: ConversationRecord
    shown: bool = False
    """It is the one on the screen."""


class QuitRequested(Message, frozen=True):
    """Leave: the user said so, or a signal came."""

    reason: str = ""
    """Said on leaving; empty when the user asked for it."""
    status: int = 0
    """Exit status."""


UiEvent = (
    ConversationStarted
    | TitleSet
    | PathShown
    | VersionsCounted
    | ConversationForked
    | ModelSet
    | SystemPromptSet
    | ParameterEvent
    | ServerEvent
    | ComparisonEvent
    | ModelAsked
    | TurnAccepted
    | PromptOffered
    | PromptReworded
    | QueueReordered
    | TurnQueued
    | TurnMoved
    | ReplyGrew
    | TurnEnded
    | ServerChanged
    | InputRefused
    | InputRecalled
    | DraftsRecalled
    | NoticePosted
    | ConversationsListed
    | HitsFound
    | ConversationDeleted
    | KeepingFailed
    | KeepingResumed
    | EngineFailed
    | EngineRecovered
    | ConversationRetold
    | ContextEvent
    | ConversationSlept
    | QuitRequested
    | AttachmentEvent
    | JobChanged
)

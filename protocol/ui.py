"""What a face accepts: events of the engine, to be shown. The UI's bridge and the headless face are its receivers."""

from enum import StrEnum

from protocol.errors import Failure
from protocol.frames import Chunk
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.message import Message
from protocol.models import ServerSurvey
from protocol.reply import Ending, Reply
from protocol.turn import TurnState


class WaitReason(StrEnum):
    """Why a turn that could run does not yet."""

    EARLIER_PROMPT = "waits for the reply before it"
    STREAM_LIMIT = "waits for a free stream"
    MODEL_UNKNOWN = "waits for a model to be chosen"
    SURVEY = "waits for the list of models"


class ConversationStarted(Message, frozen=True):
    """A new, empty conversation is there; show it."""

    conversation: ConversationId
    model: str | None
    system: str = ""


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


class ServerChanged(Message, frozen=True):
    """What is now known of the server."""

    survey: ServerSurvey


class InputRefused(Message, frozen=True):
    """The text was not taken; it goes back to where it was typed."""

    conversation: ConversationId
    text: str
    reason: str


class NoticePosted(Message, frozen=True):
    """Something to read, an answer to a command."""

    conversation: ConversationId
    text: str


class EngineFailed(Message, frozen=True):
    """A part of the engine died."""

    failure: Failure
    fatal: bool = False
    """No prompt can be taken any more."""


class QuitRequested(Message, frozen=True):
    """Leave: the user said so, or a signal came."""

    reason: str = ""
    """Said on leaving; empty when the user asked for it."""
    status: int = 0
    """Exit status."""


UiEvent = (
    ConversationStarted
    | ModelSet
    | SystemPromptSet
    | ModelAsked
    | TurnAccepted
    | TurnQueued
    | TurnMoved
    | ReplyGrew
    | TurnEnded
    | ServerChanged
    | InputRefused
    | NoticePosted
    | EngineFailed
    | QuitRequested
)

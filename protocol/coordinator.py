"""What the Coordinator accepts: commands of the user, news of the streams, of the server and of the clock."""

from protocol.chat import Conversation
from protocol.errors import Failure
from protocol.identity import ConversationId, StreamId
from protocol.message import Message
from protocol.models import ServerSurvey
from protocol.reply import Ending, Reply
from protocol.timekeeper import RetryDue, SurveyDue


class StartConversation(Message, frozen=True):
    """Begin an empty conversation and show it. `model` and `system` are what the user named, if anything."""

    model: str | None = None
    system: str = ""
    like: ConversationId | None = None
    """Take both from this conversation instead."""


class RestoreConversation(Message, frozen=True):
    """From the Archivist: a kept conversation is open again; show it."""

    conversation: Conversation


class Submit(Message, frozen=True):
    """Put a prompt into the queue of a conversation."""

    conversation: ConversationId
    prompt: str


class CancelConversation(Message, frozen=True):
    """End the turn under way in a conversation; where none is, the prompts that wait in it."""

    conversation: ConversationId


class CancelAll(Message, frozen=True):
    """End every turn in every conversation."""


class ChooseModel(Message, frozen=True):
    """Use this model for every prompt of the conversation that is sent from now on; a retry asks the same again."""

    conversation: ConversationId
    model: str


class ShowModels(Message, frozen=True):
    """Tell the user which models there are, after a fresh look."""

    conversation: ConversationId


class SetSystemPrompt(Message, frozen=True):
    """Use this system prompt from the next prompt on; empty means none."""

    conversation: ConversationId
    text: str


class ShowSystemPrompt(Message, frozen=True):
    """Tell the user which system prompt is in use."""

    conversation: ConversationId


class ShowQueue(Message, frozen=True):
    """Tell the user what streams and what waits, in every conversation."""

    conversation: ConversationId


class ReplyProgressed(Message, frozen=True):
    """From the Accumulator: the first thought, or the first text, of a stream came."""

    stream: StreamId
    answering: bool
    """False for a thought."""


class ReplyFinished(Message, frozen=True):
    """From the Accumulator: a stream is over, this is what it brought, and how it ended."""

    stream: StreamId
    reply: Reply
    ending: Ending


class ServerSurveyed(Message, frozen=True):
    """From the Librarian: what one look at the server found."""

    survey: ServerSurvey
    last_used: str | None
    """The model of the last session."""


class ActorFailed(Message, frozen=True):
    """From a dying actor: what it was, and of what it died."""

    actor: str
    failure: Failure
    stream: StreamId | None = None
    """The stream it served, for a StreamReader."""


class PrepareToStop(Message, frozen=True):
    """From the system: cancel everything, take nothing new."""


CoordinatorMessage = (
    StartConversation
    | RestoreConversation
    | Submit
    | CancelConversation
    | CancelAll
    | ChooseModel
    | ShowModels
    | SetSystemPrompt
    | ShowSystemPrompt
    | ShowQueue
    | ReplyProgressed
    | ReplyFinished
    | ServerSurveyed
    | RetryDue
    | SurveyDue
    | ActorFailed
    | PrepareToStop
)

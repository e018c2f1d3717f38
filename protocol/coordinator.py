"""What the Coordinator accepts: commands of the user, news of the streams, of the server and of the clock."""

from protocol.chat import Attachment
from protocol.comparison import Comparison, ComparisonCommand
from protocol.context import ContextCommand
from protocol.drawn_images import SaveDrawnImages
from protocol.errors import Failure
from protocol.identity import ConversationId, ServerName, StreamId, TurnId
from protocol.kept import ConversationRecord
from protocol.message import Message
from protocol.model_work import ModelMessage, ModelOrder
from protocol.models import ServerSurvey
from protocol.parameter_commands import ParameterCommand
from protocol.parameters import Parameters
from protocol.reply import Ending, Reply
from protocol.server_commands import ServerCommand
from protocol.sleep import SleepNews
from protocol.timekeeper import RemindersLost, RetryDue, SurveyDue


class StartConversation(Message, frozen=True):
    """Begin an empty conversation and show it. `model`, `system`, `parameters`: what the user named, if anything."""

    model: str | None = None
    system: str = ""
    like: ConversationId | None = None
    """Take all three from this conversation instead."""
    parameters: Parameters = Parameters()


class RestoreConversation(Message, frozen=True):
    """From the Archivist: a kept conversation is open again, and what waited in it waits again."""

    record: ConversationRecord
    model: str | None = None
    """What the user named besides, if anything: it holds from now on. The same goes for `system` and `parameters`."""
    system: str = ""
    shown: bool = True
    """False when it only has prompts to send, and another one is on the screen."""
    parameters: Parameters = Parameters()


class ShowConversation(Message, frozen=True):
    """One that is open already is to be on the screen. What is named besides holds from now on."""

    conversation: ConversationId
    model: str | None = None
    system: str = ""
    parameters: Parameters = Parameters()


class DiscardConversation(Message, frozen=True):
    """From the Archivist: it is deleted. End its turns, those that wait too; where it is shown, begin another."""

    conversation: ConversationId


class Submit(Message, frozen=True):
    """Put a prompt into the queue of a conversation."""

    conversation: ConversationId
    prompt: str
    edits: TurnId | None = None
    """The prompt in whose place this one is meant: one that waits is changed, one that was sent gets a sibling."""
    urgent: bool = False
    """Stop the reply under way in this conversation and send this one next."""
    attachments: tuple[Attachment, ...] = ()
    """What goes with it."""


class RetryReply(Message, frozen=True):
    """Ask the last prompt again, for another version of its reply."""

    conversation: ConversationId


class ContinueReply(Message, frozen=True):
    """Have a model go on with the last reply, which was cut, cancelled or interrupted: as another version of it."""

    conversation: ConversationId


class EditPrompt(Message, frozen=True):
    """Offer the last prompt to be changed. What is then sent becomes its sibling."""

    conversation: ConversationId


class UndoPrompt(Message, frozen=True):
    """Go back before the last prompt. It stays in the tree."""

    conversation: ConversationId


class RedoPrompt(Message, frozen=True):
    """Take the last UndoPrompt back."""

    conversation: ConversationId


class ChooseVersion(Message, frozen=True):
    """Show another version: at the last place of the path that has one in that direction, round at the ends."""

    conversation: ConversationId
    step: int
    """1 for the version after, -1 for the one before."""


class ForkConversation(Message, frozen=True):
    """Begin a conversation with a copy of the path of this one, and show it."""

    conversation: ConversationId


class CancelConversation(Message, frozen=True):
    """End the turn under way in a conversation; where none is, the prompts that wait in it."""

    conversation: ConversationId
    everything: bool = False
    """End those too, whatever is under way."""


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


class EditQueued(Message, frozen=True):
    """Offer a waiting prompt, by its number in the queue as ShowQueue tells it, to be changed."""

    conversation: ConversationId
    number: int


class DropQueued(Message, frozen=True):
    """Take a prompt out of the queue, by its number."""

    conversation: ConversationId
    number: int


class MoveQueued(Message, frozen=True):
    """Put a waiting prompt, by its number, to where another number is."""

    conversation: ConversationId
    number: int
    to: int


class SendNow(Message, frozen=True):
    """Stop the reply under way where a prompt waits, and send that prompt next."""

    conversation: ConversationId
    number: int | None = None
    """Its number in the queue; None for the first that waits in this conversation."""


class RetryNow(Message, frozen=True):
    """What waits in this conversation to be tried again is tried at once; for a server that is away, look at once."""

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
    server: ServerName = ServerName("")
    """Whom it looked at."""


class ActorFailed(Message, frozen=True):
    """From a dying actor: what it was, and of what it died."""

    actor: str
    failure: Failure
    stream: StreamId | None = None
    """The stream it served, for a StreamReader."""
    server: ServerName = ServerName("")
    """The server that it looked at, for a Librarian."""


class ActorRestarted(Message, frozen=True):
    """From an actor that failed and goes on: the message that it was at is lost."""

    actor: str
    failure: Failure


class AllAbandoned(Message, frozen=True):
    """From the Accumulator, after AbandonAll: how each stream ended was told before this."""


class RetellConversations(Message, frozen=True):
    """From the Archivist, which has begun anew: tell what is known of every open conversation, and no hole
    stays."""


class ConversationsRecovered(Message, frozen=True):
    """From the Archivist, after RecoverConversations: the conversations that are open, as they are kept."""

    records: tuple[ConversationRecord, ...]
    shown: ConversationId | None
    """The one on the screen."""
    kept: bool = True
    """False where the disk refuses: what is in memory is all there is."""
    comparisons: tuple[Comparison, ...] = ()
    """Theirs, the earliest first."""


class PrepareToStop(Message, frozen=True):
    """From the system: stop what streams, and take nothing new. What waits is left to the next run."""


NewsOfActors = ActorFailed | ActorRestarted
BranchCommand = RetryReply | ContinueReply | EditPrompt | UndoPrompt | RedoPrompt | ChooseVersion | ForkConversation
QueueCommand = ShowQueue | EditQueued | DropQueued | MoveQueued | SendNow | RetryNow
InConversation = (
    Submit
    | BranchCommand
    | QueueCommand
    | ContextCommand
    | CancelConversation
    | ShowConversation
    | ChooseModel
    | ShowModels
    | SetSystemPrompt
    | ShowSystemPrompt
    | SaveDrawnImages
    | ParameterCommand
    | ServerCommand
    | ComparisonCommand
    | DiscardConversation
    | ModelOrder
)
"""What is said to a conversation that is open."""
CoordinatorMessage = (
    StartConversation
    | RestoreConversation
    | ShowConversation
    | DiscardConversation
    | Submit
    | BranchCommand
    | QueueCommand
    | ContextCommand
    | CancelConversation
    | CancelAll
    | ChooseModel
    | ShowModels
    | SetSystemPrompt
    | ShowSystemPrompt
    | SaveDrawnImages
    | ParameterCommand
    | ServerCommand
    | ComparisonCommand
    | ReplyProgressed
    | ReplyFinished
    | ServerSurveyed
    | RetryDue
    | SurveyDue
    | RemindersLost
    | ActorFailed
    | ActorRestarted
    | AllAbandoned
    | RetellConversations
    | ConversationsRecovered
    | SleepNews
    | PrepareToStop
    | ModelMessage
)

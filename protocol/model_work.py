"""What the Coordinator is told of models: what a user wants of them, and what came of it."""

from protocol.errors import Failure
from protocol.identity import DEFAULT_SERVER, ConversationId, ServerName
from protocol.message import Message
from protocol.model_commands import ModelCommand
from protocol.progress import Progress
from protocol.store import JobId, KeptPull, ModelCard, StoreQuestion
from protocol.timekeeper import WorkDue


class ModelOrder(Message, frozen=True):
    """A user wants something of a model."""

    conversation: ConversationId
    command: ModelCommand


class StoreAnswered(Message, frozen=True):
    """From the Librarian: what was asked of the store is done."""

    conversation: ConversationId
    """The one in which it was asked."""
    question: StoreQuestion
    card: ModelCard | None = None
    """What is known of the model, where that was the question."""
    part: str = ""
    """What of it is to be shown."""
    server: ServerName = DEFAULT_SERVER
    """Whose store."""


class StoreRefused(Message, frozen=True):
    """From the Librarian: it could not be done."""

    conversation: ConversationId
    question: StoreQuestion
    failure: Failure


class WorkProgressed(Message, frozen=True):
    """From a StoreReader: how far the work is now. It comes a few times a second at most, however fast lines come."""

    job: JobId
    attempt: int
    progress: Progress


class WorkFinished(Message, frozen=True):
    """From a StoreReader: the work is done."""

    job: JobId
    attempt: int
    progress: Progress


class WorkBroken(Message, frozen=True):
    """From a StoreReader: the work is not done, for this reason."""

    job: JobId
    attempt: int
    progress: Progress
    failure: Failure


class PullsRecalled(Message, frozen=True):
    """From the Librarian: the pulls that earlier runs have not finished."""

    pulls: tuple[KeptPull, ...]


ModelMessage = (
    ModelOrder | StoreAnswered | StoreRefused | WorkProgressed | WorkFinished | WorkBroken | PullsRecalled | WorkDue
)

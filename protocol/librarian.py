"""What the Librarian accepts."""

from protocol.identity import ConversationId
from protocol.message import Message
from protocol.store import KeptPull, StoreQuestion


class SurveyServer(Message, frozen=True):
    """From the Coordinator: look whether the server answers, and which models it has and runs."""


class RememberModel(Message, frozen=True):
    """From the Coordinator: this model was used; propose it at the next start."""

    name: str


class AskStore(Message, frozen=True):
    """From the Coordinator: ask the server's store of models something, for a conversation."""

    conversation: ConversationId
    question: StoreQuestion
    part: str = ""
    """What of a model is to be shown."""


class RecallPulls(Message, frozen=True):
    """From the system: tell the Coordinator which pulls earlier runs have not finished."""


class KeepPull(Message, frozen=True):
    """From the Coordinator: this pull has begun; a later run goes on with it, until it is forgotten."""

    pull: KeptPull


class ForgetPull(Message, frozen=True):
    """From the Coordinator: this pull is over."""

    pull: KeptPull


LibrarianMessage = SurveyServer | RememberModel | AskStore | RecallPulls | KeepPull | ForgetPull

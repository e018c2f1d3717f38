"""What is kept on disk, as it is listed."""

from protocol.identity import ConversationId
from protocol.message import Value


class KeptConversation(Value, frozen=True):
    """One line of the list."""

    id: ConversationId
    title: str
    model: str | None
    updated: float
    """Seconds since 1970."""

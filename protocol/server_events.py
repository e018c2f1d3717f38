"""What a face is told of the servers of conversations."""

from protocol.identity import ConversationId, ServerName
from protocol.message import Message


class ServerSet(Message, frozen=True):
    """This server answers in a conversation from its next prompt on, by this model."""

    conversation: ConversationId
    server: ServerName
    """Empty for the default one."""
    model: str | None
    """None until the user, or the list of models, has decided."""


ServerEvent = ServerSet

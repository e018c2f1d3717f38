"""What a face is told of the context."""

from protocol.identity import ConversationId, TurnId
from protocol.message import Message


class HistoryTrimmed(Message, frozen=True):
    """From this turn on, the oldest messages of a conversation are not sent any more: there are too many. The turn may
    be one of a column, which is sent what was said in its parent: it is told of the parent then."""

    conversation: ConversationId
    turn: TurnId
    left_out: int
    """Messages that are not sent with this one."""
    limit: int
    """Messages that are sent at most."""


ContextEvent = HistoryTrimmed

"""Names of conversations, turns, streams, messages and servers."""

from typing import NewType

from protocol.message import Value

ConversationId = NewType("ConversationId", str)
TurnId = NewType("TurnId", str)
ServerName = NewType("ServerName", str)
"""What the user calls a server; empty for the default one."""
DEFAULT_SERVER = ServerName("")
POOL = ServerName("pool")
"""What a conversation names that any server of the pool may answer."""
MessageId = NewType("MessageId", str)
"""A prompt is named by its turn, a reply by its stream: every attempt is a version of the reply."""


class StreamId(Value, frozen=True):
    """One attempt of one turn. Everything about a stream carries it, so late news can be told from current ones."""

    turn: TurnId
    attempt: int
    """Counts from 1; 0 before the first."""

    def __str__(self) -> str:
        return f"{self.turn}#{self.attempt}"

    @property
    def message(self) -> MessageId:
        """The reply that this attempt brings."""
        return MessageId(str(self))

    @staticmethod
    def of(reply: MessageId) -> "StreamId":
        """Return the attempt that brought a reply. Raises ValueError for what is not the name of a reply."""
        turn, mark, attempt = reply.rpartition("#")
        if not (mark and turn and attempt.isascii() and attempt.isdigit()):
            raise ValueError(f"{reply!r} is not the name of a reply")
        return StreamId(TurnId(turn), int(attempt))

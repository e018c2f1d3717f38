"""Names of conversations, turns and streams."""

from typing import NewType

from protocol.message import Value

ConversationId = NewType("ConversationId", str)
TurnId = NewType("TurnId", str)


class StreamId(Value, frozen=True):
    """One attempt of one turn. Everything about a stream carries it, so late news can be told from current ones."""

    turn: TurnId
    attempt: int
    """Counts from 1."""

    def __str__(self) -> str:
        return f"{self.turn}#{self.attempt}"

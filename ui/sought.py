"""A message that was found, and is to be shown."""

from dataclasses import dataclass

from protocol.chat import Role
from protocol.identity import ConversationId, MessageId, StreamId, TurnId
from protocol.kept import Hit
from ui.conversation import Conversation
from ui.turn import Turn


@dataclass(frozen=True)
class Sought:
    """A message of a conversation that may not be open yet."""

    conversation: ConversationId
    turn: TurnId
    """Whichever of its versions says the words: the one that is shown stays."""
    reply: bool
    """False for the prompt."""
    words: str
    """What it was found by."""

    def place_in(self, talk: Conversation) -> int | None:
        """Return the place of its turn among the entries; None where the path that is shown does not have it."""
        turns = ((place, entry.id) for place, entry in enumerate(talk.entries) if isinstance(entry, Turn))
        return next((place for place, turn in turns if turn == self.turn), None)


def sought(hit: Hit, words: str) -> Sought:
    """Return what is to be shown when a hit is chosen."""
    reply = hit.role is Role.ASSISTANT
    return Sought(hit.conversation.id, _turn_of(hit.message, reply), reply, words)


def _turn_of(message: MessageId, reply: bool) -> TurnId:
    return StreamId.of(message).turn if reply else TurnId(message)

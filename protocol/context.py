"""What the Coordinator accepts about the context: how much of a conversation a model is sent, and as what."""

from protocol.identity import ConversationId
from protocol.message import Message


class CompactConversation(Message, frozen=True):
    """Have the model sum up what was said, but for the last exchanges; later prompts go with the summary."""

    conversation: ConversationId
    keep: int
    """Exchanges that stay as they are."""


class ShowContext(Message, frozen=True):
    """Tell the user how full the context is, and what of the conversation is sent."""

    conversation: ConversationId


ContextCommand = CompactConversation | ShowContext

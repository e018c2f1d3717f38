"""What the InputHandler accepts: what a person did at the keyboard."""

from protocol.identity import ConversationId
from protocol.message import Message


class TextSubmitted(Message, frozen=True):
    """Enter was pressed on this text: a prompt, or a slash command."""

    conversation: ConversationId
    text: str


class CancelPressed(Message, frozen=True):
    """The key that stops the reply of this conversation was pressed."""

    conversation: ConversationId


InputHandlerMessage = TextSubmitted | CancelPressed

"""What the InputHandler accepts: what a person did at the keyboard."""

from protocol.attaching import AttachingMessage
from protocol.chat import Attachment
from protocol.commands import Command
from protocol.identity import ConversationId, TurnId
from protocol.message import Message


class TextSubmitted(Message, frozen=True):
    """Enter was pressed on this text: a prompt, or a slash command."""

    conversation: ConversationId
    text: str
    edits: TurnId | None = None
    """The prompt that was offered to be changed, and is meant to be replaced by this one."""
    urgent: bool = False
    """Send it now: stop the reply under way."""
    typed: bool = True
    """False where it came by a pipe: then a text is meant as often as it comes, and as fast."""
    attachments: tuple[Attachment, ...] = ()
    """What goes with it already: of the prompt that it replaces, and what a command printed."""


class CommandPressed(Message, frozen=True):
    """A key that stands for a command was pressed."""

    conversation: ConversationId
    command: Command


class CancelPressed(Message, frozen=True):
    """The key that stops the reply of this conversation was pressed."""

    conversation: ConversationId


class DraftChanged(Message, frozen=True):
    """This is written in a conversation, and not sent yet; empty where nothing is any more."""

    conversation: ConversationId
    text: str


InputHandlerMessage = TextSubmitted | CommandPressed | CancelPressed | DraftChanged | AttachingMessage

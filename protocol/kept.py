"""What is kept on disk, as it is listed, read and exported."""

from protocol.chat import Role
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.message import Value
from protocol.tree import Node


class KeptConversation(Value, frozen=True):
    """One line of the list."""

    id: ConversationId
    title: str
    model: str | None
    updated: float
    """Seconds since 1970."""
    unread: bool = False
    """A reply ended while another conversation was shown."""


class WaitingPrompt(Value, frozen=True):
    """A line of the outbox: a prompt that is still to be sent, now or by a later run."""

    turn: TurnId
    prompt: str
    again: bool = False
    """The prompt is in the tree already: another version of its reply is wanted."""
    continues: MessageId | None = None
    """The partial reply that is to be gone on with."""


class ConversationRecord(Value, frozen=True):
    """A whole conversation, every version of every message: what is restored, exported and imported."""

    id: ConversationId
    title: str
    model: str | None
    system: str
    created: float
    """Seconds since 1970."""
    updated: float
    head: MessageId | None
    unread: bool = False
    messages: tuple[Node, ...] = ()
    """Parents before children, otherwise in the order in which they came."""
    waiting: tuple[WaitingPrompt, ...] = ()
    """In the order in which they will be sent."""


class ChatsExport(Value, frozen=True):
    """The document that `chats export --json` writes and `chats import` reads."""

    format: str
    """Always `chinwag-chats`."""
    version: int
    """Of the format: 1."""
    conversations: tuple[ConversationRecord, ...]


class Hit(Value, frozen=True):
    """A message in which what was looked for was found."""

    conversation: KeptConversation
    message: MessageId
    role: Role
    excerpt: str
    """Some words around the place, on one line."""

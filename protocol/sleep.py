"""Conversations that sleep: what was said in them is on disk only, until they are wanted again."""

from collections.abc import Iterable

import msgspec

from protocol.identity import ConversationId, MessageId
from protocol.kept import ConversationRecord
from protocol.message import Message, Value
from protocol.tree import Node

_DIGEST_BYTES = 16


class Account(Value, frozen=True):
    """Enough of what was said in a conversation to tell whether two have the same of it."""

    head: MessageId | None
    digest: str
    """Of all messages, with their places in the tree and their states."""


class ConfirmKept(Message, frozen=True):
    """From the Coordinator: tell as soon as all of this is on disk. Where something else is there, nothing is told."""

    conversation: ConversationId
    account: Account


class ReadConversation(Message, frozen=True):
    """From the Coordinator: a conversation that sleeps is wanted."""

    conversation: ConversationId


class KeptConfirmed(Message, frozen=True):
    """From the Archivist, an answer: that is on disk."""

    conversation: ConversationId
    account: Account


class ConversationRead(Message, frozen=True):
    """From the Archivist, an answer: what is on disk of a conversation that is wanted."""

    conversation: ConversationId
    record: ConversationRecord | None
    obstacle: str = ""
    """Why there is no record, in a sentence or two."""


class ConversationSlept(Message, frozen=True):
    """For a face: what was said in a conversation is not needed in memory. Before it is, PathShown tells it again."""

    conversation: ConversationId


SleepQuestion = ConfirmKept | ReadConversation
SleepNews = KeptConfirmed | ConversationRead


def account_of(head: MessageId | None, nodes: Iterable[Node]) -> Account:
    """Say what the messages are, in the order in which they came, one at a time. It reads all of them."""
    import hashlib  # nothing sleeps before the first paint

    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for node in nodes:
        attached = [(one.name, one.media_type, one.size) for one in node.attachments]
        about = node.id, node.parent, node.role, node.state, node.tool_calls, attached, node.keeps
        for part in (msgspec.json.encode(about), _bytes(node.text), _bytes(node.thinking)):
            digest.update(len(part).to_bytes(8))
            digest.update(part)
    return Account(head, digest.hexdigest())


def _bytes(text: str) -> bytes:
    """What is only compared may have lone surrogates."""
    return text.encode(errors="surrogatepass")

"""Conversations and turns as they were told: plainer than anything that the program has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.identity import DEFAULT_SERVER, ConversationId, MessageId, ServerName, StreamId, TurnId
from protocol.parameters import NOTHING_SET, Parameters
from protocol.reply import Reply
from protocol.tree import Node
from protocol.turn import STREAMING, TurnState


@dataclass
class Said:
    """A message of a conversation."""

    id: MessageId
    parent: MessageId | None
    role: Role
    reply: Reply
    state: TurnState


@dataclass
class Live:
    """A turn that has not ended."""

    id: TurnId
    prompt: str
    again: bool = False
    continues: MessageId | None = None
    state: TurnState = TurnState.QUEUED
    stream: StreamId | None = None
    request: ChatRequest | None = None
    prefix: Reply = field(default_factory=Reply)
    reason: str = ""
    garbled: int = 0
    """So many attempts brought what is no chat, since it was admitted."""

    @property
    def holds_slot(self) -> bool:
        """A stream is kept for it."""
        return self.state in STREAMING or self.state is TurnState.RETRYING


@dataclass
class Talk:
    """A conversation as it was told."""

    model: str | None
    system: str
    said: dict[MessageId, Said] = field(default_factory=dict)
    head: MessageId | None = None
    parameters: Parameters = NOTHING_SET
    server: ServerName = DEFAULT_SERVER
    parent: ConversationId | None = None
    """It is a column of what is compared there."""
    anchor: MessageId | None = None
    """So far what was said there was said before it."""

    def path(self, to: MessageId | None) -> list[Said]:
        """The messages from the first to this one."""
        found: list[Said] = []
        while to is not None:
            found.insert(0, self.said[to])
            to = found[0].parent
        return found

    def history(self, to: MessageId | None, limit: int, before: Sequence[Said] = ()) -> list[ChatMessage]:
        """What a model is told of them, and of what was said before all of it."""
        told: list[ChatMessage] = []
        for one, other in pairwise([*before, *self.path(to)]):
            said = other.reply.text or other.reply.tool_calls
            if one.role is Role.USER and other.role is Role.ASSISTANT and said:
                told += [
                    ChatMessage(Role.USER, one.reply.text),
                    ChatMessage(Role.ASSISTANT, other.reply.text, tool_calls=other.reply.tool_calls),
                ]
        told = told[-limit:]
        return told[1:] if told and told[0].role is Role.ASSISTANT else told


def said_of(node: Node) -> Said:
    """What is kept of a message, as plainly."""
    return Said(node.id, node.parent, node.role, node.reply, node.state)


def exchanges(talk: Talk) -> list[tuple[TurnId, str, StreamId, Reply, TurnState]]:
    """What is to be seen of a path."""
    path: list[Said | None] = [*talk.path(talk.head), None]
    found: list[tuple[TurnId, str, StreamId, Reply, TurnState]] = []
    for one, other in pairwise(path):
        if one is None or one.role is not Role.USER:
            continue
        turn = TurnId(one.id)
        if other is None or other.role is Role.USER:
            found.append((turn, one.reply.text, StreamId(turn, 0), Reply(), one.state))
        else:
            found.append((turn, one.reply.text, StreamId.of(other.id), other.reply, other.state))
    return found

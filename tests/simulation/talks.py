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
from tests.simulation.belongings import belongs_to


@dataclass
class Said:
    """A message of a conversation."""

    id: MessageId
    parent: MessageId | None
    role: Role
    reply: Reply
    state: TurnState
    keeps: int | None = None


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
    keeps: int | None = None
    pooled: bool = False
    """The pool chose who is asked."""
    broke_at: set[ServerName] = field(default_factory=set)
    """Who has broken off, or was busy."""
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
    doubted: bool = False
    """Its model was said to be gone, and nobody has looked since."""
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

    def history(
        self, to: MessageId | None, limit: int, keeps: int | None = None, before: Sequence[Said] = ()
    ) -> list[ChatMessage]:
        """What a model is told of them, and of what was said before all of it. `keeps`: what a summary is made of."""
        told: list[tuple[ChatMessage, ChatMessage]] = []
        summary = False
        for one, other in pairwise([*before, *self.path(to)]):
            said = other.reply.text or other.reply.tool_calls
            if one.role is not Role.USER or other.role is not Role.ASSISTANT or not said:
                continue
            pair = (
                ChatMessage(Role.USER, one.reply.text, attachments=belongs_to(one.reply.text)),
                ChatMessage(Role.ASSISTANT, other.reply.text, tool_calls=other.reply.tool_calls),
            )
            if one.keeps is None:
                told.append(pair)
            elif other.state is TurnState.DONE:
                told, summary = [pair, *(told[-one.keeps :] if one.keeps else [])], True
        if keeps is not None:
            told = told[:-keeps] if keeps else told
        elif len(told) > limit // 2:
            told = [*told[: int(summary)], *told[len(told) - limit // 2 + int(summary) :]]
        return [message for pair in told for message in pair]


def said_of(node: Node) -> Said:
    """What is kept of a message, as plainly."""
    return Said(node.id, node.parent, node.role, node.reply, node.state, node.keeps)


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

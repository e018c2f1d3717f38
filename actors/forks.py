"""A copy of what was said, as a conversation of its own."""

from collections.abc import Callable

from msgspec.structs import replace

from actors.growth import pairs
from protocol.chat import Conversation
from protocol.identity import ConversationId, MessageId, StreamId, TurnId
from protocol.kept import ConversationRecord, title_of
from protocol.tree import Node
from protocol.turn import ENDED


def fork(path: list[Node], of: Conversation, title: str, new_id: Callable[[], str]) -> ConversationRecord:
    """Return a conversation with the exchanges of a path that have ended, under names of its own.

    When it was made only the archive knows.
    """
    conversation = ConversationId(new_id())
    said = [(prompt, reply) for prompt, reply in pairs(path) if (reply or prompt).state in ENDED]
    messages: list[Node] = []
    for prompt, reply in said:
        messages.extend(_copy(prompt, reply, messages[-1].id if messages else None, TurnId(new_id())))
    head = messages[-1].id if messages else None
    called = f"{title or (title_of(said[0][0].text) if said else '')} (fork)"
    whole = tuple(messages)
    return ConversationRecord(
        conversation,
        called,
        of.model,
        of.system,
        0.0,
        0.0,
        head,
        messages=whole,
        parameters=of.parameters,
        server=of.server,
    )


def _copy(prompt: Node, reply: Node | None, parent: MessageId | None, turn: TurnId) -> list[Node]:
    said = replace(prompt, id=MessageId(turn), parent=parent)
    if reply is None:
        return [said]
    if said.state not in ENDED:  # it waits for another attempt there, and not here
        said = replace(said, state=reply.state, ending=reply.ending)
    return [said, replace(reply, id=StreamId(turn, 1).message, parent=said.id)]

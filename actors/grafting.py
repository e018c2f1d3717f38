"""The answers of a comparison, as versions of one reply of its parent. Nothing here changes a tree."""

from collections.abc import Iterable
from itertools import count

from msgspec.structs import replace

from actors.growth import attempts
from protocol.chat import Attachment, Role
from protocol.comparison import Brought, Column, ColumnKind, Comparison
from protocol.identity import MessageId, StreamId
from protocol.tree import MessageTree, Node
from protocol.turn import ENDED

Answers = Iterable[tuple[Column, MessageTree]]
"""The columns of a comparison, each with what was said in it."""


def answers(column: Column, tree: MessageTree) -> list[Node]:
    """What came in a column and has ended, the latest last, without what is empty. A judge gives no answer."""
    if column.kind is ColumnKind.JUDGE:
        return []
    return replies(column, tree)


def replies(column: Column, tree: MessageTree) -> list[Node]:
    """The same, of a judge too."""
    children = tree.children(MessageId(column.turn))
    return [node for node in children if node.role is Role.ASSISTANT and node.state in ENDED and not node.empty]


def grafts(parent: MessageTree, comparison: Comparison, columns: Answers) -> tuple[list[Node], tuple[Brought, ...]]:
    """Return the replies that the parent lacks, under the names that they will have there, and all that it has then."""
    prompt = MessageId(comparison.turn)
    known = {one.answer for one in comparison.brought}
    numbers = count(attempts(parent, prompt) + 1)
    missing = [node for column, tree in columns for node in answers(column, tree) if node.id not in known]
    named = [(node, StreamId(comparison.turn, number).message) for node, number in zip(missing, numbers, strict=False)]
    new = [replace(node, id=name, parent=prompt, created=0.0) for node, name in named]
    return new, (*comparison.brought, *(Brought(node.id, name) for node, name in named))


def attached(columns: Answers) -> tuple[Attachment, ...]:
    """Return what goes with the prompt of a comparison: the same in every column that has it."""
    asked = ((MessageId(column.turn), tree) for column, tree in columns if column.kind is ColumnKind.ANSWER)
    return next((tree[prompt].attachments for prompt, tree in asked if prompt in tree), ())


def prompt_of(comparison: Comparison, answer: Node, attachments: tuple[Attachment, ...]) -> Node:
    """Return the prompt as the parent has it, which stands as the answer does."""
    name, state, ending = MessageId(comparison.turn), answer.state, answer.ending
    said = name, comparison.anchor, Role.USER, comparison.prompt
    return Node(*said, state=state, ending=ending, attachments=attachments)

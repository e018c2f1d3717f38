"""How the tree of a conversation grows with its turns, and what of it is shown. The Archive keeps the same rules."""

from itertools import zip_longest

from msgspec.structs import replace

from actors.turns import Turn
from protocol.chat import Role
from protocol.identity import MessageId, StreamId, TurnId
from protocol.reply import Ending, Reply
from protocol.tree import MessageTree, Node, Place, summarised
from protocol.turn import ENDED, TurnState
from protocol.ui import Exchange


def begin_attempt(tree: MessageTree, turn: Turn) -> bool:
    """Make room for the reply of an attempt that begins: it is the head. A prompt that is sent first comes before.

    False if something else than another version of the reply is left behind: prompts that were taken out of the queue
    since its prompt was sent.
    """
    prompt, before = MessageId(turn.id), tree.head
    if prompt in tree:
        tree.replace(replace(tree[prompt], state=turn.state, ending=None))
    else:
        tree.add(_prompt(tree, turn))
    tree.add(Node(turn.stream.message, prompt, Role.ASSISTANT, "", state=turn.state, model=turn.model))
    versions = {node.id for node in tree.children(prompt) if node.role is Role.ASSISTANT}
    return before is None or before in versions or before in set(tree.way_to(tree.head))


def end_attempt(tree: MessageTree, stream: StreamId, reply: Reply, state: TurnState, ending: Ending) -> None:
    """Note what an attempt brought, and how it ended. One that has ended before stays as it is."""
    node = tree[stream.message]
    if node.state not in ENDED:
        said = replace(node, text=reply.text, thinking=reply.thinking, tool_calls=reply.tool_calls)
        tree.replace(replace(said, attachments=reply.images, state=state, ending=ending))


def end_turn(tree: MessageTree, turn: Turn, reply: Reply, ending: Ending) -> None:
    """Note how a turn ended. A prompt that was never sent has its place from now on, after what was said until now."""
    prompt = MessageId(turn.id)
    if turn.begun:
        end_attempt(tree, turn.stream, reply, turn.state, ending)
        tree.replace(replace(tree[prompt], state=turn.state, ending=ending))
    elif prompt not in tree:
        tree.add(_prompt(tree, turn, ending))
    elif tree[prompt].state not in ENDED:
        tree.replace(replace(tree[prompt], state=turn.state, ending=ending))


def _prompt(tree: MessageTree, turn: Turn, ending: Ending | None = None) -> Node:
    said = MessageId(turn.id), tree.head, Role.USER, turn.prompt
    return Node(*said, state=turn.state, ending=ending, attachments=turn.attachments, keeps=turn.keeps)


def brought_by(tree: MessageTree, turn: Turn, reply: Reply) -> Reply:
    """What the last attempt of a turn brought that ends with this reply: one that has ended before said it then."""
    if not turn.begun:
        return Reply()
    node = tree[turn.stream.message]
    return node.reply if node.state in ENDED else reply


def attempts(tree: MessageTree, prompt: MessageId) -> int:
    """The highest number of an attempt to have a prompt answered; 0 where none was made."""
    replies = (node for node in tree.children(prompt) if node.role is Role.ASSISTANT)
    return max((StreamId.of(node.id).attempt for node in replies), default=0)


def place(tree: MessageTree, message: MessageId) -> Place:
    """Which of its versions a message is; the only one where it is not there."""
    return tree.place(message) if message in tree else Place()


def pairs(path: list[Node]) -> list[tuple[Node, Node | None]]:
    """The prompts of a path, each with its reply if it has one."""
    return [
        (node, after if after is not None and after.role is Role.ASSISTANT else None)
        for node, after in zip_longest(path, path[1:])
        if node.role is Role.USER
    ]


def exchanges(tree: MessageTree) -> tuple[Exchange, ...]:
    """What is shown of a path: its prompts, each with its reply."""
    return tuple(_exchange(tree, prompt, reply) for prompt, reply in pairs(tree.path()))


def _exchange(tree: MessageTree, prompt: Node, reply: Node | None) -> Exchange:
    turn, said = TurnId(prompt.id), tree.place(prompt.id)
    sums_up = None if prompt.keeps is None else summarised(tree.path_to(prompt.parent), prompt.keeps)
    if reply is None:
        how = StreamId(turn, 0), "", Reply(), prompt.state, prompt.ending, Place()
    else:
        how = StreamId.of(reply.id), reply.model, reply.reply, reply.state, reply.ending, tree.place(reply.id)
    return Exchange(turn, prompt.text, said, *how, prompt.attachments, prompt.keeps, sums_up)

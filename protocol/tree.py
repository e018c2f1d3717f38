"""The messages of a conversation as a tree: edit, retry, undo and fork are moves in it, and nothing ever disappears.

The replies among the children of a prompt are the versions of its reply. The prompts among the children of a message
are versions of each other: an edited prompt is a sibling of the one it was made from. The head is the message that the
next prompt will follow; the path from a root to the head is what is shown, and what a model is sent.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from msgspec.structs import replace

from protocol.chat import Attachment, ChatMessage, Role, ToolCall
from protocol.compaction import compacted, summed_up
from protocol.identity import MessageId
from protocol.message import Value
from protocol.packed_text import pack, unpack
from protocol.reply import Ending, Reply
from protocol.turn import TurnState


class Node(Value, frozen=True):
    """One message, whole or partial, with what is known of how it came about."""

    id: MessageId
    parent: MessageId | None
    """None for a first prompt."""
    role: Role
    text: str
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    state: TurnState = TurnState.DONE
    """Of a reply, how its attempt ended or where it stands; of a prompt, the same of its last turn."""
    ending: Ending | None = None
    """None while it is under way."""
    model: str = ""
    """Who replied; empty for prompts."""
    created: float = 0.0
    """Seconds since 1970; 0 where only the archive knows."""
    attachments: tuple[Attachment, ...] = ()
    keeps: int | None = None
    """Of a prompt that asks for a summary, how many exchanges before it stay as they are: see `protocol.compaction`."""

    @property
    def empty(self) -> bool:
        """True when nothing came."""
        return self.reply.empty

    @property
    def answered(self) -> bool:
        """True for a reply that a model can be sent."""
        return self.role is Role.ASSISTANT and bool(self.text or self.tool_calls or self.attachments)

    @property
    def reply(self) -> Reply:
        """What it says."""
        images = self.attachments if self.role is Role.ASSISTANT else ()
        return Reply(self.text, self.thinking, self.tool_calls, images)

    def as_message(self) -> ChatMessage:
        """Return it as a model is sent it. Left out is what the model brought itself besides its words: models are not
        shown their old thoughts, nor what they have drawn."""
        attachments = self.attachments if self.role is Role.USER else ()
        return ChatMessage(self.role, self.text, tool_calls=self.tool_calls, attachments=attachments)


class Place(Value, frozen=True):
    """Which of its versions a message is: the mark `2/3`."""

    number: int = 1
    of: int = 1


class MessageTree:
    """A growing set of nodes, and a head among them. Plain data: whoever owns it is the only one to touch it."""

    def __init__(
        self, nodes: Iterable[Node] = (), head: MessageId | None = None, undone: Iterable[MessageId] = ()
    ) -> None:
        """Take nodes, parents before children, and where `undo` has left. Raises ValueError if they are not a tree, or
        the head is not in it."""
        self._nodes: dict[MessageId, Node] = {}
        """Those that are `_packed` have no text here."""
        self._packed: dict[MessageId, tuple[str | bytes, str | bytes]] = {}
        """The text and the thinking of messages for which that takes less room."""
        self._children: dict[MessageId | None, list[MessageId]] = {}
        for node in nodes:
            self._insert(node)
        if head is not None and head not in self._nodes:
            raise ValueError(f"the head {head} is not there")
        self._head = head
        self._undone = [message for message in undone if message in self._nodes]

    def __getitem__(self, message: MessageId) -> Node:
        """The node of this name; KeyError if there is none."""
        node, packed = self._nodes[message], self._packed.get(message)
        return node if packed is None else replace(node, text=unpack(packed[0]), thinking=unpack(packed[1]))

    def __contains__(self, message: MessageId) -> bool:
        return message in self._nodes

    def __iter__(self) -> Iterator[Node]:
        """All nodes, parents before children. What is added on the way does not come."""
        return map(self.__getitem__, tuple(self._nodes))

    @property
    def head(self) -> MessageId | None:
        """What the next prompt will follow; None at the beginning."""
        return self._head

    @property
    def undone(self) -> tuple[MessageId, ...]:
        """The heads that `undo` has left, and `redo` goes back to, the next one last."""
        return tuple(self._undone)

    @property
    def size(self) -> int:
        """About how many bytes all that was said takes in memory."""
        packed = sum(len(part) for parts in self._packed.values() for part in parts)
        said = sum(len(node.text) + len(node.thinking) for node in self._nodes.values())
        return packed + said + sum(len(one.data) for node in self._nodes.values() for one in node.attachments)

    @property
    def has_images(self) -> bool:
        """True where an image went with some prompt."""
        prompts = (node for node in self._nodes.values() if node.role is Role.USER)
        return any(one.is_image for prompt in prompts for one in prompt.attachments)

    def add(self, node: Node) -> None:
        """Append a new message and make it the head. Raises ValueError for a name that is taken, or a lost parent."""
        self._insert(node)
        self._head = node.id
        self._undone.clear()

    def graft(self, node: Node) -> None:
        """Append a new message, and leave the head where it is. Raises ValueError as `add` does."""
        self._insert(node)

    def replace(self, node: Node) -> None:
        """Put what is now known of a message in place of what was known. Raises ValueError if it would move."""
        if self._nodes[node.id].parent != node.parent:
            raise ValueError(f"the message {node.id} cannot move")
        self._keep(node)

    def path(self) -> list[Node]:
        """The nodes from the root to the head."""
        return self.path_to(self._head)

    def path_to(self, message: MessageId | None) -> list[Node]:
        """The nodes from the root to a message, that one included."""
        return [self[name] for name in self.way_to(message)]

    def way_to(self, message: MessageId | None) -> list[MessageId]:
        """The names of these nodes, for which no text is unpacked."""
        found: list[MessageId] = []
        while message is not None:
            found.append(message)
            message = self._nodes[message].parent
        return found[::-1]

    def children(self, message: MessageId | None) -> list[Node]:
        """What follows a message at once, in the order in which it came; the first prompts for None."""
        return [self[child] for child in self._children.get(message, [])]

    def versions(self, message: MessageId) -> list[Node]:
        """A message and its siblings in the order in which they came, without other attempts that brought nothing.

        A prompt that was never answered is followed by replies, once it is asked again, and by prompts: they are no
        versions of each other.
        """
        return [self[name] for name in self._versions(message)]

    def _versions(self, message: MessageId) -> list[MessageId]:
        node = self._nodes[message]
        alike = [name for name in self._after(node.parent) if self._nodes[name].role is node.role]
        return [name for name in alike if name == message or not self._is_empty(name)]

    def place(self, message: MessageId) -> Place:
        """Which of its versions a message is."""
        versions = self._versions(message)
        return Place(versions.index(message) + 1, len(versions))

    def move(self, head: MessageId | None) -> None:
        """Make another message the head. Raises KeyError for one that is not there."""
        if head is not None:
            self._nodes[head]  # or KeyError
        self._head = head
        self._undone.clear()

    def step(self, step: int) -> bool:
        """Show the way through the tree after this one, or before it (-1); False where there is no other.

        It parts from the path as late as it can; behind the last way comes the first again. So whoever goes on and on
        sees every version of everything.
        """
        forks = [(name, names) for name in self.way_to(self._head) if len(names := self._ways(name)) > 1]
        for name, names in reversed(forks):
            place = names.index(name) + step
            if 0 <= place < len(names):
                self.move(self._end_of(names[place], step))
                return True
        if forks:
            self.move(self._end_of(forks[0][1][0 if step > 0 else -1], step))
        return bool(forks)

    def undo(self) -> Node | None:
        """Move the head before the last prompt of the path and return that prompt; None if there is none."""
        way = reversed(self.way_to(self._head))
        prompt = next((name for name in way if self._nodes[name].role is Role.USER), None)
        if prompt is None or self._head is None:
            return None
        self._undone.append(self._head)
        self._head = self._nodes[prompt].parent
        return self[prompt]

    def redo(self) -> bool:
        """Take the last `undo` back; where none is known, go on to the latest exchange that follows. False if none."""
        if self._undone:
            self._head = self._undone.pop()
            return True
        prompts = [name for name in self._after(self._head) if self._nodes[name].role is Role.USER]
        if not prompts:
            return False
        replies = [name for name in self._after(prompts[-1]) if self._nodes[name].role is not Role.USER]
        self._head = (replies or prompts)[-1]
        return True

    def _after(self, message: MessageId | None) -> list[MessageId]:
        return self._children.get(message, [])

    def _ways(self, message: MessageId) -> list[MessageId]:
        """A message and whatever else follows the same one, without other attempts that brought nothing."""
        siblings = self._after(self._nodes[message].parent)
        return [name for name in siblings if name == message or not self._is_empty(name)]

    def _is_empty(self, message: MessageId) -> bool:
        return message not in self._packed and self._nodes[message].empty

    def _end_of(self, message: MessageId, step: int) -> MessageId:
        """The last message of the first way through what follows, or of the last one if the step goes back."""
        while children := self._after(message):
            ways = [child for child in children if not self._is_empty(child)] or [children[-1]]
            message = ways[0 if step > 0 else -1]
        return message

    def _insert(self, node: Node) -> None:
        if node.id in self._nodes:
            raise ValueError(f"there is a message {node.id} already")
        if node.parent is not None and node.parent not in self._nodes:
            raise ValueError(f"the message {node.id} follows {node.parent}, which is not there")
        self._keep(node)
        self._children.setdefault(node.parent, []).append(node.id)

    def _keep(self, node: Node) -> None:
        packed = pack(node.text), pack(node.thinking)
        if isinstance(packed[0], bytes) or isinstance(packed[1], bytes):
            self._packed[node.id], node = packed, replace(node, text="", thinking="")
        else:
            self._packed.pop(node.id, None)
        self._nodes[node.id] = node


Answered = tuple[Node, Node]
"""A prompt and the reply to it, which a model can be sent."""


def pairs_that_count(path: Sequence[Node]) -> list[Answered]:
    """Return the exchanges of a path that a model can be sent, and the whole summaries among them.

    A prompt that got no answer is left out: it would be sent, and maybe refused, again with every later one. So is a
    summary that is not whole.
    """
    return [
        (prompt, reply)
        for prompt, reply in pairwise(path)
        if prompt.role is Role.USER and reply.answered and (prompt.keeps is None or reply.state is TurnState.DONE)
    ]


def told(path: Sequence[Node]) -> list[Answered]:
    """Return what counts of a path: its exchanges, or a summary in the place of those that it sums up."""
    return compacted(pairs_that_count(path), lambda exchange: exchange[0].keeps)


def history(
    path: Sequence[Node], limit: int, sees: bool = True, before_summary: int | None = None
) -> tuple[ChatMessage, ...]:
    """Return the last messages of a path as a model is sent them, at most `limit`, whole exchanges only.

    A summary at the beginning stays when others have to go. Images are left out for a model that does not see: a
    server refuses them. `before_summary`: what a summary is made of that keeps so many exchanges.
    """
    exchanges = told(path)
    if before_summary is not None:
        exchanges = summed_up(exchanges, before_summary)
    said = [node.as_message() for node in chain.from_iterable(within(exchanges, limit))]
    if sees:
        return tuple(said)
    from protocol.attachments import without_images  # the first paint needs places, and sends nothing

    return tuple(map(without_images, said))


def summarised(path: Sequence[Node], keeps: int | None) -> int | None:
    """Count the messages of a path that a summary is made of which keeps so many exchanges; None where none is."""
    return None if keeps is None else 2 * len(summed_up(told(path), keeps))


def within(exchanges: list[Answered], limit: int) -> list[Answered]:
    """Return the last exchanges that have at most `limit` messages, and the summary before them if there is one."""
    room = limit // 2
    if len(exchanges) <= room:
        return exchanges
    summary = exchanges[:1] if room > 1 and exchanges[0][0].keeps is not None else []
    return [*summary, *exchanges[len(exchanges) - room + len(summary) :]]

"""What stays in memory of a conversation that sleeps."""

from array import array

from msgspec.structs import replace

from protocol.chat import Role
from protocol.identity import MessageId
from protocol.kept import ConversationRecord
from protocol.tree import MessageTree


class Sleeper:
    """Stands in the place of a tree whose messages are on disk only: where its head is, where `redo` leads, and, in
    eight bytes each, which prompts are in it."""

    __slots__ = ("_prompts", "_undone", "head")

    def __init__(self, tree: MessageTree) -> None:
        self.head = tree.head
        self._undone = tree.undone
        self._prompts = array("q", (hash(node.id) for node in tree if node.role is Role.USER))

    def __contains__(self, prompt: MessageId) -> bool:
        """Tell whether a prompt of this name is in it."""
        return hash(prompt) in self._prompts

    def woken(self, record: ConversationRecord) -> ConversationRecord:
        """The conversation as it was: another process that has it open may have moved the head on disk."""
        known = self.head is None or any(node.id == self.head for node in record.messages)
        return replace(record, head=self.head) if known else record

    @property
    def undone(self) -> tuple[MessageId, ...]:
        """The heads that `undo` has left."""
        return self._undone

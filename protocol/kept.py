"""What is kept on disk, as it is listed, read and exported."""

from msgspec.structs import replace

from protocol.chat import Attachment, Role
from protocol.identity import ConversationId, MessageId, ServerName, TurnId
from protocol.message import Value
from protocol.parameters import Parameters
from protocol.reply import Stopped
from protocol.tree import Node
from protocol.turn import ENDED, TurnState

_TITLE = 60
"""Characters."""


def title_of(prompt: str) -> str:
    """What a conversation is called after its first prompt: on one line, and not too long."""
    return " ".join(prompt.split())[:_TITLE]


class KeptConversation(Value, frozen=True):
    """One line of the list."""

    id: ConversationId
    title: str
    model: str | None
    updated: float
    """Seconds since 1970."""
    unread: bool = False
    """A reply ended while another conversation was shown."""


class Draft(Value, frozen=True):
    """What is written in a conversation, and not sent."""

    conversation: ConversationId
    text: str
    kept: bool
    """False for a conversation of an earlier run in which nothing was ever sent, so that it is not there any more."""


class WaitingPrompt(Value, frozen=True):
    """A line of the outbox: a prompt that is still to be sent, now or by a later run."""

    turn: TurnId
    prompt: str
    again: bool = False
    """The prompt is in the tree already: another version of its reply is wanted."""
    continues: MessageId | None = None
    """The partial reply that is to be gone on with."""
    attachments: tuple[Attachment, ...] = ()
    """What goes with it. Of one that is asked again the tree has them."""
    keeps: int | None = None
    """It asks for a summary, and so many exchanges before it stay as they are: see `protocol.compaction`."""


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
    parameters: Parameters = Parameters()
    server: ServerName = ServerName("")
    """By the name that it had where this was said; empty for the default one."""
    column_of: ConversationId | None = None
    """It is a column of a comparison in this conversation, and then not exported."""

    def settled(self) -> "ConversationRecord":
        """Return it as it is for one who is not at work on it: what was under way is over, unless it waits."""
        waiting = {MessageId(one.turn) for one in self.waiting}
        messages = tuple(node if node.state in ENDED or node.id in waiting else _over(node) for node in self.messages)
        return replace(self, messages=messages)


def _over(node: Node) -> Node:
    return replace(node, state=TurnState.INTERRUPTED, ending=Stopped())


class ChatsExport(Value, frozen=True):
    """The document that `chats export --json` writes and `chats import` reads: UTF-8, JSON, pretty-printed.

    FORMAT, version 1. `conversations` are sorted by `created`, then by `id`; every field is always there, in the order
    in which it stands in its class: `ConversationRecord`, `protocol.tree.Node`, `WaitingPrompt`. Times are seconds
    since 1970. `attachments` are what goes with a prompt, or what a model has drawn; their `data` is base64. The same
    conversations make the same document, byte for byte.

    - `messages` are a tree: `parent` is the `id` of the message before, null for a first prompt, and stands before its
      children. `role` is `user` or `assistant`. Siblings are versions of each other.
    - A reply is the child of its prompt and called `PARENT#N`: the Nth time that the prompt was sent. The ids of a
      document are all different.
    - `head` is the message that the next prompt follows, null before the first. The path to it is what is shown.
    - `state` is one of `protocol.turn.TurnState`; `ending` says how it came about: null, or an object whose `type` is
      `Finished`, `Broken` or `Stopped` (`protocol.reply`).
    - `keeps` is null but for a prompt that asks for a summary: once that is done, a model is sent it in the place of
      everything before it, and behind it so many of the exchanges before it, as they are.
    - `parameters` are what is sent along with a prompt: `options`, each with the `name` and the `value` that Ollama
      knows, `think`, `format` (JSON, in a text), `keep_alive`, `truncate` and `shift`; what is null, or empty, is not.
    - `server` is the name of the server that answered last, as its configuration had it; empty for the default one.
    - `column_of` is null: of what was compared, only those answers are here that became versions of a reply.
    - `waiting` are prompts to be sent: with `again` true, another version of the reply to a prompt of the tree.

    A reader takes no other version, and skips fields that it does not know.
    """

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

"""The answers to /chats, /search and what else is asked of the archive: text from what is kept."""

from collections.abc import Iterable, Sequence

from protocol.chat import Role
from protocol.kept import Hit, KeptConversation

NOTHING_KEPT = "Nothing is kept yet."
NOTHING_DELETED = "Nothing was deleted."
NOT_KEPT_YET = "Nothing of this conversation is kept yet."
_SPEAKERS = {Role.USER: "you", Role.ASSISTANT: "reply"}


def describe_conversations(kept: Iterable[KeptConversation]) -> str:
    """Say which conversations are kept, a line each, the latest first, those with news marked."""
    lines = [f"  {one.title}{'  (unread)' if one.unread else ''}" for one in kept]
    return "\n".join(["The latest conversations (go to one with /open TITLE):", *lines]) if lines else NOTHING_KEPT


def describe_hits(words: str, hits: Sequence[Hit]) -> str:
    """Say where words were found: the title of the conversation, who said it, and what is around it."""
    if not hits:
        return f"Nothing that is kept says {words!r}."
    lines = [f"  {hit.conversation.title} - {_SPEAKERS.get(hit.role, hit.role.value)}: {hit.excerpt}" for hit in hits]
    return "\n".join([f"Found {words!r} (go to a conversation with /open TITLE):", *lines])


def describe_missing(wanted: str) -> str:
    """Say that what was asked for is not kept."""
    return f"No conversation begins with {wanted!r}." if wanted else NOTHING_KEPT


def describe_adopted(prompts: int) -> str:
    """Say that prompts of a run that ended are still to be answered."""
    if prompts == 1:
        return "1 prompt of an earlier run waits for its reply: /queue shows it."
    return f"{prompts} prompts of an earlier run wait for their replies: /queue shows them."


def describe_title(title: str) -> str:
    """Say what a conversation is called."""
    return f"This conversation is called {title!r}." if title else "This conversation has no title yet."


def describe_deleted(title: str) -> str:
    """Say that a conversation is put away, and how to get it back."""
    return f"Deleted {title!r}. /undelete brings it back."

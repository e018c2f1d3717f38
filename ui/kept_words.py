"""What is kept, in words, for a face that has lines only."""

from collections.abc import Sequence

from protocol.chat import Role
from protocol.kept import Hit, KeptConversation

NOTHING_KEPT = "Nothing is kept yet."
_LISTED = 20
_FOUND = 10
_SPEAKERS = {Role.USER: "you", Role.ASSISTANT: "reply"}


def describe_conversations(kept: Sequence[KeptConversation]) -> str:
    """Say which conversations are kept, a line each, the latest first, those with news marked."""
    lines = [f"  {one.title}{'  (unread)' if one.unread else ''}" for one in kept[:_LISTED]]
    return "\n".join(["The latest chats (go to one with /open TITLE):", *lines]) if lines else NOTHING_KEPT


def describe_hits(words: str, hits: Sequence[Hit]) -> str:
    """Say where words were found: the title of the conversation, who said it, and what is around it."""
    if not hits:
        return f"Nothing that is kept says {words!r}."
    lines = [f"  {hit.conversation.title} - {describe_hit(hit)}" for hit in hits[:_FOUND]]
    return "\n".join([f"Found {words!r} (go to a chat with /open TITLE):", *lines])


def describe_hit(hit: Hit) -> str:
    """Say who said what was found, and what is around it."""
    return f"{_SPEAKERS.get(hit.role, hit.role.value)}: {hit.excerpt}"

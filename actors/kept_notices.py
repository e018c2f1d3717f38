"""The answers in words to what is asked of the archive."""

NOTHING_KEPT = "Nothing is kept yet."
NOTHING_DELETED = "Nothing was deleted."
NOT_KEPT_YET = "Nothing of this chat is kept yet."


def describe_missing(wanted: str) -> str:
    """Say that what was asked for is not kept."""
    return f"No chat begins with {wanted!r}." if wanted else NOTHING_KEPT


def describe_adopted(prompts: int) -> str:
    """Say that prompts of a run that ended are still to be answered."""
    if prompts == 1:
        return "1 prompt of an earlier run waits for its reply: /queue shows it."
    return f"{prompts} prompts of an earlier run wait for their replies: /queue shows them."


def describe_title(title: str) -> str:
    """Say what a conversation is called."""
    return f"This chat is called {title!r}." if title else "This chat has no title yet."


def describe_deleted(title: str) -> str:
    """Say that a conversation is put away, and how to get it back."""
    return f"Deleted {title!r}. /undelete brings it back."

"""How the program looks now, compared with a picture of it."""

from difflib import unified_diff


def compare(kept: str, now: str) -> str:
    """Return the texts and shapes in which two pictures differ; nothing where they are the same."""
    return "\n".join(unified_diff(kept.splitlines(), now.splitlines(), "kept", "now", n=0, lineterm=""))

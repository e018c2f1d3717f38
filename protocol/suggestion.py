"""What somebody may have meant who wrote a name that is not there."""

from collections.abc import Iterable
from difflib import get_close_matches


def suggestion(name: str, names: Iterable[str]) -> str:
    """Return a question to put behind a sentence, with a blank before it; empty where no name is close."""
    close = get_close_matches(name, list(names), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""

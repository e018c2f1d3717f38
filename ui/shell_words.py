"""The words that a shell asks for while somebody types: models and chats, quickly or not at all."""

import threading
from collections.abc import Callable, Iterable

from protocol.kept import KeptConversation
from protocol.models import ServerSurvey
from ui.markdown_export import title_line

MOST_CHATS = 50
SECONDS = 1.0
"""A shell waits for this: a server that takes longer has no names."""


def models_of(survey: Callable[[], ServerSurvey]) -> tuple[str, ...]:
    """Return the names of the models; none where the server does not answer in time. Leaves a thread behind then."""
    found: list[ServerSurvey] = []
    looking = threading.Thread(target=lambda: found.append(survey()), name="models", daemon=True)
    looking.start()
    looking.join(SECONDS)
    return tuple(map(title_line, found[0].names)) if found else ()


def titles_of(kept: Iterable[KeptConversation]) -> list[str]:
    """Return the titles of chats, each once."""
    return list(dict.fromkeys(title_line(one.title) for one in kept if one.title))

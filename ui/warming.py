"""Bringing a model into memory while one still writes the first prompt of a chat."""

from collections.abc import Callable, Sequence

from protocol.identity import ConversationId
from protocol.model_commands import Load
from ui.keyboard import Key
from ui.model import Model
from ui.paste import Pasted


class Warming:
    """Watches the keys; with `wanted`, the first that writes in a chat without any turn has its model loaded, once a
    chat and model. `tell` sends the command for that. UI thread only."""

    def __init__(self, model: Model, tell: Callable[[ConversationId, Load], None], wanted: bool) -> None:
        self._model = model
        self._tell = tell
        self._wanted = wanted
        self._warmed: set[tuple[ConversationId, str]] = set()

    def watch(self, keys: Sequence[Key]) -> None:
        """These keys are pressed."""
        shown = self._model.shown
        if not self._wanted or shown.id is None or shown.last_turn is not None:
            return
        chosen = shown.id, shown.model or ""
        if chosen not in self._warmed and any(map(_writes, keys)):
            self._warmed.add(chosen)
            self._tell(shown.id, Load(quiet=True))


def _writes(key: Key) -> bool:
    return isinstance(key, Pasted) or (isinstance(key, str) and len(key) == 1 and key != "/")

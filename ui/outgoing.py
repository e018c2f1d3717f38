"""Texts on their way to the engine."""

from collections import deque

from protocol.address import Address
from protocol.commands import New, is_command, parse_command
from protocol.identity import ConversationId
from protocol.input_handler import InputHandlerMessage, TextSubmitted


class Outgoing:
    """Keeps what was submitted until there is an engine, and the conversation that it is meant for. UI thread only."""

    def __init__(self) -> None:
        self._texts: deque[str] = deque()
        self._engine: Address[InputHandlerMessage] | None = None
        self._left: ConversationId | None = None
        """The conversation that `/new` leaves: what is written after it must not go there."""

    def connect(self, engine: Address[InputHandlerMessage]) -> None:
        """There is somebody to tell."""
        self._engine = engine

    def submit(self, text: str) -> None:
        """Take a text; `flush` sends it."""
        self._texts.append(text)

    def flush(self, shown: ConversationId | None) -> None:
        """Send what is meant for the conversation that is shown."""
        if self._engine is None or shown is None or shown == self._left:
            return
        self._left = None
        while self._texts and self._left is None:
            text = self._texts.popleft()
            self._engine.tell(TextSubmitted(shown, text))
            if is_command(text) and parse_command(text) == New():
                self._left = shown

"""Presets: what can be set in a chat, under a name."""

from protocol.coordinator import StartConversation
from protocol.message import Value
from protocol.parameters import Parameters


class PresetSettings(Value, frozen=True):
    """What one name stands for. What is None, or empty, is not a part of it."""

    name: str
    model: str | None = None
    system: str = ""
    parameters: Parameters = Parameters()

    def begins(self, command: StartConversation) -> StartConversation:
        """Return a chat that begins with this; what the user has named besides wins."""
        return StartConversation(
            command.model or self.model,
            command.system or self.system,
            command.like,
            command.parameters.over(self.parameters),
        )

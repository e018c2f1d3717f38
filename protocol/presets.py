"""Presets: what can be set in a chat, under a name."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from protocol.message import Value
from protocol.parameters import Parameters

if TYPE_CHECKING:  # the settings need presets, and the first paint needs nothing that the Coordinator is told
    from protocol.coordinator import StartConversation


class PresetSettings(Value, frozen=True):
    """What one name stands for. What is None, or empty, is not a part of it."""

    name: str
    model: str | None = None
    system: str = ""
    parameters: Parameters = Parameters()

    def under(self, parameters: Parameters, system: str) -> "PresetSettings":
        """Return it with what was said besides, which wins."""
        return replace(self, system=system or self.system, parameters=parameters.over(self.parameters))

    def begins(self, command: "StartConversation") -> "StartConversation":
        """Return a chat that begins with this; what the user has named besides wins."""
        return replace(
            command,
            model=command.model or self.model,
            system=command.system or self.system,
            parameters=command.parameters.over(self.parameters),
        )

"""What a face knows of the engine."""

from collections.abc import Callable
from typing import Protocol

from protocol.address import Address
from protocol.input_handler import InputHandlerMessage
from protocol.ui import UiEvent


class Engine(Protocol):
    """What answers. A face in which one types knows no more of it than this."""

    @property
    def input(self) -> Address[InputHandlerMessage]:
        """Where the user's doings go."""
        ...

    def stop(self) -> None:
        """End everything, within 5 seconds."""
        ...


StartEngine = Callable[[Address[UiEvent]], Engine]
"""Start an engine that tells its events to the address. May raise ChinwagError."""

"""What the chat finds around it, beside the terminal: clocks, the clipboard, an editor, a folder."""

from dataclasses import dataclass, field
from pathlib import Path

from protocol.server_names import ServerNames
from ui.clipboard import Clipboard
from ui.external_editor import ExternalEditor
from ui.pacer import Clock


@dataclass(frozen=True)
class Surroundings:
    """Handed to the chat by whoever runs it."""

    clock: Clock
    """Seconds that never go back."""
    wall_clock: Clock
    """Seconds since 1970."""
    clipboard: Clipboard
    editor: ExternalEditor
    folder: Path
    """Where files are saved and looked for."""
    presets: tuple[str, ...] = ()
    """What the presets are called."""
    servers: ServerNames = field(default_factory=ServerNames)
    """Which servers there are."""
    warns: bool = True
    """Whether the user wants to be warned of a prompt that will not fit into the context."""

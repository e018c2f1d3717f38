"""What the Archivist accepts: prompts before they are taken, and everything that the UI is told."""

from protocol.coordinator import Submit
from protocol.message import Message
from protocol.timekeeper import FlushDue
from protocol.ui import UiEvent


class Resume(Message, frozen=True):
    """From a face: open a kept conversation again. Where it is not found, that is said, and a new one begins."""

    wanted: str = ""
    """What its id or its title begins with; empty means the last one."""


ArchivistMessage = Submit | Resume | FlushDue | UiEvent

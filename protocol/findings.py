"""What is found of the file in which chats are kept, for `chinwag doctor`."""

from pathlib import Path

from protocol.message import Value


class ArchiveFindings(Value, frozen=True):
    """What there is of the file in which chats are kept."""

    path: Path
    exists: bool = False
    size: int = 0
    """Bytes, without what is beside it."""
    chats: int = 0
    version: int = 0
    known_version: int = 0
    """The latest that this program writes."""
    journal: str = ""
    """`wal`, where all is as it should be."""
    mode: int = 0
    """Permissions of the file."""
    faults: tuple[str, ...] = ()
    """What SQLite's own check finds."""
    trouble: str = ""
    """Why it cannot be read; empty if it can."""
    writable: bool = True
    """Whether chats can be kept there."""
    free: int | None = None
    """Bytes on the disk; None where that cannot be told."""

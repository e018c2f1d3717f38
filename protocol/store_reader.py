"""What a StoreReader accepts."""

from protocol.identity import DEFAULT_SERVER, ServerName
from protocol.message import Message
from protocol.progress import Progress
from protocol.store import JobId, StoreWork


class StartWork(Message, frozen=True):
    """From the Coordinator: have the store do this, and tell how far it is."""

    job: JobId
    attempt: int
    """Counts from 1."""
    work: StoreWork
    progress: Progress = Progress()
    """What earlier attempts have brought."""
    patience: float = 1.0
    """How many times as long as usual the store may be silent: it says nothing while it checks a large file."""
    server: ServerName = DEFAULT_SERVER
    """Whose store."""


StoreReaderMessage = StartWork

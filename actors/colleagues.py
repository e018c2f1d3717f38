"""Whom the Coordinator, and what it is made of, talks to."""

from collections.abc import Mapping
from typing import Protocol

from protocol.accumulator import AccumulatorMessage
from protocol.address import Address
from protocol.archivist import RecoverConversations
from protocol.coordinator import NewsOfActors
from protocol.identity import ServerName, StreamId
from protocol.librarian import LibrarianMessage
from protocol.message import Value
from protocol.sleep import SleepQuestion
from protocol.stream_reader import OpenStream
from protocol.timekeeper import TimekeeperMessage
from protocol.ui import UiEvent


class Readers(Protocol):
    """Starts and stops StreamReaders. Called in the Coordinator's thread only."""

    def open(self, message: OpenStream) -> None:
        """Start a reader for this stream."""
        ...

    def close(self, stream: StreamId) -> None:
        """Cancel the reader of this stream, wherever it is, and forget it; nothing if there is none."""
        ...


class Colleagues(Value, frozen=True):
    """Whom the Coordinator talks to."""

    ui: Address[UiEvent]
    accumulator: Address[AccumulatorMessage]
    librarian: Address[LibrarianMessage]
    timekeeper: Address[TimekeeperMessage]
    readers: Readers
    supervisor: Address[NewsOfActors]
    archivist: Address[RecoverConversations | SleepQuestion] | None = None
    """None where nothing is kept."""
    librarians: Mapping[ServerName, Address[LibrarianMessage]] = {}
    """Who looks at the servers beside the default one."""

    def librarian_of(self, server: ServerName) -> Address[LibrarianMessage]:
        """Return who looks at a server."""
        return self.librarians.get(server, self.librarian)

"""One connection of the replay server, to the byte, and the steps that an answer is made of."""

import select
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

_BEAT = 0.005
"""Seconds between two looks at a `threading.Event`, which cannot be waited for together with a socket."""


class ClientGone(Exception):
    """The client closed the connection before its answer was complete."""


class Stopping(Exception):
    """The server is being stopped."""


class Wire:
    """A connection. Everything on it ends at once when the client goes or the server stops."""

    def __init__(self, connection: socket.socket, stopping: socket.socket) -> None:
        self._socket = connection
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stopping = stopping
        self.sent = 0
        """Bytes handed to the kernel for the answer under way."""
        self.open = True

    def send(self, data: bytes) -> None:
        """Send all of `data`, however slowly the client reads. Raises ClientGone and Stopping."""
        rest = memoryview(data)
        while rest:
            _, writable, _ = select.select([self._stopping], [self._socket], [])
            if not writable:
                raise Stopping
            with _client_gone():
                count = self._socket.send(rest)
            self.sent += count
            rest = rest[count:]

    def receive(self) -> bytes:
        """Return the next bytes from the client; empty when it sends no more. Raises ClientGone and Stopping."""
        ready, _, _ = select.select([self._socket, self._stopping], [], [])
        if self._stopping in ready:
            raise Stopping
        with _client_gone():
            return self._socket.recv(65536)

    def peek(self) -> bytes:
        """Wait until the client speaks; what it says can still be received. Raises ClientGone and Stopping."""
        ready, _, _ = select.select([self._socket, self._stopping], [], [])
        if self._stopping in ready:
            raise Stopping
        with _client_gone():
            return self._socket.recv(65536, socket.MSG_PEEK)

    def rest(self, seconds: float | None) -> None:
        """Do nothing for so long, None for ever. Raises ClientGone and Stopping."""
        ready, _, _ = select.select([self._socket, self._stopping], [], [], seconds)
        if self._stopping in ready:
            raise Stopping
        if self._socket not in ready:
            return
        with _client_gone():
            early = self._socket.recv(1, socket.MSG_PEEK)
        if early:
            raise AssertionError("the client sent more before it had its answer")
        raise ClientGone

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """End the connection in order."""
        self.open = False
        self._socket.close()


@contextmanager
def _client_gone() -> Iterator[None]:
    try:
        yield
    except ConnectionError:
        raise ClientGone from None


class Step(Protocol):
    """One thing that an answer does."""

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        ...


Answer = tuple[Step, ...]


@dataclass(frozen=True)
class Send:
    """Send these bytes as they are."""

    data: bytes

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        wire.send(self.data)


@dataclass(frozen=True)
class SendChunk:
    """Send these bytes as one HTTP chunk; no bytes are the end of the body."""

    data: bytes

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        wire.send(b"%x\r\n%s\r\n" % (len(self.data), self.data))


@dataclass(frozen=True)
class Pause:
    """Be silent for so many seconds, as a recorded server was."""

    seconds: float

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        wire.rest(self.seconds)


@dataclass(frozen=True)
class Wait:
    """Be silent until the event is set."""

    event: threading.Event

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        while not self.event.wait(_BEAT):
            wire.rest(0.0)


@dataclass(frozen=True)
class Tell:
    """Set the event: everything before this step has been sent."""

    event: threading.Event

    def run(self, wire: Wire) -> None:
        """Do it."""
        self.event.set()


@dataclass(frozen=True)
class Hold:
    """Be silent until the client goes or the server stops."""

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        wire.rest(None)


@dataclass(frozen=True)
class Receive:
    """Read what the client says first."""

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        wire.receive()


@dataclass(frozen=True)
class Forever:
    """Do these steps again and again until the client goes or the server stops."""

    steps: Answer

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        while True:
            wire.rest(0.0)
            for step in self.steps:
                step.run(wire)


@dataclass(frozen=True)
class Close:
    """Close the connection, whether the body is complete or not."""

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        wire.close()


@dataclass(frozen=True)
class Reset:
    """Break the connection with a TCP reset."""

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        wire.reset()

"""Ports behind which somebody takes the connection and then behaves like no server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.support.addresses import PATIENCE


class Listener:
    """Takes one connection, reads what comes first, says `words`, and then neither reads nor speaks."""

    def __init__(self, words: bytes, host: str) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._words = words
        self._listener = socket.create_server((host, 0), family=family)
        self._over = threading.Event()
        self.port: int = self._listener.getsockname()[1]
        self.heard = b""
        self.spoken_to = threading.Event()
        """Set when the first bytes came, which are in `heard`, and the answer was given."""
        self._thread = threading.Thread(target=self._take, name="listener")
        self._thread.start()

    def close(self) -> None:
        """Let go of the connection and of the port."""
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._listener.close()

    def _take(self) -> None:
        with suppress(OSError):
            connection, _ = self._listener.accept()
            with connection:
                self.heard = connection.recv(1024)
                connection.sendall(self._words)
                self.spoken_to.set()
                self._over.wait()


@contextmanager
def listener(words: bytes = b"", host: str = "127.0.0.1") -> Iterator[Listener]:
    """Listen for the length of the block."""
    opened = Listener(words, host)
    try:
        yield opened
    finally:
        opened.close()

"""A plain HTTP client, for tests of the replay server itself."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from tests.support.recordings import Expected, expect

ASK = json.dumps({"model": "smollm2:135m", "messages": [], "stream": True}).encode()


class Client:
    """One connection to a server on loopback, and every response that came over it."""

    def __init__(self, port: int, resources: ExitStack) -> None:
        self._connection = resources.enter_context(closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)))
        self._resources = resources

    def send_chat(self, **headers: str) -> None:
        """Send a chat request."""
        self._connection.request("POST", "/api/chat", ASK, headers)

    def response(self) -> http.client.HTTPResponse:
        """Wait for the head of the response."""
        return self._resources.enter_context(closing(self._connection.getresponse()))

    def chat(self) -> http.client.HTTPResponse:
        """Send a chat request and wait for the head of the response."""
        self.send_chat()
        return self.response()

    def ask(self) -> Expected:
        """Send a chat request and return what the whole answer says."""
        response = self.chat()
        return expect(response.status, response.read())

    def get(self, path: str) -> tuple[int, bytes]:
        """Send a GET request and return status and body."""
        self._connection.request("GET", path)
        response = self.response()
        return response.status, response.read()

    def leave(self) -> None:
        """Close the connection and every response."""
        self._resources.close()


@contextmanager
def connected(port: int) -> Iterator[Client]:
    """Connect for the length of the block."""
    with ExitStack() as resources:
        yield Client(port, resources)


def raw_exchange(port: int) -> bytes:
    """Send a chat request and return all that comes back, framing included."""
    request = b"POST /api/chat HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(ASK)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(request + ASK)
        return b"".join(iter(lambda: client.recv(65536), b""))

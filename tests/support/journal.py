"""What a replay server saw: requests, and clients that left before they had their answer."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tests.support.addresses import PATIENCE
from tests.support.wire import Wire

T = TypeVar("T")
CHAT = "/api/chat"
OPENAI_CHAT = "/v1/chat/completions"
CHATS = frozenset({CHAT, OPENAI_CHAT})
"""Where chats are asked for, in each dialect."""


@dataclass(frozen=True)
class Request:
    """One request, as it came."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True)
class Departure:
    """A client left before its answer was complete."""

    request: Request
    sent: int
    """Bytes of the answer that the server had written until then, head and framing included."""


def read_request(wire: Wire) -> Request | None:
    """Read the next request from the connection; None when the client has closed it."""
    received = b""
    while b"\r\n\r\n" not in received:
        data = wire.receive()
        if not data:
            return None
        received += data
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    missing = int(headers.get("content-length", 0)) - len(body)
    while missing > 0:
        data = wire.receive()
        if not data:
            return None
        body, missing = body + data, missing - len(data)
    method, path, _ = first.split(" ", 2)
    return Request(method, path, headers, body)


class Journal:
    """Everything that happened at a server so far; tests wait for what must happen."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._requests: list[Request] = []
        self._departures: list[Departure] = []
        self._connections = 0

    @property
    def requests(self) -> tuple[Request, ...]:
        """All requests, in the order in which they came."""
        with self._changed:
            return tuple(self._requests)

    @property
    def chats(self) -> tuple[Request, ...]:
        """The requests for a chat, in either dialect."""
        return tuple(request for request in self.requests if request.path in CHATS)

    @property
    def connections(self) -> int:
        """How many connections are open now."""
        with self._changed:
            return self._connections

    def request_received(self, number: int = 1, path: str = CHAT, timeout: float = PATIENCE) -> Request:
        """Wait for the first, second, ... request to `path` and return it."""
        return self._nth(number, timeout, f"requests to {path}", lambda: [r for r in self._requests if r.path == path])

    def client_gone(self, number: int = 1, timeout: float = PATIENCE) -> Departure:
        """Wait until a client leaves before its answer is complete, for the first, second, ... time."""
        return self._nth(number, timeout, "clients that left", lambda: list(self._departures))

    def connections_are(self, count: int, timeout: float = PATIENCE) -> None:
        """Wait until this many connections are open."""
        with self._changed:
            reached = self._changed.wait_for(lambda: self._connections == count, timeout)
            assert reached, f"{self._connections} connections are open, not {count}"

    def note_request(self, request: Request) -> int:
        """Write a request down and return how many came before it to the same path. The server calls this."""
        with self._changed:
            earlier = sum(each.path == request.path for each in self._requests)
            self._requests.append(request)
            self._changed.notify_all()
            return earlier

    def note_departure(self, departure: Departure) -> None:
        """Write down that a client left. The server calls this."""
        with self._changed:
            self._departures.append(departure)
            self._changed.notify_all()

    def count_connection(self, change: int) -> None:
        """Count a connection that was opened (1) or closed (-1). The server calls this."""
        with self._changed:
            self._connections += change
            self._changed.notify_all()

    def _nth(self, number: int, timeout: float, what: str, so_far: Callable[[], list[T]]) -> T:
        deadline = time.monotonic() + timeout
        with self._changed:
            while len(found := so_far()) < number:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    raise AssertionError(f"{len(found)} {what}, not {number}, within {timeout:g} s: {self._requests}")
            return found[number - 1]

"""A thread that reads from a server as a StreamReader does, and what became of it."""

import queue
import threading

from actors.cancel import CancelToken
from actors.ollama_server import OllamaServer
from actors.source import Server
from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.limits import TimeLimits
from protocol.ollama_host import ServerUrl
from protocol.server_settings import ServerSettings
from tests.support.addresses import PATIENCE

HOUR = 3600.0
PATIENT = TimeLimits(connect=HOUR, first_byte=HOUR, idle=HOUR, survey=HOUR)
"""With these, only a cancel ends a silence within the time that a test has."""
REQUEST = ChatRequest("tiny:1b", (ChatMessage(Role.USER, "Hi"),))


def ollama(port: int, limits: TimeLimits = PATIENT, scheme: str = "http", host: str = "127.0.0.1") -> OllamaServer:
    """A server on this machine."""
    return OllamaServer(ServerSettings(ServerUrl(scheme, host, port)), limits, "1.2.3")


def read(server: Server, request: ChatRequest = REQUEST) -> list[bytes]:
    """Read a whole body."""
    with server.open(request, CancelToken()) as body:
        return list(body)


class WatchedToken(CancelToken):
    """A token that says when somebody first looked at it: that is right before connecting."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_at = threading.Event()

    def check(self) -> None:
        """See `CancelToken.check`."""
        super().check()
        self.looked_at.set()


class Reading:
    """Reads a body in a thread of its own."""

    def __init__(self, server: Server, request: ChatRequest = REQUEST) -> None:
        self.cancel = WatchedToken()
        self.opened = threading.Event()
        self._pieces = queue.SimpleQueue[bytes]()
        self._outcome: Exception | None = None
        self._thread = threading.Thread(target=self._read, args=(server, request), name="reading", daemon=True)
        self._thread.start()

    def next(self) -> bytes:
        """Wait for the next piece of the body."""
        return self._pieces.get(timeout=PATIENCE)

    def has_ended(self, seconds: float) -> bool:
        """Tell whether it ends within so many seconds."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def outcome(self) -> Exception | None:
        """Wait for the end: why it ended, None for the end of the body."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "it still reads"
        return self._outcome

    def _read(self, server: Server, request: ChatRequest) -> None:
        try:
            with server.open(request, self.cancel) as body:
                self.opened.set()
                for piece in body:
                    self._pieces.put(piece)
        except Exception as error:  # noqa: BLE001 - it is what a test compares
            self._outcome = error

"""A server that does the same to everybody who connects, whatever they say; and one that nobody trusts."""

import re
import ssl
from pathlib import Path
from threading import Event

from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Step, Wire

_CERTIFICATE = Path(__file__).with_name("self_signed.pem")


class RudeServer(ReplayServer):
    """Takes these steps on every connection, until it is mended: then it replies."""

    def __init__(self, *steps: Step, reply: Answer) -> None:
        super().__init__(reply)
        self._steps = steps
        self._polite = Event()

    def mend(self) -> None:
        """Have it reply from now on. Any thread."""
        self._polite.set()

    def _converse(self, wire: Wire) -> None:
        if self._polite.is_set():
            super()._converse(wire)
            return
        for step in self._steps:
            step.run(wire)


class Listen:
    """Let a short request come whole, which it does within a moment, and read nothing of it."""

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        while not _whole(wire.peek()):
            pass


class Handshake:
    """Offer TLS with a certificate that nobody signed, for as long as the client listens."""

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_CERTIFICATE)
        heard, said = ssl.MemoryBIO(), ssl.MemoryBIO()
        secure = context.wrap_bio(heard, said, server_side=True)
        while data := wire.receive():
            heard.write(data)
            try:
                secure.do_handshake()
            except ssl.SSLWantReadError:
                wire.send(said.read())
            except ssl.SSLError:
                return


def _whole(request: bytes) -> bool:
    head, found, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(found) and len(body) >= (int(length[1]) if length else 0)

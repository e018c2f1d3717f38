"""A proxy, and a server behind TLS, as far as tests need them."""

import ssl
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.journal import Request
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Close, Send, Wire

CERTIFICATE = Path(__file__).with_name("self_signed.pem")
"""For 127.0.0.1 and localhost; it has signed itself, so it is also the file to trust."""


class ProxyServer(ReplayServer):
    """A proxy for plain HTTP that is also every server behind it: it answers what it is asked to fetch.

    `refusal` is its answer to whoever asks without `authorisation`; to tunnel it refuses in any case.
    """

    def __init__(self, *script: Answer, authorisation: str = "") -> None:
        super().__init__(*script)
        self._authorisation = authorisation

    def _answer(self, request: Request, earlier: int) -> Answer:
        if self._authorisation not in ("", request.headers.get("proxy-authorization")) or request.method == "CONNECT":
            return (Send(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"), Close())
        path = urlsplit(request.path).path
        return super()._answer(Request(request.method, path, request.headers, request.body), earlier)


class TlsServer(ReplayServer):
    """The same server over TLS, with the certificate of these tests."""

    def _converse(self, wire: Wire) -> None:
        super()._converse(_TlsWire(wire))


class _TlsWire(Wire):
    """A connection whose bytes go through TLS."""

    def __init__(self, wire: Wire) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self._wire = wire
        self._heard, self._said = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._secure = context.wrap_bio(self._heard, self._said, server_side=True)
        self.sent = 0
        self.open = True

    def send(self, data: bytes) -> None:
        """See `Wire.send`."""
        self._secure.write(data)
        self._wire.send(self._said.read())

    def receive(self) -> bytes:
        """See `Wire.receive`."""
        while True:
            try:
                data = self._secure.read(65536)
            except ssl.SSLWantReadError:
                self._wire.send(self._said.read())
                heard = self._wire.receive()
                if not heard:
                    return b""
                self._heard.write(heard)
            except ssl.SSLError:
                return b""
            else:
                return data

    def rest(self, seconds: float | None) -> None:
        """See `Wire.rest`: over TLS nothing is known to have come early."""
        self._wire.rest(seconds)

    def close(self) -> None:
        """See `Wire.close`."""
        self.open = False
        self._wire.close()

"""HTTP connections that another thread can break in every phase: connecting, handshake, waiting, reading."""

import contextlib
import socket
from collections.abc import Callable, Mapping
from http.client import HTTPResponse, IncompleteRead
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.timeout import Timeout

from actors.cancel import CancelToken
from protocol.chunked import ChunkedDecoder

_READ_BYTES = 64 * 1024

ProxyHeaders = Callable[[Callable[[], Mapping[str, str]]], dict[str, str]]


class Wire:
    """The socket of one attempt, held so that it can be shut down from outside.

    Shutting down a duplicate of the descriptor breaks the connection itself, whatever object reads it: before it is
    connected, in a TLS handshake, and in a blocked read. (Closing it, or the response, would block.)
    """

    def __init__(self, cancel: CancelToken, first_byte: float) -> None:
        self._cancel = cancel
        self._first_byte = first_byte
        self._duplicates: list[socket.socket] = []
        self._connected: socket.socket | None = None

    def watch(self, opened: socket.socket) -> None:
        """Be ready to shut `opened` down. The reader's thread; raises Cancelled if that was wished already."""
        self._duplicates.append(opened.dup())
        self._cancel.check()

    def connected(self, final: socket.socket) -> None:
        """Take note of the socket that is read in the end: the TLS one, where there is TLS.

        A long prompt over a slow line may take longer to send than a connection may take to make.
        """
        self._connected = final
        self._cancel.check()
        self.limit_silence(self._first_byte)

    def limit_silence(self, seconds: float) -> None:
        """Set the time limit of every read from now on."""
        if self._connected is not None:
            self._connected.settimeout(seconds)

    def shut_down(self) -> None:
        """Break the connection. Any thread; returns at once."""
        for duplicate in tuple(self._duplicates):
            with contextlib.suppress(OSError):  # not connected, or broken already
                duplicate.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give every descriptor back, and leave none to a pool that waits to be collected.

        The reader's thread, when nobody can call `shut_down` any more: a number that is closed may be another's soon.
        """
        for duplicate in self._duplicates:
            duplicate.close()
        if self._connected is not None:
            self._connected.close()


class EagerResponse(HTTPResponse):
    """A response of which one read gives all that has arrived, where the standard library's gives one chunk.

    Of a fast model, or after a pause of the reader, hundreds are there at once. The reader's thread.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._chunks = ChunkedDecoder()

    def read1(self, n: int = -1) -> bytes:
        """Return what is there of the body, waiting for the first of it; empty at the end. `n`: at most so many bytes.

        Raises IncompleteRead where the body ends before its last chunk, or is not chunked as it says it is.
        """
        if self.isclosed() or not self.chunked or not n:
            return super().read1(n)
        body = b""
        while not body and not self._chunks.finished:
            data = b"" if self._chunks.broken else self.fp.read1(n if n > 0 else _READ_BYTES)
            if not data and not self._chunks.ends:
                raise IncompleteRead(b"")
            body = self._chunks.feed(data)
            if not data or self._chunks.finished:
                self.close()
                break
        return body


class CancellableAdapter(HTTPAdapter):
    """An adapter for one session of `requests`, all of whose connections run over `wire`.

    `proxy_headers` says what goes with a request to a proxy, from what `requests` would send.
    """

    def __init__(self, wire: Wire, proxy_headers: ProxyHeaders = lambda usual: dict(usual())) -> None:
        self._pool_classes = _pool_classes(wire)
        self._proxy_headers = proxy_headers
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Build the pools for direct connections (called by `requests`)."""
        super().init_poolmanager(*args, **kwargs)
        self._replace_classes(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> ProxyManager:
        """Build the pools for a proxy (called by `requests`)."""
        manager: ProxyManager = super().proxy_manager_for(*args, **kwargs)
        self._replace_classes(manager)
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        """Say what goes with a request to a proxy (called by `requests`)."""
        return self._proxy_headers(lambda: super(CancellableAdapter, self).proxy_headers(proxy))

    def _replace_classes(self, manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = self._pool_classes


def _pool_classes(wire: Wire) -> dict[str, type]:
    class Connection(HTTPConnection):
        response_class = EagerResponse

        def _new_conn(self) -> socket.socket:
            return _open_socket(self, wire)

        def connect(self) -> None:
            super().connect()
            wire.connected(self.sock)

    class TlsConnection(HTTPSConnection):
        response_class = EagerResponse

        def _new_conn(self) -> socket.socket:
            return _open_socket(self, wire)

        def connect(self) -> None:
            super().connect()
            wire.connected(self.sock)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = TlsConnection

    return {"http": Pool, "https": TlsPool}


def _open_socket(connection: HTTPConnection, wire: Wire) -> socket.socket:
    """Connect to the first address that answers, each watched by `wire` before it can block.

    Looking up a name cannot be interrupted; the reader is a daemon thread for that reason. Raises what urllib3's own
    connections raise.
    """
    host = connection.host
    try:
        addresses = socket.getaddrinfo(host, connection.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise NameResolutionError(host, connection, error) from error
    failure = OSError("the name has no address")
    for family, kind, protocol, _, address in addresses:
        try:
            return _connect(socket.socket(family, kind, protocol), address, connection, wire)
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, f"connecting to {host} timed out") from failure
    raise NewConnectionError(connection, str(failure)) from failure


def _connect(candidate: socket.socket, address: Any, connection: HTTPConnection, wire: Wire) -> socket.socket:
    try:
        candidate.settimeout(Timeout.resolve_default_timeout(connection.timeout))
        for option in connection.socket_options or ():
            candidate.setsockopt(*option)
        wire.watch(candidate)
        candidate.connect(address)
    except BaseException:
        candidate.close()
        raise
    return candidate

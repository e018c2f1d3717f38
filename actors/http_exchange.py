"""One request over HTTP and its answer, with nothing of any dialect: what all servers are spoken to with."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import requests
from msgspec.structs import replace

from actors.cancel import Cancelled, CancelToken
from actors.http_access import HttpAccess
from actors.http_connection import CancellableAdapter, Wire
from actors.http_errors import HTTP_ERRORS, translate
from actors.pace import Pace
from protocol.errors import ChinwagError, ServerBusy, ServerSilent
from protocol.limits import TimeLimits

_READ_BYTES = 256 * 1024
_MAX_ERROR_BYTES = 64 * 1024
_MAX_LIST_BYTES = 16 * 1024 * 1024
_MAX_DIGITS = 6

Objection = Callable[[int, str, bytes], ChinwagError]
"""What is wrong with an answer that is not to be read: from its status, content type and beginning."""


class HttpExchange:
    """Speaks with one server. Every request has a connection of its own, so that it can be broken alone."""

    def __init__(self, access: HttpAccess, limits: TimeLimits, version: str) -> None:
        self._access = access
        self._limits = limits
        self._headers = {
            "User-Agent": f"chinwag/{version}",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
        }
        self.pace = Pace()

    @property
    def server(self) -> str:
        """The server's address, fit to be shown."""
        return str(self._access.url)

    def get(self, path: str, accept: str, cancel: CancelToken, deadline: float, objection: Objection) -> bytes:
        """Return the whole answer to a short request, by `deadline` of the clock that never goes back."""
        silence = self._limits.survey, self._limits.survey
        with self.exchange("GET", path, b"", accept, silence, cancel, objection) as answer:
            pieces = self._until(deadline, self.read(answer, cancel))
            return b"".join(_bounded(pieces, _MAX_LIST_BYTES))

    @contextmanager
    def exchange(
        self,
        method: str,
        path: str,
        body: bytes,
        accept: str,
        silence: tuple[float, float],
        cancel: CancelToken,
        objection: Objection,
        types: frozenset[str] | None = None,
    ) -> Iterator[requests.Response]:
        """Send a request and hand over its successful answer, unread; everything is given back on leaving.

        `silence` limits the wait for the headers, and each wait after them. `types` are those that the answer may have.
        Raises what `objection` makes of any other answer, the errors of `protocol.errors`, and Cancelled.
        """
        first_byte, idle = silence
        wire = Wire(cancel, first_byte)
        try:
            with (
                cancel.unblocking(wire.shut_down),
                self._session(wire) as session,
                self._send(session, method, path, body, accept, first_byte, cancel) as answer,
            ):
                if answer.status_code != requests.codes.ok or (types and content_type(answer) not in types):
                    wire.limit_silence(min(idle, self._limits.survey))
                    beginning = self.conceal(self._beginning(answer, cancel).decode(errors="replace")).encode()
                    raise _heeding(answer, objection(answer.status_code, content_type(answer), beginning))
                wire.limit_silence(idle)
                yield answer
        finally:
            wire.close()

    def read(self, answer: requests.Response, cancel: CancelToken) -> Iterator[bytes]:
        """Yield what is there of the body as soon as it is there, whatever the framing."""
        with self._translated(cancel):
            while data := answer.raw.read1(_READ_BYTES, decode_content=True):
                cancel.check()
                yield data
        cancel.check()

    def conceal(self, words: str) -> str:
        """Return what the server says without what it was told in secret."""
        return self._access.conceal(words)

    def _until(self, deadline: float, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Pass pieces on while there is time: a server that drips is never silent."""
        for piece in pieces:
            if time.monotonic() > deadline:
                raise ServerSilent(f"The server at {self.server} takes too long to say what it has.", "Try again.")
            yield piece

    def _send(
        self,
        session: requests.Session,
        method: str,
        path: str,
        body: bytes,
        accept: str,
        first_byte: float,
        cancel: CancelToken,
    ) -> requests.Response:
        """A redirect is not followed: what proves who asks is for this server only."""
        with self._translated(cancel):
            return session.request(
                method,
                f"{self.server}{path}",
                data=body,
                headers={**self._headers, "Accept": accept},
                timeout=(min(self._limits.connect, first_byte), first_byte),
                stream=True,
                allow_redirects=False,
                verify=self._access.verify,
                proxies=self._access.proxies,
            )

    def _session(self, wire: Wire) -> requests.Session:
        session = requests.Session()
        session.trust_env = self._access.trusts_environment
        session.auth = self._access.authorise
        adapter = CancellableAdapter(wire, self._access.proxy_headers)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    @contextmanager
    def _translated(self, cancel: CancelToken) -> Iterator[None]:
        """Turn what the libraries raise into errors of our tree, or into Cancelled if that is why they did."""
        try:
            yield
        except HTTP_ERRORS as error:
            if cancel.cancelled:
                raise Cancelled from error
            raise translate(error, self.server, self._access.settings) from error

    def _beginning(self, answer: requests.Response, cancel: CancelToken) -> bytes:
        """What an answer that is no reply says, as far as it comes soon: what it is, is known without."""
        came = bytearray()
        deadline = time.monotonic() + self._limits.survey
        with suppress(ChinwagError):
            for piece in _bounded(self._until(deadline, self.read(answer, cancel)), _MAX_ERROR_BYTES):
                came += piece
        return bytes(came)


def content_type(answer: requests.Response) -> str:
    """What the answer says that it is, without parameters, in lower case; empty where it does not say."""
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _heeding(answer: requests.Response, error: ChinwagError) -> ChinwagError:
    """Add to the error when the server wants to be asked again (RFC 9110, 10.2.3; a date is not heeded)."""
    seconds = answer.headers.get("Retry-After", "").strip()
    if isinstance(error, ServerBusy) and seconds.isascii() and seconds.isdigit():
        error.failure = replace(error.failure, retry_after=float(seconds[:_MAX_DIGITS]))
    return error


def _bounded(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """Pass on at most `limit` bytes, and read no further."""
    for piece in pieces:
        yield piece[:limit]
        limit -= len(piece)
        if limit <= 0:
            return

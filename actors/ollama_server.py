"""An Ollama server over HTTP, as a source of replies and a catalogue of models."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress

import requests

from actors.cancel import Cancelled, CancelToken
from actors.http_connection import CancellableAdapter, Wire
from actors.http_errors import HTTP_ERRORS, translate
from actors.model_store import HttpStore, StoreRequest
from actors.pace import Pace
from protocol.chat import ChatRequest
from protocol.errors import ChinwagError, ServerSilent, UnexpectedContent
from protocol.limits import TimeLimits
from protocol.models import RunningModel, ServerSurvey
from protocol.ollama_chat import CHAT_PATH, STREAM_TYPES, encode_chat
from protocol.ollama_errors import error_from_response
from protocol.ollama_host import ServerUrl
from protocol.ollama_models import (
    MODELS_PATH,
    RUNNING_PATH,
    VERSION_PATH,
    decode_models,
    decode_running,
    decode_version,
)
from protocol.store import ModelCard, StoreQuestion, StoreWork

_SHOWN_TYPE = 60
_READ_BYTES = 256 * 1024
_MAX_ERROR_BYTES = 64 * 1024
_MAX_LIST_BYTES = 16 * 1024 * 1024


class OllamaServer:
    """Satisfies `actors.source.Server`. Every request has a connection of its own, so that it can be broken alone."""

    def __init__(self, url: ServerUrl, limits: TimeLimits, version: str) -> None:
        self._url = url
        self._limits = limits
        self._pace = Pace()
        self._store = HttpStore(self._send_to_store, limits)
        self._headers = {
            "User-Agent": f"chinwag/{version}",
            "Accept": "application/x-ndjson, application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
        }

    @contextmanager
    def open(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Iterator[bytes]]:
        """Send a chat request; see `ChatSource.open`."""
        silence = self._limits.first_byte, self._limits.idle
        with (
            self._exchange("POST", CHAT_PATH, encode_chat(request), silence, cancel, STREAM_TYPES) as answer,
            closing(self._pace.paced(self._read(answer, cancel))) as body,
        ):
            yield body

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """Look at the server; see `Catalogue.survey`."""
        server = str(self._url)
        deadline = time.monotonic() + self._limits.survey
        try:
            version = decode_version(self._get(VERSION_PATH, cancel, deadline))
            models = decode_models(self._get(MODELS_PATH, cancel, deadline))
            running = self._running(cancel, deadline)
        except ChinwagError as error:
            return ServerSurvey(server, failure=error.failure)
        return ServerSurvey(server, version, models, running)

    def ask(self, question: StoreQuestion, cancel: CancelToken) -> ModelCard | None:
        """Ask the store of models; see `ModelStore.ask`."""
        return self._store.ask(question, cancel)

    def work(
        self, work: StoreWork, cancel: CancelToken, patience: float = 1.0
    ) -> AbstractContextManager[Iterator[bytes]]:
        """Have the store of models do something; see `ModelStore.work`."""
        return self._store.work(work, cancel, patience)

    @contextmanager
    def _send_to_store(self, request: StoreRequest, cancel: CancelToken) -> Iterator[Iterator[bytes]]:
        silence = request.first_byte, request.idle
        with (
            self._exchange(request.method, request.path, request.body, silence, cancel) as answer,
            closing(self._pace.paced(self._read(answer, cancel))) as body,
        ):
            yield body

    def close(self, seconds: float) -> bool:  # noqa: ARG002 - others need them
        """Nothing is held between requests: it is done at once."""
        return True

    def _running(self, cancel: CancelToken, deadline: float) -> tuple[RunningModel, ...] | None:
        """Servers without `/api/ps` are usable all the same."""
        try:
            return decode_running(self._get(RUNNING_PATH, cancel, deadline))
        except ChinwagError:
            return None

    def _get(self, path: str, cancel: CancelToken, deadline: float) -> bytes:
        silence = self._limits.survey, self._limits.survey
        with self._exchange("GET", path, b"", silence, cancel) as answer:
            pieces = self._until(deadline, self._read(answer, cancel))
            return b"".join(_bounded(pieces, _MAX_LIST_BYTES))

    def _until(self, deadline: float, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Pass pieces on while there is time: a server that drips is never silent."""
        for piece in pieces:
            if time.monotonic() > deadline:
                raise ServerSilent(f"The server at {self._url} takes too long to say what it has.", "Try again.")
            yield piece

    @contextmanager
    def _exchange(
        self,
        method: str,
        path: str,
        body: bytes,
        silence: tuple[float, float],
        cancel: CancelToken,
        types: frozenset[str] | None = None,
    ) -> Iterator[requests.Response]:
        """Send a request and hand over its successful answer, unread; everything is given back on leaving.

        `silence` limits the wait for the headers, and each wait after them. `types` are those that the answer may have.
        """
        first_byte, idle = silence
        wire = Wire(cancel, first_byte)
        try:
            with (
                cancel.unblocking(wire.shut_down),
                self._session(wire) as session,
                self._send(session, method, path, body, first_byte, cancel) as answer,
            ):
                if answer.status_code != requests.codes.ok or (types and _content_type(answer) not in types):
                    wire.limit_silence(min(idle, self._limits.survey))
                    raise _objection(answer, self._beginning(answer, cancel))
                wire.limit_silence(idle)
                yield answer
        finally:
            wire.close()

    def _send(
        self, session: requests.Session, method: str, path: str, body: bytes, first_byte: float, cancel: CancelToken
    ) -> requests.Response:
        times = (min(self._limits.connect, first_byte), first_byte)
        url = f"{self._url}{path}"
        with self._translated(cancel):
            return session.request(
                method, url, data=body, headers=self._headers, timeout=times, stream=True, allow_redirects=False
            )

    def _session(self, wire: Wire) -> requests.Session:
        session = requests.Session()
        session.trust_env = not self._url.loopback
        adapter = CancellableAdapter(wire)
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
            raise translate(error, str(self._url)) from error

    def _beginning(self, answer: requests.Response, cancel: CancelToken) -> bytes:
        """What an answer that is no reply says, as far as it comes soon: what it is, is known without."""
        came = bytearray()
        deadline = time.monotonic() + self._limits.survey
        with suppress(ChinwagError):
            for piece in _bounded(self._until(deadline, self._read(answer, cancel)), _MAX_ERROR_BYTES):
                came += piece
        return bytes(came)

    def _read(self, answer: requests.Response, cancel: CancelToken) -> Iterator[bytes]:
        """Yield what is there as soon as it is there, whatever the framing."""
        with self._translated(cancel):
            while data := answer.raw.read1(_READ_BYTES, decode_content=True):
                cancel.check()
                yield data
        cancel.check()


def _content_type(answer: requests.Response) -> str:
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _objection(answer: requests.Response, beginning: bytes) -> ChinwagError:
    """What is wrong with an answer that is not to be read as a reply."""
    if answer.status_code != requests.codes.ok:
        return error_from_response(answer.status_code, _content_type(answer), beginning)
    return UnexpectedContent(
        f"The server answered with {_content_type(answer)[:_SHOWN_TYPE]}, not with a chat.",
        "Check that the address is that of an Ollama server, and that no proxy is in the way.",
        offending=beginning,
    )


def _bounded(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """Pass on at most `limit` bytes, and read no further."""
    for piece in pieces:
        yield piece[:limit]
        limit -= len(piece)
        if limit <= 0:
            return

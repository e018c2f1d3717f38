"""A server that speaks as OpenAI's does, over HTTP, as a source of replies and a catalogue of models."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import partial

import requests

from actors.cancel import CancelToken
from actors.http_access import HttpAccess
from actors.http_exchange import HttpExchange, content_type
from actors.source import ChatBody
from protocol.chat import ChatRequest
from protocol.chat_decoder import ChatDecoder
from protocol.errors import ChinwagError, ServerRefusal, ServerSilent
from protocol.limits import TimeLimits
from protocol.models import ServerSurvey
from protocol.ollama_errors import error_from_response
from protocol.openai_chat import (
    CHAT_PATH,
    EVENTS,
    STREAM_TYPES,
    USAGE_FIELD,
    OpenAiBodyDecoder,
    OpenAiStreamDecoder,
    encode_chat,
)
from protocol.openai_models import MODELS_PATH, decode_models
from protocol.server_settings import ServerSettings

_ACCEPT = f"{EVENTS}, application/json"


class OpenAiServer:
    """Satisfies `actors.source.Server`. `limits` hold where the settings have none of their own.

    `clock` tells seconds that never go back.
    """

    def __init__(
        self,
        settings: ServerSettings,
        limits: TimeLimits,
        version: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._limits = settings.time or limits
        self._http = HttpExchange(HttpAccess(settings), self._limits, version)
        self._clock = clock
        self._counts = True
        """Whether streams are asked for their counts. Readers share it: a moment's old value does no harm."""

    @contextmanager
    def open(self, request: ChatRequest, cancel: CancelToken) -> Iterator[ChatBody]:
        """Send a chat request; see `ChatSource.open`. A server that refuses to count is asked again without that."""
        counts = self._counts
        with ExitStack() as stack:
            try:
                answer = stack.enter_context(self._post(request, cancel))
            except ServerRefusal as error:
                if not counts or USAGE_FIELD not in error.failure.summary:
                    raise
                self._counts = False
                answer = stack.enter_context(self._post(request, cancel))
            pieces = stack.enter_context(closing(self._http.pace.paced(self._http.read(answer, cancel))))
            yield self._body(answer, pieces, request.stream)

    def _post(self, request: ChatRequest, cancel: CancelToken) -> AbstractContextManager[requests.Response]:
        silence = self._limits.first_byte, self._limits.idle
        objection = partial(error_from_response, settings=self._settings, model=request.model)
        body = encode_chat(request, self._counts)
        return self._http.exchange("POST", CHAT_PATH, body, _ACCEPT, silence, cancel, objection, STREAM_TYPES)

    def _body(self, answer: requests.Response, pieces: Iterator[bytes], streamed: bool) -> ChatBody:
        """What it is, the answer says; where it does not, it is what was asked for."""
        kind = content_type(answer)
        if kind != EVENTS and (kind or not streamed):
            return ChatBody(pieces, OpenAiBodyDecoder, self._http.conceal)
        signs = _SignsOfLife(self._http.server, max(self._limits.first_byte, self._limits.idle), self._clock)
        return ChatBody(signs.watch(pieces), signs.decoder, self._http.conceal)

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """Look at the server; see `Catalogue.survey`. It tells neither a version nor what it has loaded."""
        deadline = time.monotonic() + self._limits.survey
        objection = partial(error_from_response, settings=self._settings)
        try:
            models = decode_models(self._http.get(MODELS_PATH, _ACCEPT, cancel, deadline, objection))
        except ChinwagError as error:
            return ServerSurvey(self._http.server, failure=error.failure)
        return ServerSurvey(self._http.server, models=models)

    def close(self, seconds: float) -> bool:  # noqa: ARG002 - others need them
        """Nothing is held between requests: it is done at once."""
        return True


class _SignsOfLife:
    """Lets comments count as life, as they are meant, and not for ever: they are no reply. One reader's thread."""

    def __init__(self, server: str, seconds: float, clock: Callable[[], float]) -> None:
        self._server = server
        self._seconds = seconds
        self._clock = clock
        self._decoder: OpenAiStreamDecoder | None = None

    def decoder(self, max_line_bytes: int) -> ChatDecoder:
        """Make what decodes the body, and is asked how many events came."""
        self._decoder = OpenAiStreamDecoder(max_line_bytes)
        return self._decoder

    def watch(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Pass pieces on. Raises ServerSilent when only comments came for as long as a server may be silent."""
        since, events = self._clock(), 0
        for piece in pieces:
            yield piece
            came = self._decoder.events if self._decoder is not None else 0
            if came != events:
                since, events = self._clock(), came
            elif self._clock() - since > self._seconds:
                raise ServerSilent(
                    f"The server at {self._server} said that it lives, and nothing else, for longer than the time "
                    "limit.",
                    "Try again.",
                )

"""An Ollama server over HTTP, as a source of replies and a catalogue of models."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from actors.cancel import CancelToken
from actors.http_access import HttpAccess
from actors.http_exchange import HttpExchange
from actors.source import ChatBody
from protocol.chat import ChatRequest
from protocol.errors import ChinwagError
from protocol.limits import TimeLimits
from protocol.models import RunningModel, ServerSurvey
from protocol.ollama_chat import CHAT_PATH, STREAM_TYPES, encode_chat, ollama_chat_decoder
from protocol.ollama_errors import error_from_response
from protocol.ollama_models import (
    MODELS_PATH,
    RUNNING_PATH,
    VERSION_PATH,
    decode_models,
    decode_running,
    decode_version,
)
from protocol.server_settings import ServerSettings

ACCEPT = "application/x-ndjson, application/json"


class OllamaServer:
    """Satisfies `actors.source.Server`. `limits` hold where the settings have none of their own."""

    def __init__(self, settings: ServerSettings, limits: TimeLimits, version: str) -> None:
        self._settings = settings
        self._limits = settings.time or limits
        self._http = HttpExchange(HttpAccess(settings), self._limits, version)

    @contextmanager
    def open(self, request: ChatRequest, cancel: CancelToken) -> Iterator[ChatBody]:
        """Send a chat request; see `ChatSource.open`."""
        silence = self._limits.first_byte, self._limits.idle
        objection = partial(error_from_response, settings=self._settings, model=request.model)
        body = encode_chat(request)
        with (
            self._http.exchange("POST", CHAT_PATH, body, ACCEPT, silence, cancel, objection, STREAM_TYPES) as answer,
            closing(self._http.pace.paced(self._http.read(answer, cancel))) as pieces,
        ):
            yield ChatBody(pieces, ollama_chat_decoder, self._http.conceal)

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """Look at the server; see `Catalogue.survey`."""
        deadline = time.monotonic() + self._limits.survey
        try:
            version = decode_version(self._get(VERSION_PATH, cancel, deadline))
            models = decode_models(self._get(MODELS_PATH, cancel, deadline))
            running = self._running(cancel, deadline)
        except ChinwagError as error:
            return ServerSurvey(self._http.server, failure=error.failure)
        return ServerSurvey(self._http.server, version, models, running)

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
        return self._http.get(path, ACCEPT, cancel, deadline, partial(error_from_response, settings=self._settings))

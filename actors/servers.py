"""Who answers: from settings to servers."""

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import assert_never

from actors.cancel import CancelToken
from actors.credentials import resolve
from actors.embedded import find_embedded_model
from actors.fallback import FallbackServer
from actors.source import ChatBody, Server
from protocol.chat import ChatRequest
from protocol.errors import ApplicationError, ChinwagError
from protocol.identity import ServerName
from protocol.models import ServerSurvey
from protocol.server_settings import Dialect, EmbeddedUse, ServerSettings
from protocol.settings import EngineSettings


class DeferredServer:
    """Satisfies `actors.source.Server`. Built, and its libraries imported, by the first thread that asks it something:
    a reader or the Librarian, not the one that paints. Two that come at once may each build one; either will do."""

    def __init__(self, build: Callable[[], Server], name: str) -> None:
        self._build = build
        self._name = name
        self._server: Server | None = None

    def open(self, request: ChatRequest, cancel: CancelToken) -> AbstractContextManager[ChatBody]:
        """See `ChatSource.open`."""
        return self._built().open(request, cancel)

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """See `Catalogue.survey`. A key that is not where it should be is what the look found; the next looks again."""
        try:
            server = self._built()
        except ChinwagError as error:
            return ServerSurvey(self._name, failure=error.failure)
        return server.survey(cancel)

    def close(self, seconds: float) -> bool:
        """See `Server.close`."""
        return self._server is None or self._server.close(seconds)

    def _built(self) -> Server:
        if self._server is None:
            self._server = self._build()
        return self._server


def build_server(settings: EngineSettings, environment: Mapping[str, str] = os.environ) -> Server:
    """Return who answers. A key that is in `environment` is looked up there when it is needed.

    Raises ApplicationError if the embedded model is wanted and not installed.
    """
    use = settings.server.embedded
    model = None if use is EmbeddedUse.NEVER else find_embedded_model()
    remote = _deferred(settings.server, settings, environment)
    if model is not None:
        embedded = _embedded(model)
        return embedded if use is EmbeddedUse.ALWAYS else FallbackServer(remote, embedded)
    if use is EmbeddedUse.ALWAYS:
        raise ApplicationError("The embedded model is not installed.", "scripts/chat installs it, or see the README.")
    return remote


def build_others(settings: EngineSettings, environment: Mapping[str, str] = os.environ) -> dict[ServerName, Server]:
    """Return the servers beside the default one, by their names: no embedded model takes the place of these."""
    return {ServerName(one.name): _deferred(one, settings, environment) for one in settings.others}


def _deferred(server: ServerSettings, settings: EngineSettings, environment: Mapping[str, str]) -> Server:
    return DeferredServer(lambda: _remote(server, settings, environment), str(server.url))


def _remote(chosen: ServerSettings, settings: EngineSettings, environment: Mapping[str, str]) -> Server:
    server, time, version = resolve(chosen, environment), settings.limits.time, settings.version
    match server.dialect:
        case Dialect.OLLAMA:
            from actors.ollama_server import OllamaServer

            return OllamaServer(server, time, version)
        case Dialect.OPENAI:
            from actors.openai_server import OpenAiServer

            return OpenAiServer(server, time, version)
        case _:
            assert_never(server.dialect)


def _embedded(model: Path) -> Server:
    from actors.embedded import EmbeddedServer

    return EmbeddedServer(model)

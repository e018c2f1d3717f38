"""Who answers: from settings to a server."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from actors.cancel import CancelToken
from actors.embedded import find_embedded_model
from actors.fallback import FallbackServer
from actors.model_store import store_of
from actors.source import Server
from protocol.chat import ChatRequest
from protocol.errors import ApplicationError
from protocol.models import ServerSurvey
from protocol.settings import EmbeddedUse, EngineSettings
from protocol.store import ModelCard, StoreQuestion, StoreWork


class DeferredServer:
    """Satisfies `actors.source.Server`. Built, and its libraries imported, by the first thread that asks it something:
    a reader or the Librarian, not the one that paints. Two that come at once may each build one; either will do."""

    def __init__(self, build: Callable[[], Server]) -> None:
        self._build = build
        self._server: Server | None = None

    def open(self, request: ChatRequest, cancel: CancelToken) -> AbstractContextManager[Iterator[bytes]]:
        """See `ChatSource.open`."""
        return self._built().open(request, cancel)

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """See `Catalogue.survey`."""
        return self._built().survey(cancel)

    def ask(self, question: StoreQuestion, cancel: CancelToken) -> ModelCard | None:
        """See `ModelStore.ask`."""
        return store_of(self._built()).ask(question, cancel)

    def work(
        self, work: StoreWork, cancel: CancelToken, patience: float = 1.0
    ) -> AbstractContextManager[Iterator[bytes]]:
        """See `ModelStore.work`."""
        return store_of(self._built()).work(work, cancel, patience)

    def close(self, seconds: float) -> bool:
        """See `Server.close`."""
        return self._server is None or self._server.close(seconds)

    def _built(self) -> Server:
        if self._server is None:
            self._server = self._build()
        return self._server


def build_server(settings: EngineSettings) -> Server:
    """Return who answers. Raises ApplicationError if the embedded model is wanted and not installed."""
    use = settings.server.embedded
    model = None if use is EmbeddedUse.NEVER else find_embedded_model()
    remote = DeferredServer(lambda: _remote(settings))
    if model is not None:
        embedded = _embedded(model)
        return embedded if use is EmbeddedUse.ALWAYS else FallbackServer(remote, embedded)
    if use is EmbeddedUse.ALWAYS:
        raise ApplicationError("The embedded model is not installed.", "scripts/chat installs it, or see the README.")
    return remote


def _remote(settings: EngineSettings) -> Server:
    from actors.ollama_server import OllamaServer

    return OllamaServer(settings.server.url, settings.limits.time, settings.version)


def _embedded(model: Path) -> Server:
    from actors.embedded import EmbeddedServer

    return EmbeddedServer(model)

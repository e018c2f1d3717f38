"""A server's models for those who need no engine: no actor, and one thread."""

from contextlib import AbstractContextManager

from actors.cancel import CancelToken
from actors.model_store import WorkBody, store_of
from actors.servers import build_server
from protocol.models import ServerSurvey
from protocol.settings import EngineSettings
from protocol.store import ModelCard, StoreQuestion, StoreWork

_CLOSE_SECONDS = 5.0


class ModelShelf:
    """Talks to the server that `settings` name. Blocks; Ctrl-C is how it is stopped.

    Raises ApplicationError where the embedded model is wanted and not installed.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self._server = build_server(settings)
        self._store = store_of(self._server)
        self._cancel = CancelToken()

    def survey(self) -> ServerSurvey:
        """Look at the server, within a short time limit. A server that cannot be used is a result."""
        return self._server.survey(self._cancel)

    def ask(self, question: StoreQuestion) -> ModelCard | None:
        """Ask its store something. Raises ChinwagError."""
        return self._store.ask(question, self._cancel)

    def work(self, work: StoreWork, patience: float = 1.0) -> AbstractContextManager[WorkBody]:
        """Have its store do something that takes long. Entering and iterating raise ChinwagError."""
        return self._store.work(work, self._cancel, patience)

    def close(self) -> None:
        """Let go of everything."""
        self._server.close(_CLOSE_SECONDS)

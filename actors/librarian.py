"""The Librarian: knows what a server has. There is one for each server."""

from typing import Protocol, assert_never

from actors.actor import Actor
from actors.cancel import Cancelled, CancelToken
from actors.source import Catalogue
from actors.vitals import Vitals
from protocol.address import Address
from protocol.coordinator import NewsOfActors, ServerSurveyed
from protocol.errors import Failure
from protocol.identity import DEFAULT_SERVER, ServerName
from protocol.librarian import LibrarianMessage, RememberModel, SurveyServer
from protocol.models import ServerSurvey


class ModelMemory(Protocol):
    """Remembers the model used last, across runs."""

    def load(self) -> str | None:
        """The model of the last run, or None."""
        ...

    def save(self, name: str) -> None:
        """Remember `name`. A failure is logged: it must not stop a chat."""
        ...


class Librarian(Actor[LibrarianMessage]):
    """Asks the server short questions, one at a time, each within the survey's time limit.

    It may block on HTTP and on one small file; its CancelToken unblocks it at shutdown.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        memory: ModelMemory,
        coordinator: Address[ServerSurveyed],
        supervisor: Address[NewsOfActors],
        cancel: CancelToken,
        vitals: Vitals | None = None,
        name: ServerName = DEFAULT_SERVER,
    ) -> None:
        super().__init__(supervisor, vitals)
        self._catalogue = catalogue
        self._memory = memory
        self._coordinator = coordinator
        self._cancel = cancel
        self._server = ""
        self._server_name = name

    def act(self, message: LibrarianMessage) -> None:
        match message:
            case SurveyServer():
                self._survey()
            case RememberModel(name=name):
                self._memory.save(name)
            case _:
                assert_never(message)

    def looks_at(self) -> ServerName:
        return self._server_name

    def recover(self, message: LibrarianMessage, failure: Failure) -> None:
        """Say of a look that it found nothing, so that nobody waits for it. Another is taken when it is due."""
        if isinstance(message, SurveyServer):
            self._coordinator.tell(ServerSurveyed(ServerSurvey(self._server, failure=failure), None, self._server_name))

    def _survey(self) -> None:
        try:
            survey = self._catalogue.survey(self._cancel)
        except Cancelled:
            return
        self._server = survey.server
        self._coordinator.tell(ServerSurveyed(survey, self._memory.load(), self._server_name))

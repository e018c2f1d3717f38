"""A server, or the embedded model where no server is."""

import logging
from contextlib import AbstractContextManager

from actors.cancel import CancelToken
from actors.source import ChatBody, Server
from protocol.chat import ChatRequest
from protocol.errors import ServerUnreachable
from protocol.models import ServerSurvey

logger = logging.getLogger(__name__)


class FallbackServer:
    """Satisfies `actors.source.Server` with `first` if it can be reached at the first look, else with `second`.

    The choice is made once: a chat does not change who it talks to because a server restarts. Two threads that look
    at the same time see the same server, so it does not matter whose choice is kept.
    """

    def __init__(self, first: Server, second: Server) -> None:
        self._first = first
        self._second = second
        self._chosen: Server | None = None

    def open(self, request: ChatRequest, cancel: CancelToken) -> AbstractContextManager[ChatBody]:
        """See `ChatSource.open`. Looks first, if nobody has."""
        if self._chosen is None:
            self.survey(cancel)
        return (self._chosen or self._first).open(request, cancel)

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """See `Catalogue.survey`."""
        if self._chosen is not None:
            return self._chosen.survey(cancel)
        survey = self._first.survey(cancel)
        if survey.failure is None or survey.failure.kind != ServerUnreachable.__name__:
            self._chosen = self._first
            return survey
        logger.info("the embedded model answers: %s", survey.failure)
        self._chosen = self._second
        return self._second.survey(cancel)

    def close(self, seconds: float) -> bool:
        """See `Server.close`."""
        return all([self._first.close(seconds), self._second.close(seconds)])

"""What tests of actors are built from: servers that follow a script, and the lives and deaths of actors."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pykka

from actors.actor import stop
from actors.cancel import CancelToken
from actors.source import ChatBody
from protocol.chat import ChatRequest
from protocol.coordinator import ActorFailed
from protocol.errors import ActorDied
from protocol.identity import StreamId
from protocol.models import ServerSurvey
from protocol.ollama_chat import ollama_chat_decoder
from tests.support.addresses import PATIENCE

NONSENSE = "a message that no actor knows"


class ScriptedServer:
    """Satisfies `actors.source.Server`: every body is made of `pieces`, where an exception is raised in its turn.

    An exception as the first piece is raised by `open` itself, as by a server that cannot be reached.
    """

    def __init__(
        self, *pieces: bytes | Exception, survey: ServerSurvey | Exception | None = None, closes: bool = True
    ) -> None:
        self._pieces = pieces
        self.found = survey or ServerSurvey("scripted")
        self._closes = closes
        self.requests: list[ChatRequest] = []
        self.surveys = 0
        self.left = 0
        """How many bodies were given back."""
        self.closed_within: list[float] = []

    @contextmanager
    def open(self, request: ChatRequest, cancel: CancelToken) -> Iterator[ChatBody]:
        """See `ChatSource.open`."""
        self.requests.append(request)
        cancel.check()
        if self._pieces and isinstance(self._pieces[0], Exception):
            raise self._pieces[0]
        try:
            yield ChatBody(self._body(cancel), ollama_chat_decoder)
        finally:
            self.left += 1

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """See `Catalogue.survey`."""
        self.surveys += 1
        cancel.check()
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def close(self, seconds: float) -> bool:
        """See `Server.close`."""
        self.closed_within.append(seconds)
        return self._closes

    def _body(self, cancel: CancelToken) -> Iterator[bytes]:
        for piece in self._pieces:
            cancel.check()
            if isinstance(piece, Exception):
                raise piece
            yield piece


class DeafServer(ScriptedServer):
    """A server whose requests ignore their CancelToken, which the program must survive; `release` lets them end."""

    def __init__(self, survey: ServerSurvey | None = None, deaf_survey: bool = False) -> None:
        super().__init__(survey=survey)
        self._deaf_survey = deaf_survey
        self.entered, self._released = threading.Event(), threading.Event()

    @contextmanager
    def open(self, request: ChatRequest, cancel: CancelToken) -> Iterator[ChatBody]:
        """Never answer."""
        self._block()
        yield ChatBody(iter(()), ollama_chat_decoder)

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """Answer at once, or never."""
        if self._deaf_survey:
            self._block()
        return super().survey(CancelToken())

    def release(self) -> None:
        """Let every request end."""
        self._released.set()

    def _block(self) -> None:
        self.entered.set()
        assert self._released.wait(6 * PATIENCE)


@contextmanager
def alive(actor: pykka.ActorRef[Any]) -> Iterator[pykka.ActorRef[Any]]:
    """Stop the actor at the end of the block, if it lives so long."""
    try:
        yield actor
    finally:
        assert stop(actor, PATIENCE)


def death_of(actor: str, cause: str, stream: StreamId | None = None) -> ActorFailed:
    """What an actor says that dies of `cause`, an exception as `repr` shows it."""
    return ActorFailed(actor, ActorDied(f"The {actor} failed ({cause}).", "The log has the details.").failure, stream)


def death_by_nonsense(actor: str, stream: StreamId | None = None) -> ActorFailed:
    """What an actor says that was told NONSENSE."""
    return death_of(actor, repr(AssertionError(f"Expected code to be unreachable, but got: {NONSENSE!r}")), stream)

"""Where replies come from. A server over HTTP and the embedded model satisfy the same two interfaces."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from actors.cancel import CancelToken
from protocol.chat import ChatRequest
from protocol.models import ServerSurvey


class ChatSource(Protocol):
    """Answers chat requests."""

    def open(self, request: ChatRequest, cancel: CancelToken) -> AbstractContextManager[Iterator[bytes]]:
        """Send `request`; the iterator yields the body's bytes as they come, cut anywhere, in Ollama's NDJSON.

        Blocks while the server is silent, in the reading thread. Entering and iterating raise Cancelled soon after
        `cancel`, and the errors of `protocol.errors` for everything else that goes wrong.
        """
        ...


class Catalogue(Protocol):
    """Knows what a server has."""

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """Look at the server, within a short time limit. A server that cannot be used is a result, not an error.

        Raises Cancelled soon after `cancel`.
        """
        ...


class Server(ChatSource, Catalogue, Protocol):
    """One place that answers: an Ollama server, or the embedded model."""

    def close(self, seconds: float) -> bool:
        """Give back what it holds; False if that took longer than `seconds`. Nothing may be asked of it afterwards."""
        ...

"""Where replies come from. A server over HTTP and the embedded model satisfy the same two interfaces."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from actors.cancel import CancelToken
from protocol.chat import ChatRequest
from protocol.chat_decoder import ChatDecoder
from protocol.models import ServerSurvey


class ChatBody:
    """The bytes of one reply as they come, cut anywhere, and what reads them: only the source knows its dialect.

    `decoder` makes one, for lines of at most so many bytes. `conceal` takes out of a server's words what it has been
    told in secret.
    """

    def __init__(
        self,
        pieces: Iterator[bytes],
        decoder: Callable[[int], ChatDecoder],
        conceal: Callable[[str], str] = lambda words: words,
    ) -> None:
        self._pieces = pieces
        self.decoder = decoder
        self.conceal = conceal

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces


class ChatSource(Protocol):
    """Answers chat requests."""

    def open(self, request: ChatRequest, cancel: CancelToken) -> AbstractContextManager[ChatBody]:
        """Send `request`; iterating over the body yields its bytes.

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

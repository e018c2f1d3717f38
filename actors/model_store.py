"""Ollama's store of models over HTTP, on the exchange that `OllamaServer` has; and servers that have no store."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import monotonic
from typing import Protocol, assert_never, runtime_checkable

from actors.cancel import CancelToken
from actors.modelfile import read_modelfile
from actors.source import Server
from protocol.errors import ApplicationError
from protocol.limits import TimeLimits
from protocol.message import Value
from protocol.ollama_store import (
    COPY_PATH,
    CREATE_PATH,
    DELETE_PATH,
    LOAD_PATH,
    PULL_PATH,
    SHOW_PATH,
    UNLOAD_PATH,
    decode_show,
    decode_unloaded,
    encode_copy,
    encode_create,
    encode_delete,
    encode_load,
    encode_pull,
    encode_show,
    encode_unload,
)
from protocol.store import (
    AskDetails,
    CopyModel,
    CreateModel,
    DeleteModel,
    LoadModel,
    ModelCard,
    PullModel,
    StoreQuestion,
    StoreWork,
    UnloadModel,
)


class WorkBody:
    """What is said of a work as it comes: lines of JSON, cut anywhere. `conceal` takes out of a server's words what it
    has been told in secret."""

    def __init__(self, pieces: Iterator[bytes], conceal: Callable[[str], str] = lambda words: words) -> None:
        self._pieces = pieces
        self.conceal = conceal

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces


QUESTION_SECONDS = 30.0
"""To delete or copy, a server may have to look through its disk; to unload, it waits for a reply under way."""


@runtime_checkable
class ModelStore(Protocol):
    """Keeps models. A server that has none is no `ModelStore`."""

    def ask(self, question: StoreQuestion, cancel: CancelToken) -> ModelCard | None:
        """Ask something that is done within a time limit; what is known of a model where that was the question.

        Blocks. Raises Cancelled soon after `cancel`, and ChinwagError for what cannot be done.
        """
        ...

    def work(self, work: StoreWork, cancel: CancelToken, patience: float = 1.0) -> AbstractContextManager[WorkBody]:
        """Have something done that takes long; the body yields what is said of it.

        Blocks in the reading thread: entering and iterating raise as those of `ChatSource.open`. The silence that is
        borne is `patience` times as long as usual.
        """
        ...


class StoreRequest(Value, frozen=True):
    """One request to a store, as it goes over HTTP."""

    method: str
    path: str
    model: str
    """Which it is about."""
    body: bytes
    first_byte: float
    """Seconds until the headers must be there; `idle` is for every wait after them."""
    idle: float


Send = Callable[[StoreRequest, CancelToken], AbstractContextManager[WorkBody]]
"""Sends a request, and hands over the body of a good answer as it comes."""


class HttpStore:
    """Satisfies `ModelStore`. `send` is how its server is talked to."""

    def __init__(self, send: Send, limits: TimeLimits) -> None:
        self._send = send
        self._limits = limits

    def ask(self, question: StoreQuestion, cancel: CancelToken) -> ModelCard | None:
        """See `ModelStore.ask`."""
        match question:
            case AskDetails():
                return decode_show(
                    question.name, self._answer("POST", SHOW_PATH, question.name, encode_show(question), cancel)
                )
            case DeleteModel():
                self._answer("DELETE", DELETE_PATH, question.name, encode_delete(question), cancel)
            case CopyModel():
                self._answer("POST", COPY_PATH, question.source, encode_copy(question), cancel)
            case UnloadModel():
                decode_unloaded(self._answer("POST", UNLOAD_PATH, question.name, encode_unload(question), cancel))
            case _:
                assert_never(question)
        return None

    def work(self, work: StoreWork, cancel: CancelToken, patience: float = 1.0) -> AbstractContextManager[WorkBody]:
        """See `ModelStore.work`."""
        long = self._limits.first_byte
        idle = min(long, self._limits.idle * patience)
        match work:
            case PullModel():
                request = StoreRequest("POST", PULL_PATH, work.name, encode_pull(work), idle, idle)
            case LoadModel():
                request = StoreRequest("POST", LOAD_PATH, work.name, encode_load(work), long, idle)
            case CreateModel():
                body = encode_create(work, read_modelfile(work.file))
                request = StoreRequest("POST", CREATE_PATH, work.name, body, long, long)
            case _:
                assert_never(work)
        return self._send(request, cancel)

    def _answer(self, method: str, path: str, model: str, body: bytes, cancel: CancelToken) -> bytes:
        seconds = max(QUESTION_SECONDS, self._limits.survey)
        deadline = monotonic() + seconds
        with self._send(StoreRequest(method, path, model, body, seconds, seconds), cancel) as answer:
            return b"".join(_short(iter(answer), deadline))


class NoStore:
    """Satisfies `ModelStore` for servers that have none: they say so."""

    def ask(self, question: StoreQuestion, cancel: CancelToken) -> ModelCard | None:  # noqa: ARG002
        """Refuse."""
        raise _refusal()

    @contextmanager
    def work(
        self,
        work: StoreWork,  # noqa: ARG002
        cancel: CancelToken,  # noqa: ARG002
        patience: float = 1.0,  # noqa: ARG002
    ) -> Iterator[WorkBody]:
        """Refuse."""
        raise _refusal()
        yield WorkBody(iter(()))


def store_of(server: Server) -> ModelStore:
    """Return the store of a server, or one that refuses everything."""
    return server if isinstance(server, ModelStore) else NoStore()


def _refusal() -> ApplicationError:
    return ApplicationError(
        "This server does not manage models by requests.", "An Ollama server does: name one with --server or --host."
    )


def _short(pieces: Iterator[bytes], deadline: float) -> Iterator[bytes]:
    """Pass on what an honest answer may have, for as long as one may take: a server may drip for ever."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > _MOST_BYTES or monotonic() > deadline:
            raise ApplicationError("The server's answer is too long.", "Check that it is an Ollama server.")
        yield piece


_MOST_BYTES = 64 * 1024 * 1024

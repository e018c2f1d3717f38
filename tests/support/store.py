"""What tests of a store of models are built from: answers of pulls, and a store that follows a script."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from actors.cancel import CancelToken
from actors.model_store import WorkBody
from protocol.store import ModelCard, StoreQuestion, StoreWork
from tests.support.answers import head
from tests.support.wire import Answer, Send, SendChunk, Step

ONE, OTHER = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"


def line(**fields: object) -> bytes:
    """One line of what a store says while it works."""
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


def layer(digest: str, completed: object, total: object = 1000) -> bytes:
    """A line about a layer."""
    return line(status=f"pulling {digest[7:19]}", digest=digest, total=total, completed=completed)


SUCCESS = line(status="success")


def streamed(*parts: bytes | Step, ends: bool = True) -> Answer:
    """Stream lines, and do what else there is between them; then the end of the body."""
    steps = [SendChunk(part) if isinstance(part, bytes) else part for part in parts]
    return (Send(head(200, "application/x-ndjson")), *steps, *([SendChunk(b"")] if ends else []))


class ScriptedStore:
    """Satisfies `actors.model_store.ModelStore`: each work gets the next of these bodies, in which an exception is
    raised in its turn; each question the answer of its class."""

    def __init__(
        self,
        *bodies: Sequence[bytes | Exception],
        answers: Mapping[type[object], ModelCard | Exception | None] | None = None,
    ) -> None:
        self._bodies = iter(bodies)
        self._answers = answers or {}
        self.asked: list[StoreQuestion] = []
        self.works: list[tuple[StoreWork, float]] = []

    def ask(self, question: StoreQuestion, cancel: CancelToken) -> ModelCard | None:
        """See `ModelStore.ask`."""
        cancel.check()
        self.asked.append(question)
        answer = self._answers.get(type(question))
        if isinstance(answer, Exception):
            raise answer
        return answer

    @contextmanager
    def work(self, work: StoreWork, cancel: CancelToken, patience: float = 1.0) -> Iterator[WorkBody]:
        """See `ModelStore.work`."""
        cancel.check()
        self.works.append((work, patience))
        body = next(self._bodies)
        if body and isinstance(body[0], Exception):
            raise body[0]
        yield WorkBody(self._body(body, cancel))

    def _body(self, body: Sequence[bytes | Exception], cancel: CancelToken) -> Iterator[bytes]:
        for piece in body:
            cancel.check()
            if isinstance(piece, Exception):
                raise piece
            yield piece

"""Actors that fail in the middle of their work and are begun anew, as the plan says: at a message, or at a telling.

The addresses that an actor is handed, and its vitals, raise for it, inside its work; nothing of the actor is replaced.
A failure comes before a telling, never between a telling and what notes it, where nothing in the program can fail.
Not in it: a screen that refuses an event which the archive has heard already.

Found, and not mended: the disk fails, then the Archivist, and then the disk takes it again: a reply that was begun
before is on disk twice, once empty (88111). The Archivist fails after it has put a chat away, and before it says so:
the next prompt for it is answered, and not kept (4711).
"""

import sys
from collections.abc import Callable
from typing import Generic, TypeVar

from actors.cancel import CancelToken
from actors.colleagues import Readers
from actors.librarian import ModelMemory
from actors.source import Catalogue
from actors.vitals import Vitals
from protocol.address import Address
from protocol.identity import StreamId
from protocol.models import ServerSurvey
from protocol.stream_reader import OpenStream
from protocol.supervision import RestartPolicy
from tests.simulation.scheduler import Injected

M = TypeVar("M")


class Heart(Vitals):
    """The vitals of one actor, which fail on purpose. `note` hears of each failure; what else is raised kills.

    `before` and `after` hear what the actor acts on, `fails` at what it has failed.
    """

    def __init__(self, name: str, clock: Callable[[], float], note: Callable[[str, object], None]) -> None:
        super().__init__(RestartPolicy(), clock)
        self.before: Callable[[object], None] = _ignore
        self.after: Callable[[object], None] = _ignore
        self.fails: Callable[[object], None] = _ignore
        self.told = 0
        """So often it has told somebody something."""
        self._name = name
        self._note = note
        self._messages: list[object] = []
        self._times = 0
        self._every = 0
        self._tellings = 0
        self._until = 0
        self._left: int | None = None
        """So many tellings are left until it fails; None while it is well."""

    def plan(self, every: int, tellings: int, times: int) -> None:
        """Fail so many times: each time after so many messages, and as many tellings from there on."""
        self._every, self._tellings, self._times = every, tellings, times
        self._until = every

    def begin(self, message: object) -> None:
        super().begin(message)
        self._messages.append(message)
        self.before(message)
        if not self._times or self._left is not None:
            return
        self._until -= 1
        if self._until <= 0:
            self._left = self._tellings
            if not self._left:
                self._fail()

    def rest(self) -> None:
        super().rest()
        if self._messages:
            self.after(self._messages.pop())

    def beat(self) -> None:
        """It is about to tell somebody something, or to ask."""
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                self._fail()

    def may_restart(self) -> bool:
        """What was not raised on purpose is what the simulation looks for: nobody survives that here."""
        if not isinstance(sys.exc_info()[1], Injected) or not super().may_restart():
            return False
        if self._messages:
            self.fails(self._messages[-1])
        return True

    def _fail(self) -> None:
        self._left = None
        self._times -= 1
        self._until = self._every
        self._note(self._name, "fails")
        raise Injected(f"the {self._name} was to fail")


class Frail(Generic[M]):
    """An `Address` as an actor has it who may fail at telling."""

    def __init__(self, heart: Heart, to: Address[M]) -> None:
        self._heart = heart
        self._to = to

    def tell(self, message: M, /) -> None:
        """Fail, or pass it on."""
        self._heart.beat()
        self._to.tell(message)
        self._heart.told += 1


class FrailReaders:
    """The readers, likewise."""

    def __init__(self, heart: Heart, readers: Readers) -> None:
        self._heart = heart
        self._readers = readers

    def open(self, message: OpenStream) -> None:
        """Fail, or start one."""
        self._heart.beat()
        self._readers.open(message)

    def close(self, stream: StreamId) -> None:
        """Fail, or stop one."""
        self._heart.beat()
        self._readers.close(stream)


class FrailLibrary:
    """The catalogue and the memory, likewise."""

    def __init__(self, heart: Heart, catalogue: Catalogue, memory: ModelMemory) -> None:
        self._heart = heart
        self._catalogue = catalogue
        self._memory = memory

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """Fail, or look."""
        self._heart.beat()
        return self._catalogue.survey(cancel)

    def load(self) -> str | None:
        """Fail, or load."""
        self._heart.beat()
        return self._memory.load()

    def save(self, name: str) -> None:
        """Fail, or save."""
        self._heart.beat()
        self._memory.save(name)


def _ignore(message: object) -> None:
    """Nobody listens."""

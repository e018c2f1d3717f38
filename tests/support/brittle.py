"""An actor that fails where a test wants it to: before its work at a message, or at the first thing it tells there."""

import threading
from enum import StrEnum
from typing import Generic, TypeVar

from actors.vitals import Vitals
from protocol.address import Address
from protocol.identity import StreamId
from protocol.stream_reader import OpenStream
from protocol.supervision import RestartPolicy
from tests.support.coordinating import ReaderClosed

M = TypeVar("M")


class Where(StrEnum):
    """At which point of a message the actor fails."""

    BEGIN = "begin"
    TELLING = "telling"


class Brittle(Vitals):
    """The vitals of one actor, which raise what they are armed with, once, in the thread that is at work."""

    def __init__(self, policy: RestartPolicy | None = None) -> None:
        super().__init__(policy or RestartPolicy())
        self.left: BaseException | None = None
        """What is still to be raised."""
        self._where = Where.BEGIN
        self._thread: int | None = None

    def arm(self, error: BaseException, where: Where) -> None:
        """Fail at the next message."""
        self.left, self._where = error, where

    def begin(self, message: object) -> None:
        """Fail, or begin."""
        super().begin(message)
        self._thread = threading.get_ident()
        self._fail_at(Where.BEGIN)

    def rest(self) -> None:
        """What was not met in this message is not to be met in a later one."""
        if self.busy is not None:
            self.left = None
        super().rest()

    def beat(self) -> None:
        """It is about to tell somebody something, or to ask."""
        if self._thread == threading.get_ident():
            self._fail_at(Where.TELLING)

    def _fail_at(self, where: Where) -> None:
        error = self.left
        if error is not None and where is self._where:
            self.left = None
            raise error


class BrittleAddress(Generic[M]):
    """An `Address` as an actor has it who may fail at telling."""

    def __init__(self, vitals: Brittle, to: Address[M]) -> None:
        self._vitals = vitals
        self._to = to

    def tell(self, message: M, /) -> None:
        """Fail, or pass it on."""
        self._vitals.beat()
        self._to.tell(message)


class BrittleReaders:
    """Readers, likewise; what becomes of them is told."""

    def __init__(self, vitals: Brittle, journal: Address[object]) -> None:
        self._to = BrittleAddress(vitals, journal)

    def open(self, message: OpenStream) -> None:
        """See `Readers.open`."""
        self._to.tell(message)

    def close(self, stream: StreamId) -> None:
        """See `Readers.close`."""
        self._to.tell(ReaderClosed(stream))

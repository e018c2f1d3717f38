"""Lasting addresses, behind which an actor can be put in place of another."""

import logging
from collections.abc import Iterable
from typing import Generic, TypeVar

from pykka import ActorDeadError

from actors.tracer import Tracer
from protocol.accumulator import AccumulatorMessage
from protocol.address import Address
from protocol.archivist import ArchivistMessage
from protocol.coordinator import CoordinatorMessage
from protocol.identity import ServerName
from protocol.input_handler import InputHandlerMessage
from protocol.librarian import LibrarianMessage
from protocol.timekeeper import TimekeeperMessage

M = TypeVar("M")
logger = logging.getLogger(__name__)


class Port(Generic[M]):
    """An `Address` that exists before its actor does, and outlives it. What reaches nobody is counted, not raised:
    telling a dead actor must not kill the teller. A tracer, if there is one, writes down what comes."""

    def __init__(self, name: str, tracer: Tracer | None = None) -> None:
        self.name = name
        self._tracer = tracer
        self.dead_letters = 0
        self._target: Address[M] | None = None

    def connect(self, target: Address[M]) -> None:
        """Lead messages to `target` from now on."""
        self._target = target if self._tracer is None else self._tracer.watch(self.name, target)

    def tell(self, message: M, /) -> None:
        """Put `message` into the mailbox of whoever is connected. Any thread; never raises, never blocks."""
        try:
            if self._target is not None:
                self._target.tell(message)
                return
        except ActorDeadError:
            pass
        self.dead_letters += 1
        logger.debug("%s is not there to take %s", self.name, type(message).__name__)


class Ports:
    """One for each actor that lives as long as the run."""

    def __init__(self, tracer: Tracer | None = None, others: Iterable[ServerName] = ()) -> None:
        self.coordinator = Port[CoordinatorMessage]("Coordinator", tracer)
        self.accumulator = Port[AccumulatorMessage]("Accumulator", tracer)
        self.librarian = Port[LibrarianMessage]("Librarian", tracer)
        self.librarians = {name: Port[LibrarianMessage](f"Librarian {name}", tracer) for name in others}
        """Of the servers beside the default one."""
        self.archivist = Port[ArchivistMessage]("Archivist", tracer)
        self.input_handler = Port[InputHandlerMessage]("InputHandler", tracer)
        self.timekeeper = Port[TimekeeperMessage]("Timekeeper", tracer)

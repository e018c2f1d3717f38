"""The errands that are under way, and how each is stopped."""

import logging
from typing import Protocol

import pykka

from actors.attaching_source import BytesOf
from actors.cancel import CancelToken
from actors.errander import Errander, failed
from actors.under_way import UnderWay
from protocol.address import Address
from protocol.coordinator import NewsOfActors
from protocol.errands import Errand, ErrandNews
from protocol.limits import ResourceLimits

logger = logging.getLogger(__name__)

MOST = 32
"""Errands at the same time; a disk that does not answer must not take all threads there are."""
_TOO_MANY = "Too much is waited for from the disk already. Try again in a moment."


class Errands(Protocol):
    """Starts and stops errands. Called in the InputHandler's thread only."""

    def start(self, errand: Errand) -> None:
        """Have something done; the answer is told when it is."""
        ...

    def cancel(self, number: int) -> None:
        """Have an errand stopped; nothing if there is none."""
        ...


class ErrandPool:
    """Satisfies `Errands`. One thread at a time: the InputHandler's, and the system's after it."""

    def __init__(
        self,
        client: Address[ErrandNews],
        supervisor: Address[NewsOfActors],
        limits: ResourceLimits,
        bytes_of: BytesOf,
    ) -> None:
        self._client = client
        self._supervisor = supervisor
        self._limits = limits
        self._bytes_of = bytes_of
        self._under_way = UnderWay[int]()

    def start(self, errand: Errand) -> None:
        """See `Errands`. Where no thread is to be had, that is the answer."""
        if self._under_way.alive() >= MOST:
            self._client.tell(failed(errand, _TOO_MANY))
            return
        try:
            self._under_way.begin(errand.number, self._started, errand)
        except RuntimeError as error:
            logger.exception("no thread for an errand")
            self._client.tell(failed(errand, f"No thread could be started ({error}). Close other programs."))

    def _started(self, cancel: CancelToken) -> pykka.ActorRef[Errander]:
        return Errander.start(self._client, self._supervisor, cancel, self._limits, self._bytes_of)

    def cancel(self, number: int) -> None:
        """See `Errands`."""
        self._under_way.close(number)

    def stop_all(self, seconds: float) -> bool:
        """Cancel every errand and wait until all are gone; False if some were not after `seconds`."""
        return self._under_way.stop_all(seconds)

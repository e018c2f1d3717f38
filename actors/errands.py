"""The errands that are under way, and how each is stopped."""

import logging
from time import monotonic
from typing import NamedTuple, Protocol

import pykka

from actors.actor import stop
from actors.attaching_source import BytesOf
from actors.cancel import CancelToken
from actors.errander import Errander, failed
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


class _UnderWay(NamedTuple):
    ref: pykka.ActorRef[Errander]
    cancel: CancelToken


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
        self._under_way: dict[int, _UnderWay] = {}

    def start(self, errand: Errand) -> None:
        """See `Errands`. Where no thread is to be had, that is the answer."""
        self._under_way = {number: one for number, one in self._under_way.items() if one.ref.is_alive()}
        if len(self._under_way) >= MOST:
            self._client.tell(failed(errand, _TOO_MANY))
            return
        cancel = CancelToken()
        try:
            ref = Errander.start(self._client, self._supervisor, cancel, self._limits, self._bytes_of)
        except RuntimeError as error:
            logger.exception("no thread for an errand")
            self._client.tell(failed(errand, f"No thread could be started ({error}). Close other programs."))
            return
        self._under_way[errand.number] = _UnderWay(ref, cancel)
        ref.tell(errand)

    def cancel(self, number: int) -> None:
        """See `Errands`."""
        found = self._under_way.get(number)
        if found is not None:
            found.cancel.cancel()

    def stop_all(self, seconds: float) -> bool:
        """Cancel every errand and wait until all are gone; False if some were not after `seconds`."""
        deadline = monotonic() + seconds
        for one in self._under_way.values():
            one.cancel.cancel()
        late = [one for one in self._under_way.values() if not stop(one.ref, max(0.0, deadline - monotonic()))]
        return not late

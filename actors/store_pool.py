"""The StoreReaders that are at work, and how each is stopped."""

import logging
from collections.abc import Mapping
from time import monotonic
from typing import NamedTuple

import pykka

from actors.actor import stop
from actors.cancel import CancelToken
from actors.model_store import ModelStore
from actors.store_reader import StoreReader
from protocol.address import Address
from protocol.coordinator import CoordinatorMessage
from protocol.errors import ApplicationError
from protocol.identity import ServerName
from protocol.model_work import WorkBroken
from protocol.store import JobId
from protocol.store_reader import StartWork

logger = logging.getLogger(__name__)

_NO_OTHERS: Mapping[ServerName, ModelStore] = {}


class _Running(NamedTuple):
    ref: pykka.ActorRef[StoreReader]
    cancel: CancelToken


class StorePool:
    """Satisfies `actors.colleagues.StoreReaders`. One thread at a time: the Coordinator's, the system's after it.

    Work at none of the `others` is for the default store.
    """

    def __init__(
        self,
        store: ModelStore,
        coordinator: Address[CoordinatorMessage],
        others: Mapping[ServerName, ModelStore] = _NO_OTHERS,
    ) -> None:
        self._store = store
        self._others = others
        self._coordinator = coordinator
        self._open: dict[JobId, _Running] = {}
        self._ending: list[pykka.ActorRef[StoreReader]] = []

    def open(self, message: StartWork) -> None:
        """Start a reader. A system that has no thread left breaks the work, not the caller."""
        self.close(message.job)
        cancel = CancelToken()
        try:
            store = self._others.get(message.server, self._store)
            ref = StoreReader.start(store, self._coordinator, self._coordinator, cancel)
        except RuntimeError as error:
            logger.exception("no reader for %s", message.job)
            failure = ApplicationError(f"No reader could be started ({error}).", "Close other programs.").failure
            self._coordinator.tell(WorkBroken(message.job, message.attempt, message.progress, failure))
            return
        self._open[message.job] = _Running(ref, cancel)
        ref.tell(message)

    def close(self, job: JobId) -> None:
        """Cancel a reader, wherever it is; it ends by itself within milliseconds."""
        running = self._open.pop(job, None)
        self._ending = [ref for ref in self._ending if ref.is_alive()]
        if running is not None:
            running.cancel.cancel()
            self._ending.append(running.ref)

    @property
    def under_way(self) -> int:
        """How many readers are at work. Any thread."""
        return len(self._open)

    def stop_all(self, seconds: float) -> bool:
        """Cancel every reader and wait until all are gone; False if some were not after `seconds`."""
        for job in tuple(self._open):
            self.close(job)
        deadline = monotonic() + seconds
        late = [ref for ref in self._ending if not stop(ref, max(0.0, deadline - monotonic()))]
        return not late

"""The StoreReaders that are at work, and how each is stopped."""

import logging
from collections.abc import Mapping

import pykka

from actors.cancel import CancelToken
from actors.model_store import ModelStore
from actors.store_reader import StoreReader
from actors.under_way import UnderWay
from protocol.address import Address
from protocol.coordinator import CoordinatorMessage
from protocol.errors import ApplicationError
from protocol.identity import ServerName
from protocol.model_work import WorkBroken
from protocol.store import JobId
from protocol.store_reader import StartWork

logger = logging.getLogger(__name__)

_NO_OTHERS: Mapping[ServerName, ModelStore] = {}


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
        self._readers = UnderWay[JobId]()

    def open(self, message: StartWork) -> None:
        """Start a reader. A system that has no thread left breaks the work, not the caller."""
        try:
            self._readers.begin(message.job, lambda cancel: self._started(message.server, cancel), message)
        except RuntimeError as error:
            logger.exception("no reader for %s", message.job)
            failure = ApplicationError(f"No reader could be started ({error}).", "Close other programs.").failure
            self._coordinator.tell(WorkBroken(message.job, message.attempt, message.progress, failure))

    def _started(self, server: ServerName, cancel: CancelToken) -> pykka.ActorRef[StoreReader]:
        store = self._others.get(server, self._store)
        return StoreReader.start(store, self._coordinator, self._coordinator, cancel)

    def close(self, job: JobId) -> None:
        """Cancel a reader, wherever it is; it ends by itself within milliseconds."""
        self._readers.close(job)

    def stop_all(self, seconds: float) -> bool:
        """Cancel every reader and wait until all are gone; False if some were not after `seconds`."""
        return self._readers.stop_all(seconds)

"""The StoreReader: one actor for one attempt at a pull, or another work that takes a store long."""

import logging
from collections.abc import Callable
from time import monotonic

from actors.actor import Actor
from actors.cancel import Cancelled, CancelToken
from actors.model_store import ModelStore
from protocol.address import Address
from protocol.coordinator import NewsOfActors
from protocol.errors import ActorDied, ChinwagError
from protocol.model_work import ModelMessage, WorkBroken, WorkFinished, WorkProgressed
from protocol.progress import Progress
from protocol.store_reader import StartWork, StoreReaderMessage
from protocol.work_lines import work_lines

logger = logging.getLogger(__name__)

TOLD_EVERY = 0.25
"""Seconds between two words on how far it is: what comes meanwhile goes into the next, so that nothing piles up."""


class StoreReader(Actor[StoreReaderMessage]):
    """Reads one body to its end and tells the Coordinator; then it is gone.

    It blocks in its socket only, and the CancelToken unblocks it there. A cancelled reader tells nothing further.
    `clock` tells seconds that never go back.
    """

    def __init__(
        self,
        store: ModelStore,
        coordinator: Address[ModelMessage],
        supervisor: Address[NewsOfActors],
        cancel: CancelToken,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(supervisor)
        self._store = store
        self._coordinator = coordinator
        self._cancel = cancel
        self._clock = clock
        self._progress = Progress()
        self._told = Progress()
        self._told_at: float | None = None

    def act(self, message: StoreReaderMessage) -> None:
        self._progress = self._told = message.progress
        try:
            self._read(message)
        except Cancelled:
            logger.debug("%s was stopped", message.job)
        except ChinwagError as error:
            logger.info("%s broke: %s", message.job, error)
            self._end(WorkBroken(message.job, message.attempt, self._progress, error.failure))
        except BaseException as error:  # whatever it is, the work is over, and someone waits for it
            logger.exception("%s failed", message.job)
            died = ActorDied(f"The StoreReader failed ({error!r}).", "The log has the details.")
            self._end(WorkBroken(message.job, message.attempt, self._progress, died.failure))
        else:
            self._end(WorkFinished(message.job, message.attempt, self._progress))
        self.stop()

    def _read(self, message: StartWork) -> None:
        with self._store.work(message.work, self._cancel, message.patience) as body:
            for lines in work_lines(body, message.work.name, body.conceal):
                for line in lines:
                    self._progress = self._progress.after(line)
                if not (lines and lines[-1].done):
                    self._tell(message)

    def _tell(self, message: StartWork) -> None:
        now = self._clock()
        if self._progress == self._told or (self._told_at is not None and now < self._told_at + TOLD_EVERY):
            return
        self._told, self._told_at = self._progress, now
        self._coordinator.tell(WorkProgressed(message.job, message.attempt, self._progress))

    def _end(self, message: WorkFinished | WorkBroken) -> None:
        if not self._cancel.cancelled:
            self._coordinator.tell(message)

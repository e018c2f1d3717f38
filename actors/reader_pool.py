"""The readers that are at work, and how each is stopped."""

import logging
from time import monotonic
from typing import NamedTuple

import pykka

from actors.actor import stop
from actors.cancel import CancelToken
from actors.credit import Credit
from actors.source import ChatSource
from actors.stream_reader import StreamReader
from protocol.accumulator import AccumulatorMessage, StreamBroken
from protocol.address import Address
from protocol.coordinator import NewsOfActors
from protocol.errors import ApplicationError
from protocol.identity import StreamId
from protocol.limits import ResourceLimits
from protocol.stream_reader import OpenStream

logger = logging.getLogger(__name__)


class _Running(NamedTuple):
    ref: pykka.ActorRef[StreamReader]
    cancel: CancelToken


class ReaderPool:
    """Satisfies `actors.colleagues.Readers`. One thread at a time: the Coordinator's, and the system's after it."""

    def __init__(
        self,
        source: ChatSource,
        accumulator: Address[AccumulatorMessage],
        supervisor: Address[NewsOfActors],
        credit: Credit,
        limits: ResourceLimits,
    ) -> None:
        self._source = source
        self._accumulator = accumulator
        self._supervisor = supervisor
        self._credit = credit
        self._limits = limits
        self._open: dict[StreamId, _Running] = {}
        self._ending: list[pykka.ActorRef[StreamReader]] = []

    def open(self, message: OpenStream) -> None:
        """Start a reader. A system that has no thread left breaks the stream, not the caller."""
        cancel = CancelToken()
        try:
            ref = StreamReader.start(
                message.stream, self._source, self._accumulator, self._supervisor, self._credit, cancel, self._limits
            )
        except RuntimeError as error:
            logger.exception("no reader for %s", message.stream)
            failure = ApplicationError(
                f"No reader could be started ({error}).", "Close other programs, then send again."
            )
            self._accumulator.tell(StreamBroken(message.stream, failure.failure))
            return
        self._open[message.stream] = _Running(ref, cancel)
        ref.tell(message)

    def close(self, stream: StreamId) -> None:
        """Cancel a reader, wherever it is; it ends by itself within milliseconds."""
        running = self._open.pop(stream, None)
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
        for stream in tuple(self._open):
            self.close(stream)
        deadline = monotonic() + seconds
        late = [ref for ref in self._ending if not stop(ref, max(0.0, deadline - monotonic()))]
        return not late

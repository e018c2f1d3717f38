"""The readers that are at work, and how each is stopped."""

import logging

import pykka

from actors.cancel import CancelToken
from actors.credit import Credit
from actors.source import ChatSource
from actors.stream_reader import StreamReader
from actors.under_way import UnderWay
from protocol.accumulator import AccumulatorMessage, StreamBroken
from protocol.address import Address
from protocol.coordinator import NewsOfActors
from protocol.errors import ApplicationError
from protocol.identity import StreamId
from protocol.limits import ResourceLimits
from protocol.stream_reader import OpenStream

logger = logging.getLogger(__name__)


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
        self._readers = UnderWay[StreamId]()

    def open(self, message: OpenStream) -> None:
        """Start a reader. A system that has no thread left breaks the stream, not the caller."""
        try:
            self._readers.begin(message.stream, lambda cancel: self._started(message.stream, cancel), message)
        except RuntimeError as error:
            logger.exception("no reader for %s", message.stream)
            failure = ApplicationError(
                f"No reader could be started ({error}).", "Close other programs, then send again."
            )
            self._accumulator.tell(StreamBroken(message.stream, failure.failure))

    def _started(self, stream: StreamId, cancel: CancelToken) -> pykka.ActorRef[StreamReader]:
        to = self._accumulator, self._supervisor
        return StreamReader.start(stream, self._source, *to, self._credit, cancel, self._limits)

    def close(self, stream: StreamId) -> None:
        """Cancel a reader, wherever it is; it ends by itself within milliseconds."""
        self._readers.close(stream)

    @property
    def under_way(self) -> int:
        """How many readers are at work. Any thread."""
        return self._readers.count

    def stop_all(self, seconds: float) -> bool:
        """Cancel every reader and wait until all are gone; False if some were not after `seconds`."""
        return self._readers.stop_all(seconds)

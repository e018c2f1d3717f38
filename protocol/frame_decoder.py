"""What decoders of streams have in common: a fault comes after the good frames before it, and then for ever."""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from protocol.errors import ChinwagError

F = TypeVar("F")


class FrameDecoder(ABC, Generic[F]):
    """Makes frames of the bytes of a stream, cut anywhere."""

    def __init__(self) -> None:
        self._fault: ChinwagError | None = None

    def feed(self, data: bytes) -> list[F]:
        """Take the next bytes and return the frames they complete, up to the first fault.

        Raises LineTooLong and what decoding raises; where good frames came before the fault, they are returned, and
        `raise_fault`, like every later call, raises it. So no frame is lost, however the bytes were cut.
        """
        self.raise_fault()
        frames: list[F] = []
        try:
            self._feed(data, frames)
        except ChinwagError as fault:
            self._fault = fault
            if not frames:
                raise
        return frames

    def raise_fault(self) -> None:
        """Raise the fault that was met, if one was: what comes after it cannot be trusted."""
        if self._fault is not None:
            raise self._fault

    @abstractmethod
    def flush(self) -> list[F]:
        """Return the frames of what the end of the body cut off. Raises like `feed`."""

    @abstractmethod
    def _feed(self, data: bytes, frames: list[F]) -> None:
        """Take the next bytes and append the frames they complete."""

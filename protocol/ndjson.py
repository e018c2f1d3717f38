"""Newline-delimited JSON: from bytes, cut anywhere, to frames."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from protocol.errors import ChinwagError, LineTooLong

F = TypeVar("F")
_BLANK = b" \t\r"


class NdjsonDecoder(Generic[F]):
    """Splits a byte stream into lines and decodes each.

    Lines end at `\\n` only: U+2028, U+0085 and lone `\\r` are text, and splitting as text would break it there.
    """

    def __init__(self, decode_line: Callable[[bytes], Iterable[F]], max_line_bytes: int) -> None:
        self._decode_line = decode_line
        self._max_line_bytes = max_line_bytes
        self._pending = bytearray()
        self._fault: ChinwagError | None = None

    def feed(self, data: bytes) -> list[F]:
        """Take the next bytes and return the frames they complete, up to the first fault.

        Raises LineTooLong and what `decode_line` raises; where good frames came before the fault, they are returned,
        and `raise_fault`, like every later call, raises it. So no frame is lost, however the bytes were cut.
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

    def flush(self) -> list[F]:
        """Return the frames of a last line without a newline, as in a non-streamed answer. Raises like `feed`."""
        return self.feed(b"\n")

    def raise_fault(self) -> None:
        """Raise the fault that was met, if one was: what comes after it cannot be trusted."""
        if self._fault is not None:
            raise self._fault

    def _feed(self, data: bytes, frames: list[F]) -> None:
        *complete, rest = data.split(b"\n")
        for piece in complete:
            frames.extend(self._line(self._join(piece)))
        self._pending += rest
        self._check(self._pending)

    def _join(self, piece: bytes) -> bytes:
        if not self._pending:
            return piece
        line = bytes(self._pending) + piece
        self._pending.clear()
        return line

    def _line(self, line: bytes) -> Iterable[F]:
        self._check(line)
        return self._decode_line(line) if line.strip(_BLANK) else ()

    def _check(self, line: bytes | bytearray) -> None:
        if len(line) > self._max_line_bytes:
            raise LineTooLong(
                f"The server sent a line of more than {self._max_line_bytes:,} bytes.",
                "Check that the address is that of an Ollama server.",
                offending=line,
            )

"""Newline-delimited JSON: from bytes, cut anywhere, to frames."""

from collections.abc import Callable, Iterable

from protocol.errors import LineTooLong
from protocol.frame_decoder import F, FrameDecoder

_BLANK = b" \t\r"


class NdjsonDecoder(FrameDecoder[F]):
    """Splits a byte stream into lines and decodes each.

    Lines end at `\\n` only: U+2028, U+0085 and lone `\\r` are text, and splitting as text would break it there.
    """

    def __init__(self, decode_line: Callable[[bytes], Iterable[F]], max_line_bytes: int) -> None:
        super().__init__()
        self._decode_line = decode_line
        self._max_line_bytes = max_line_bytes
        self._pending = bytearray()

    def flush(self) -> list[F]:
        """Return the frames of a last line without a newline, as in a non-streamed answer. Raises like `feed`."""
        return self.feed(b"\n")

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

"""Server-sent events: from bytes, cut anywhere, to frames (HTML Living Standard, 9.2.6)."""

from collections.abc import Callable, Iterable

from protocol.errors import LineTooLong
from protocol.frame_decoder import F, FrameDecoder

_BOM = b"\xef\xbb\xbf"
_DATA = b"data:"
_EVENT = b"event"


class SseDecoder(FrameDecoder[F]):
    """Splits a byte stream into events and decodes the data of each.

    `decode_event` is given the event's name, empty where it has none, and its data. Lines end at `\\n`, `\\r\\n` or
    `\\r`; several `data` lines are one datum; comments and other fields are passed over. Two habits are borne with:
    data that the end of the body cut off from its empty line, and a bare JSON object in a line of its own, which some
    servers send when they fail.
    """

    def __init__(self, decode_event: Callable[[bytes, bytes], Iterable[F]], max_line_bytes: int) -> None:
        super().__init__()
        self._decode_event = decode_event
        self._max_line_bytes = max_line_bytes
        self._pending = bytearray()
        """The line under way."""
        self._begun = False
        self._after_return = False
        self._name = b""
        self._data: list[bytes] = []
        self._size = 0
        """Bytes of data in the event under way."""
        self.events = 0
        """How many events came. Comments are none."""

    def flush(self) -> list[F]:
        """Return the frames of a last event that no empty line ended. Raises like `feed`."""
        return self.feed(b"\n\n")

    def _feed(self, data: bytes, frames: list[F]) -> None:
        first, *rest = self._one_ending(data).split(b"\n")
        self._pending += first
        if rest:
            lines = [bytes(self._pending), *rest]
            self._pending = bytearray(lines.pop())
            for line in lines:
                self._line(line, frames)
        self._check(len(self._pending))

    def _one_ending(self, data: bytes) -> bytes:
        """End every line by a line feed, whatever ended it; a `\\r` at the end may be half of an end."""
        if not self._begun:
            data = self._without_mark(data)
        if self._after_return and data:
            data, self._after_return = data.removeprefix(b"\n"), False
        if b"\r" in data:
            self._after_return = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return data

    def _without_mark(self, data: bytes) -> bytes:
        """A stream may begin with a byte order mark, which belongs to nothing."""
        data = bytes(self._pending) + data
        self._pending.clear()
        if _BOM.startswith(data):
            self._pending += data
            return b""
        self._begun = True
        return data.removeprefix(_BOM)

    def _line(self, line: bytes, frames: list[F]) -> None:
        if line.startswith(_DATA):
            self._take(line[5:])
        elif not line:
            self._dispatch(frames)
        else:
            self._other(line, frames)

    def _other(self, line: bytes, frames: list[F]) -> None:
        field, _, value = line.partition(b":")
        if field == _EVENT:
            self._name = value.removeprefix(b" ")
        elif field == _DATA[:-1]:
            self._take(b"")
        elif line.startswith(b"{"):
            self._take(line)
            self._dispatch(frames)

    def _take(self, value: bytes) -> None:
        self._size += len(value) + 1  # with the line feed that joins it to the others
        self._check(self._size)
        self._data.append(value[1:] if value.startswith(b" ") else value)

    def _dispatch(self, frames: list[F]) -> None:
        data, name = self._data, self._name
        self._data, self._name, self._size = [], b"", 0
        if data:
            self.events += 1
            frames.extend(self._decode_event(name, data[0] if len(data) == 1 else b"\n".join(data)))

    def _check(self, size: int) -> None:
        if size > self._max_line_bytes:
            raise LineTooLong(
                f"The server sent an event of more than {self._max_line_bytes:,} bytes.",
                "Check that the address is that of a server that speaks as OpenAI's does.",
                offending=b"".join(self._data) or self._pending,
            )

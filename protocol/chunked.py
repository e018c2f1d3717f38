"""The chunked transfer coding of HTTP/1.1 (RFC 9112, section 7.1): from bytes, cut anywhere, to the body."""

import re

_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(;.*)?\r?\Z", re.DOTALL)
_LONGEST_LINE = 65_536
_LINE_END = 2


class ChunkedDecoder:
    """Takes a body apart. Extensions of chunks, and trailers, are passed over."""

    def __init__(self) -> None:
        self.finished = False
        """The last chunk, and what follows it, has come."""
        self.ends = False
        """The last chunk has come: a server that closes the connection now has said all."""
        self.broken = False
        """Something came that is no chunk. What came before it is sound."""
        self._left = 0
        """Bytes of the present chunk that are to come."""
        self._skip = 0
        """Bytes that are to come between it and the next."""
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes and return what of the body is in them."""
        data = self._rest + data if self._rest else data
        pieces: list[bytes] = []
        at = 0
        while at < len(data) and not self.finished and not self.broken:
            begin = at + min(self._skip, len(data) - at)
            self._skip -= begin - at
            at = begin + min(self._left, len(data) - begin)
            if at > begin:
                pieces.append(data[begin:at])
                self._left -= at - begin
                self._skip = 0 if self._left else _LINE_END
                continue
            end = data.find(b"\n", at)
            if end < 0:
                self.broken = len(data) - at > _LONGEST_LINE
                break
            self._take_line(data[at:end])
            at = end + 1
        self._rest = data[at:]
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _take_line(self, line: bytes) -> None:
        """Take the head of a chunk, or a line of the trailer."""
        if self.ends:
            self.finished = not line.strip(b"\r")
            return
        size = _SIZE.match(line)
        if size is None:
            self.broken = True
            return
        self._left = int(size[1], 16)
        self.ends = not self._left

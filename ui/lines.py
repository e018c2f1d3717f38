"""What is typed or piped in, by lines, becomes texts to be sent."""

_BLOCK = '"""'
_GOES_ON = "\\"


class LineSplitter:
    """Cuts bytes into texts: a line is one; a line that ends in a backslash goes on in the next; what stands between
    three quotation marks is one with all its lines. Empty lines are texts too.

    Bytes that are not UTF-8 become replacement characters. Of a text over `max_bytes` only a little more than that is
    kept: it will be refused. Plain data; it knows of no descriptor.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._line = bytearray()
        self._lines: list[str] = []
        self._size = 0
        self._quoted = False

    @property
    def begun(self) -> bool:
        """True while a text of several lines has begun and not ended."""
        return bool(self._lines) or self._quoted

    def feed(self, data: bytes) -> list[str]:
        """Take the next bytes, and return the texts that are complete with them."""
        *ends, rest = data.split(b"\n")
        texts: list[str] = []
        for end in ends:
            self._keep(end)
            texts += self._end_line()
        self._keep(rest)
        return texts

    def finish(self) -> list[str]:
        """Nothing more comes: return what has begun, if there is anything."""
        texts = self._end_line() if self._line else []
        return [*texts, *self._end_text()] if self.begun else texts

    def drop(self) -> None:
        """Forget what has begun."""
        self._line.clear()
        self._end_text()

    def _keep(self, data: bytes) -> None:
        self._line += data[: max(0, self._max_bytes + 1 - len(self._line))]

    def _end_line(self) -> list[str]:
        line = bytes(self._line).decode(errors="replace").removesuffix("\r")
        self._line.clear()
        if not self._quoted and not self._lines and line.startswith(_BLOCK):
            self._quoted, line = True, line.removeprefix(_BLOCK)
            if not line:
                return []
        if self._quoted:
            return self._end_quoted(line)
        backslashes = len(line) - len(line.rstrip(_GOES_ON))
        goes_on = backslashes % 2 == 1
        self._add(line[:-1] if goes_on else line)
        return [] if goes_on else self._end_text()

    def _end_quoted(self, line: str) -> list[str]:
        over = line.endswith(_BLOCK)
        line = line.removesuffix(_BLOCK)
        if line or not over:
            self._add(line)
        return self._end_text() if over else []

    def _add(self, line: str) -> None:
        if self._size <= self._max_bytes:
            self._lines.append(line)
            self._size += len(line.encode(errors="replace")) + 1

    def _end_text(self) -> list[str]:
        text = "\n".join(self._lines)
        self._lines, self._size, self._quoted = [], 0, False
        return [text]

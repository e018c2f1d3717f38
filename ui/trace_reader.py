"""Reads a trace, line by line: a file that anybody may have written."""

import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

from protocol.errors import InterfaceError
from protocol.trace import MAX_LINE_BYTES, BadTrace, Missed, TracedEvent, decode_header, decode_line

_ADVICE = "chinwag --trace FILE writes one."
_LONGEST_HEADER = 4096


class TraceReader:
    """Yields the events that the UI was told. One thread at a time. It holds one line in memory, never the file.

    Lines that make no sense are left out and counted. Raises InterfaceError for a file that cannot be read, or is no
    trace.
    """

    def __init__(self, path: Path, max_line: int = MAX_LINE_BYTES) -> None:
        self._max_line = max_line
        self.bad = 0
        """Lines that could not be read."""
        self.missed = 0
        """Messages of which the trace says that they are missing."""
        self.trouble = ""
        """Why the disk gave no more, where it did not."""
        descriptor, self._size = _open(path)
        self._file = os.fdopen(descriptor, "rb")
        try:
            self._check(path)
        except InterfaceError:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def share(self) -> float:
        """How much of the file is read, from 0 to 1."""
        return min(1.0, self._file.tell() / self._size) if self._size and not self._file.closed else 1.0

    def next(self) -> TracedEvent | None:
        """Return the next event; None after the last."""
        while line := self._next_line():
            try:
                found = decode_line(line)
            except BadTrace:
                self.bad += 1
                continue
            if isinstance(found, TracedEvent):
                return found
            if isinstance(found, Missed):
                self.missed += found.count
        return None

    def _check(self, path: Path) -> None:
        try:
            decode_header(self._file.readline(_LONGEST_HEADER))
        except OSError as error:
            raise InterfaceError(f"{path} cannot be read: {error.strerror}.", _ADVICE) from error
        except BadTrace as fault:
            raise InterfaceError(f"{path} is no trace of this program. {fault}", _ADVICE) from fault

    def _next_line(self) -> bytes:
        """The next line that is not too long; empty at the end of the file, and where it cannot be read."""
        try:
            while len(line := self._file.readline(self._max_line + 1)) > self._max_line:
                self.bad += 1
                self._skip_line(line)
        except OSError as error:
            self.trouble = f"The trace cannot be read further: {error.strerror}."
            return b""
        return line

    def _skip_line(self, begin: bytes) -> None:
        piece = begin
        while piece and not piece.endswith(b"\n"):
            piece = self._file.readline(self._max_line + 1)


def _open(path: Path) -> tuple[int, int]:
    """Open a file and return its descriptor and its size. A pipe is not waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise InterfaceError(f"{path} cannot be read: {error.strerror}.", _ADVICE) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise InterfaceError(f"{path} is no file.", _ADVICE)
    return descriptor, status.st_size

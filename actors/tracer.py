"""The Tracer: writes down every message, and keeps nobody waiting for the disk."""

import logging
import os
import stat
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Generic, TypeVar

from actors.colleagues import Readers, StoreReaders
from protocol.address import Address
from protocol.errors import ApplicationError
from protocol.identity import StreamId
from protocol.store import JobId
from protocol.store_reader import StartWork
from protocol.stream_reader import OpenStream
from protocol.trace import UI, BadTrace, TraceLine, decode_header, encode_header, encode_line

M = TypeVar("M")
logger = logging.getLogger(__name__)

ROOM = 20_000
"""Messages that may wait for the disk; what comes when it is full is counted and left out."""
_BATCH = 256
_LONGEST_HEADER = 4096


class Tracer:
    """Puts messages into a queue, from any thread; one thread of its own writes them.

    A disk that refuses ends the tracing, with a line in the log, and nothing else. `clock` tells seconds that never go
    back. The descriptor is the Tracer's from now on, and closed when it ends.
    """

    def __init__(
        self,
        descriptor: int,
        version: str,
        clock: Callable[[], float] = monotonic,
        started: datetime | None = None,
        room: int = ROOM,
    ) -> None:
        self._descriptor = descriptor
        self._header = encode_header(version, (started or datetime.now(UTC)).isoformat(timespec="seconds"))
        self._clock = clock
        self._begun = clock()
        self._room = room
        self._queue: SimpleQueue[TraceLine | None] = SimpleQueue()
        self._missed: deque[None] = deque(maxlen=1_000_000)
        """One for each message left out. A deque, which needs no lock to be counted up by many threads."""
        self._over = False
        self._thread = threading.Thread(target=self._write_all, name="Tracer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def watch(self, name: str, address: Address[M]) -> Address[M]:
        """Return an address that leads to `address` and writes down what is told to it."""
        return _Watched(name, address, self)

    def note(self, receiver: str, message: object) -> None:
        """Write down that the thread that calls this tells `receiver` something. Never blocks, never raises."""
        if self._over:
            return
        if self._queue.qsize() >= self._room:
            self._missed.append(None)
            return
        at = round(self._clock() - self._begun, 6)
        self._queue.put(TraceLine(at, _sender(threading.current_thread().name), receiver, message))

    def close(self, seconds: float) -> bool:
        """Write what waits, and end; False if the disk took longer than `seconds` for it."""
        self._queue.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _write_all(self) -> None:
        try:
            _write(self._descriptor, self._header)
            while (lines := self._take()) is not None:
                _write(self._descriptor, b"".join(encode_line(line) for line in lines))
        except OSError as error:
            logger.warning("the trace ends here: it cannot be written: %s", error)
        finally:
            self._over = True
            os.close(self._descriptor)

    def _take(self) -> list[TraceLine] | None:
        """Wait for the next lines; None after the last."""
        line = self._queue.get()
        lines: list[TraceLine] = []
        try:
            while line is not None and len(lines) < _BATCH:
                lines.append(line)
                line = self._queue.get_nowait()
        except Empty:
            return self._with_missed(lines)
        if line is None:
            self._queue.put(None)  # the next look finds the end again, with nothing before it
        else:
            lines.append(line)
        return self._with_missed(lines) or None

    def _with_missed(self, lines: list[TraceLine]) -> list[TraceLine]:
        missed = len(self._missed)
        for _ in range(missed):
            self._missed.popleft()
        at = lines[-1].at if lines else round(self._clock() - self._begun, 6)
        return [*lines, TraceLine(at, missed=missed)] if missed else lines


class _Watched(Generic[M]):
    """An address whose messages are written down."""

    def __init__(self, name: str, address: Address[M], tracer: Tracer) -> None:
        self._name = name
        self._address = address
        self._tracer = tracer

    def tell(self, message: M, /) -> None:
        """Put `message` into the mailbox. It is written down first, so that causes come before effects."""
        self._tracer.note(self._name, message)
        self._address.tell(message)


class WatchedReaders:
    """Satisfies `actors.colleagues.Readers`, and writes down what readers are told."""

    def __init__(self, readers: Readers, tracer: Tracer) -> None:
        self._readers = readers
        self._tracer = tracer

    def open(self, message: OpenStream) -> None:
        """See `Readers`."""
        self._tracer.note("StreamReader", message)
        self._readers.open(message)

    def close(self, stream: StreamId) -> None:
        """See `Readers`."""
        self._readers.close(stream)


class WatchedStoreReaders:
    """Satisfies `actors.colleagues.StoreReaders`, and writes down what these readers are told."""

    def __init__(self, readers: StoreReaders, tracer: Tracer) -> None:
        self._readers = readers
        self._tracer = tracer

    def open(self, message: StartWork) -> None:
        """See `StoreReaders`."""
        self._tracer.note("StoreReader", message)
        self._readers.open(message)

    def close(self, job: JobId) -> None:
        """See `StoreReaders`."""
        self._readers.close(job)


def open_trace(path: Path) -> int:
    """Open a file for a trace, for its owner only, and return the descriptor.

    Raises ApplicationError if it cannot be written, and if it holds something that is no trace: that is not lost.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ApplicationError(f"The trace cannot be written to {path}: {error.strerror}.", "Name another.") from error
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            _make_empty(descriptor, path)
        os.set_blocking(descriptor, True)
    except OSError as error:
        os.close(descriptor)
        raise ApplicationError(f"The trace cannot be written to {path}: {error.strerror}.", "Name another.") from error
    except ApplicationError:
        os.close(descriptor)
        raise
    return descriptor


def _make_empty(descriptor: int, path: Path) -> None:
    begin = os.pread(descriptor, _LONGEST_HEADER, 0)
    if begin:
        try:
            decode_header(begin.partition(b"\n")[0])
        except BadTrace:
            raise ApplicationError(
                f"{path} is there and is no trace, so nothing is written over it.", "Name another file."
            ) from None
    os.fchmod(descriptor, 0o600)
    os.ftruncate(descriptor, 0)


def _sender(thread: str) -> str:
    """Whose thread this is: pykka calls it `Coordinator-3 (_actor_loop)`."""
    return UI if thread == "MainThread" else thread.partition("-")[0]


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]

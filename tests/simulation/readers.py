"""StreamReaders as fibers: each waits in its source and in Credit, and hands the baton back there."""

import threading
from collections.abc import Callable

from actors.cancel import CancelToken
from actors.credit import Credit
from actors.stream_reader import StreamReader
from protocol.accumulator import AccumulatorMessage, StreamBroken
from protocol.address import Address
from protocol.coordinator import NewsOfActors
from protocol.errors import ApplicationError
from protocol.identity import StreamId
from protocol.limits import ResourceLimits
from protocol.stream_reader import OpenStream
from tests.simulation.fibers import Fiber
from tests.simulation.plan import Fault
from tests.simulation.scheduler import Injected, Scheduler
from tests.simulation.server import SimulatedServer, SimulatedSource

_HESITATES = 0.3
"""How often others act between a reader's decision to tell something and the telling."""


class Baton(threading.Condition):
    """What `Credit` waits with: it hands the baton back until somebody gives notice."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._waiting: list[Fiber] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Let others run until there is a notice."""
        self._waiting.append(self._scheduler.running)
        self.release()
        try:
            self._scheduler.wait()
        finally:
            self.acquire()
        return True

    def notify_all(self) -> None:
        """Whoever waits can go on."""
        while self._waiting:
            self._waiting.pop().wake()


class _Hesitant:
    """What a reader tells the Accumulator: others may act just before it arrives."""

    def __init__(self, scheduler: Scheduler, to: Address[AccumulatorMessage]) -> None:
        self._scheduler = scheduler
        self._to = to

    def tell(self, message: AccumulatorMessage, /) -> None:
        """Let others run first, sometimes."""
        if self._scheduler.chance.random() < _HESITATES:
            self._scheduler.give_way()
        self._scheduler.note("reader", message)
        self._to.tell(message)


class SimulatedReaders:
    """Satisfies `actors.colleagues.Readers`, as `actors.reader_pool` does. `opens` hears of every request."""

    def __init__(
        self,
        scheduler: Scheduler,
        server: SimulatedServer,
        accumulator: Address[AccumulatorMessage],
        supervisor: Address[NewsOfActors],
        credit: Credit,
        limits: ResourceLimits,
        opens: Callable[[OpenStream], None],
    ) -> None:
        self._scheduler = scheduler
        self._server = server
        self._accumulator = accumulator
        self._supervisor = supervisor
        self._credit = credit
        self._limits = limits
        self._opens = opens
        self._open: dict[StreamId, tuple[CancelToken, Fiber]] = {}
        self._fibers: list[Fiber] = []

    def open(self, message: OpenStream) -> None:
        """Start a reader, if there is a thread for it."""
        self._opens(message)
        stream = message.stream
        if self._server.next_answer().fault is Fault.NO_THREAD and self._scheduler.chance.random() < 0.5:
            failure = ApplicationError("No reader could be started.", "Close other programs.").failure
            self._accumulator.tell(StreamBroken(stream, failure))
            return
        cancel = CancelToken()
        source = SimulatedSource(self._scheduler, self._server, stream, self._scheduler.chance)
        to = _Hesitant(self._scheduler, self._accumulator)
        reader = StreamReader(stream, source, to, self._supervisor, self._credit, cancel, self._limits)
        fiber = self._scheduler.fiber(f"StreamReader {stream}", lambda: _live(reader, message))
        self._open[stream] = cancel, fiber
        self._fibers.append(fiber)

    def close(self, stream: StreamId) -> None:
        """Cancel a reader. Whatever it waits for, it waits no longer."""
        cancel, fiber = self._open.pop(stream, (None, None))
        if cancel is None or fiber is None:
            return
        cancel.cancel()
        if not fiber.ready and not fiber.done:
            self._scheduler.complain(f"{stream} was cancelled, and its reader waits on")

    def cancel_all(self) -> None:
        """Cancel every reader."""
        for stream in tuple(self._open):
            self.close(stream)

    @property
    def gone(self) -> bool:
        """No reader is left."""
        return all(fiber.done for fiber in self._fibers)


def _live(reader: StreamReader, message: OpenStream) -> None:
    """What pykka does with an actor that acts on one message; what was not to be raised is the scheduler's to see."""
    try:
        reader.on_receive(message)
    except Injected as error:
        reader.on_failure(type(error), error, None)
    except Exception as error:
        reader.on_failure(type(error), error, None)
        raise

"""The engine: starts the actors from the ground up, wires them, and stops them in reverse."""

import logging
import random
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, assert_never

import pykka

from actors.accumulator import Accumulator
from actors.actor import settle, stop, waiting_for
from actors.archive import FILE_NAME, Archive
from actors.archivist import Archivist
from actors.cancel import CancelToken
from actors.colleagues import Colleagues
from actors.coordinator import Coordinator
from actors.credit import Credit
from actors.crossroads import Reminders, Tee
from actors.gauges import Gauge, describe_engine
from actors.input_handler import InputHandler
from actors.librarian import Librarian, ModelMemory
from actors.model_memory import FileModelMemory
from actors.port import Port
from actors.reader_pool import ReaderPool
from actors.servers import build_server
from actors.source import Server
from actors.timekeeper import Timekeeper
from actors.tracer import Tracer, WatchedReaders, open_trace
from actors.vitals import Vitals
from protocol.accumulator import AccumulatorMessage
from protocol.address import Address
from protocol.archivist import ArchivistMessage, CloseArchive, OpenArchive, Resume
from protocol.coordinator import ActorFailed, ActorRestarted, CoordinatorMessage, NewsOfActors, PrepareToStop
from protocol.input_handler import InputHandlerMessage
from protocol.librarian import LibrarianMessage
from protocol.message import Value
from protocol.settings import EngineSettings
from protocol.supervision import RestartPolicy
from protocol.timekeeper import TimekeeperMessage
from protocol.trace import UI
from protocol.ui import EngineFailed, EngineRecovered, UiEvent

logger = logging.getLogger(__name__)

_RESTARTS = RestartPolicy()
_ACTORS = ("Coordinator", "InputHandler", "Accumulator", "Archivist", "Librarian", "Timekeeper")
STOP_SECONDS = 5.0
"""The promise: everything is stopped within this."""


class ShutdownReport(Value, frozen=True):
    """How stopping went."""

    late: tuple[str, ...]
    """Who did not stop in time, in the order of asking. They are daemon threads: the process ends all the same."""
    seconds: float

    def __str__(self) -> str:
        return f"These parts did not stop in time: {', '.join(self.late)}." if self.late else ""


class _LastWords:
    """Where the Coordinator's own death is told: nobody is above it but the UI."""

    def __init__(self, ui: Address[UiEvent]) -> None:
        self._ui = ui

    def tell(self, message: NewsOfActors, /) -> None:
        match message:
            case ActorFailed(failure=failure):
                self._ui.tell(EngineFailed(failure, fatal=True))
            case ActorRestarted(failure=failure):
                self._ui.tell(EngineRecovered(failure))
            case _:
                assert_never(message)


class System:
    """All actors of one run. Built, started and stopped by one thread: that of the face."""

    def __init__(
        self,
        ui: Address[UiEvent],
        settings: EngineSettings,
        server: Server,
        memory: ModelMemory,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
        chance: Callable[[], float] = random.random,
        tracer: Tracer | None = None,
        restarts: RestartPolicy = _RESTARTS,
    ) -> None:
        limits = settings.limits
        self._server = server
        self._tracer = tracer
        ui = ui if tracer is None else tracer.watch(UI, ui)
        self._survey_cancel = CancelToken()
        credit = Credit(limits.chunk_buffer_size)
        coordinator = Port[CoordinatorMessage]("Coordinator", tracer)
        accumulator = Port[AccumulatorMessage]("Accumulator", tracer)
        librarian = Port[LibrarianMessage]("Librarian", tracer)
        archivist = Port[ArchivistMessage]("Archivist", tracer)
        entry = Port[InputHandlerMessage]("InputHandler", tracer)
        timekeeper = Port[TimekeeperMessage]("Timekeeper", tracer)
        kept = settings.data_dir is not None
        news = Tee(ui, archivist) if kept else ui
        self._vitals = {name: Vitals(restarts) for name in _ACTORS}
        self._credit = credit
        self._readers = ReaderPool(server, accumulator, coordinator, credit, limits)
        self._timekeeper = Timekeeper(Reminders(coordinator, archivist), coordinator, clock, self._vitals["Timekeeper"])
        timekeeper.connect(self._timekeeper)
        readers = self._readers if tracer is None else WatchedReaders(self._readers, tracer)
        colleagues = Colleagues(
            news, accumulator, librarian, timekeeper, readers, _LastWords(ui), archivist if kept else None
        )

        self._timekeeper.start()
        self._librarian = Librarian.start(
            server, memory, coordinator, coordinator, self._survey_cancel, self._vitals["Librarian"]
        )
        librarian.connect(self._librarian)
        self._archivist: pykka.ActorRef[Archivist] | None = None
        if settings.data_dir is not None:
            path, owner = settings.data_dir / FILE_NAME, new_id()
            addresses = coordinator, ui, timekeeper, coordinator
            self._archivist = Archivist.start(
                path,
                owner,
                partial(Archive, path, owner),
                *addresses,
                wall_clock,
                settings.keep_input,
                self._vitals["Archivist"],
            )
            archivist.connect(self._archivist)
        self._accumulator = Accumulator.start(
            coordinator, news, coordinator, credit, limits, self._vitals["Accumulator"]
        )
        accumulator.connect(self._accumulator)
        self._coordinator = Coordinator.start(colleagues, settings, new_id, chance, self._vitals["Coordinator"])
        coordinator.connect(self._coordinator)
        prompts = archivist if kept else coordinator
        self._input_handler = InputHandler.start(
            prompts,
            archivist,
            coordinator,
            ui,
            coordinator,
            limits,
            clock,
            self._describe,
            self._vitals["InputHandler"],
        )
        entry.connect(self._input_handler)
        if kept:
            archivist.tell(OpenArchive())  # last: it tells the others what earlier runs have left to them
        self._coordinator_port, self._archivist_port, self._input_port = coordinator, archivist, entry
        self._accumulator_port, self._librarian_port = accumulator, librarian

    @property
    def coordinator(self) -> Address[CoordinatorMessage]:
        """For faces that do not type: prompts from a pipe are not commands."""
        return self._coordinator_port

    @property
    def archivist(self) -> Address[Resume]:
        """For faces that open what was kept. Nobody is there where nothing is kept."""
        return self._archivist_port

    @property
    def input(self) -> Address[InputHandlerMessage]:
        """For faces with a keyboard."""
        return self._input_port

    def _describe(self) -> str:
        """How the engine fares. Any thread, once everybody is there."""
        ports: tuple[tuple[pykka.ActorRef[Any] | None, Port[Any]], ...] = (
            (self._coordinator, self._coordinator_port),
            (self._input_handler, self._input_port),
            (self._accumulator, self._accumulator_port),
            (self._archivist, self._archivist_port),
            (self._librarian, self._librarian_port),
        )
        gauges = [
            Gauge(port.name, self._vitals[port.name], waiting_for(ref), port.dead_letters)
            for ref, port in ports
            if ref is not None
        ]
        keeper = self._timekeeper
        gauges.append(Gauge(keeper.name, self._vitals[keeper.name], keeper.depth, 0))
        return describe_engine(gauges, self._credit, self._readers.under_way)

    def stop(self, seconds: float = STOP_SECONDS) -> ShutdownReport:
        """Stop everything: no new input, streams cancelled, text handed over, then the rest. Blocks up to `seconds`."""
        begin = time.monotonic()
        self._survey_cancel.cancel()
        parts = self._parts()
        late = dict[str, None]()
        for done, (name, stop_part) in enumerate(parts):
            left = max(0.0, seconds - (time.monotonic() - begin))
            if not stop_part(left / (len(parts) - done)):  # so that one that is stuck leaves time for the others
                late[name] = None
        report = ShutdownReport(tuple(late), time.monotonic() - begin)
        logger.log(logging.WARNING if late else logging.INFO, "stopped in %.3f s. %s", report.seconds, report)
        return report

    def _stop_archivist(self, seconds: float) -> bool:
        """Have it close first: a stop does not wait for what an actor does after it, and the process may end then."""
        if self._archivist is None:
            return True
        begin = time.monotonic()
        closed = self._settle(self._archivist, CloseArchive(), seconds)
        return stop(self._archivist, max(0.0, seconds - (time.monotonic() - begin))) and closed

    def _stop_tracer(self, seconds: float) -> bool:
        return self._tracer is None or self._tracer.close(seconds)

    def _settle(self, actor: pykka.ActorRef[Any], message: object, seconds: float) -> bool:
        """Have an actor act on something. It is asked, not told, so it is written down here."""
        if self._tracer is not None:
            self._tracer.note(actor.actor_class.__name__, message)
        return settle(actor, message, seconds)

    def _parts(self) -> tuple[tuple[str, Callable[[float], bool]], ...]:
        """What to stop, in order, and how: each returns whether it was done within the seconds it is given.

        The Coordinator outlives the Accumulator, from which it hears what came of the streams it has cancelled.
        """
        return (
            ("InputHandler", partial(stop, self._input_handler)),
            ("Coordinator", partial(self._settle, self._coordinator, PrepareToStop())),
            ("Accumulator", partial(stop, self._accumulator)),
            ("Coordinator", partial(stop, self._coordinator)),
            ("StreamReader", self._readers.stop_all),
            ("Archivist", self._stop_archivist),
            ("Librarian", partial(stop, self._librarian)),
            ("Timekeeper", self._timekeeper.end),
            ("server", self._server.close),
            ("Tracer", self._stop_tracer),
        )


def start_system(ui: Address[UiEvent], settings: EngineSettings) -> System:
    """Start the engine that `settings` describe. Raises ChinwagError if it cannot be had, such as a missing model, or
    if the file for the trace cannot be written."""
    server = build_server(settings)
    tracer = None if settings.trace_file is None else Tracer(open_trace(settings.trace_file), settings.version)
    if tracer is not None:
        tracer.start()
    return System(ui, settings, server, FileModelMemory(settings.state_file), tracer=tracer)

"""The engine: starts the actors from the ground up, wires them, and stops them in reverse."""

import random
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pykka

from actors.accumulator import Accumulator
from actors.actor import settle, stop, waiting_for
from actors.archive import FILE_NAME, Archive
from actors.archivist import Archivist
from actors.attaching_source import AttachingSource, bytes_in
from actors.cancel import CancelToken
from actors.colleagues import Colleagues
from actors.coordinator import Coordinator
from actors.credit import Credit
from actors.crossroads import LastWords, Reminders, Tee
from actors.errands import ErrandPool
from actors.gauges import Gauge, describe_engine
from actors.input_handler import InputHandler
from actors.librarian import Librarian, ModelMemory
from actors.model_memory import FileModelMemory
from actors.model_store import store_of
from actors.port import Port, Ports
from actors.pull_memory import PullMemory
from actors.reader_pool import ReaderPool
from actors.server_router import ServerRouter
from actors.servers import build_others, build_server
from actors.shutdown import STOP_SECONDS, ShutdownReport, StoppedPart, stop_in_order, stop_together
from actors.source import Server
from actors.store_pool import StorePool
from actors.timekeeper import Timekeeper
from actors.tracer import Tracer, WatchedReaders, WatchedStoreReaders, open_trace
from actors.vitals import Vitals
from protocol.address import Address
from protocol.archivist import CloseArchive, OpenArchive, Resume
from protocol.comparison import Compare
from protocol.coordinator import CoordinatorMessage, PrepareToStop, Submit
from protocol.identity import ServerName
from protocol.input_handler import InputHandlerMessage
from protocol.librarian import LibrarianMessage, RecallPulls
from protocol.settings import EngineSettings
from protocol.supervision import RestartPolicy
from protocol.trace import UI
from protocol.ui import UiEvent

_RESTARTS = RestartPolicy()
_NO_OTHERS: Mapping[ServerName, tuple[Server, ModelMemory]] = {}
_ACTORS = ("Coordinator", "InputHandler", "Accumulator", "Archivist", "Librarian", "Timekeeper")
_PULLS = "unfinished_pulls"
"""The file beside that of the model used last."""


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
        others: Mapping[ServerName, tuple[Server, ModelMemory]] = _NO_OTHERS,
    ) -> None:
        self._settings = settings
        self._server = server
        self._router = ServerRouter(server, {name: other for name, (other, _) in others.items()}) if others else server
        self._tracer = tracer
        self._clock = clock
        self._ui = ui if tracer is None else tracer.watch(UI, ui)
        self._ports = Ports(tracer, others)
        names = (*_ACTORS, *(port.name for port in self._ports.librarians.values()))
        self._vitals = {name: Vitals(restarts) for name in names}
        self._survey_cancel = CancelToken()
        self._credit = Credit(settings.limits.chunk_buffer_size)
        self._news = self._ui if settings.data_dir is None else Tee(self._ui, self._ports.archivist)

        self._timekeeper = self._start_timekeeper()
        self._librarians = self._start_librarians(memory, others)
        self._archivist = self._start_archivist(new_id(), wall_clock) if settings.data_dir is not None else None
        self._accumulator = self._start_accumulator()
        bytes_of = bytes_in(settings.data_dir)
        self._errands = ErrandPool(self._ports.input_handler, self._ports.coordinator, settings.limits, bytes_of)
        self._readers = ReaderPool(
            AttachingSource(self._router, bytes_of),
            self._ports.accumulator,
            self._ports.coordinator,
            self._credit,
            settings.limits,
        )
        stores = {name: store_of(other) for name, (other, _) in others.items()}
        self._store_readers = StorePool(store_of(server), self._ports.coordinator, stores)
        self._coordinator = self._start_coordinator(new_id, chance)
        self._input_handler = self._start_input_handler()
        if settings.state_file is not None:
            self._ports.librarian.tell(RecallPulls())
        if self._archivist is not None:
            self._ports.archivist.tell(OpenArchive())  # last: it tells the others what earlier runs have left to them

    def _start_timekeeper(self) -> Timekeeper:
        ports = self._ports
        reminders = Reminders(ports.coordinator, ports.archivist)
        timekeeper = Timekeeper(reminders, ports.coordinator, self._clock, self._vitals["Timekeeper"])
        ports.timekeeper.connect(timekeeper)
        timekeeper.start()
        return timekeeper

    def _start_librarians(
        self, memory: ModelMemory, others: Mapping[ServerName, tuple[Server, ModelMemory]]
    ) -> list[tuple[pykka.ActorRef[Librarian], Port[LibrarianMessage]]]:
        """One for each server, so that no silent one delays another."""
        default = ServerName(self._settings.server.name)
        started = [self._start_librarian(self._server, memory, self._ports.librarian, default, self._pull_memory())]
        for name, (server, kept) in others.items():
            started.append(self._start_librarian(server, kept, self._ports.librarians[name], name))
        return started

    def _start_librarian(
        self,
        server: Server,
        memory: ModelMemory,
        port: Port[LibrarianMessage],
        name: ServerName,
        pulls: PullMemory | None = None,
    ) -> tuple[pykka.ActorRef[Librarian], Port[LibrarianMessage]]:
        to, vitals = self._ports.coordinator, self._vitals[port.name]
        looking = server, memory, to, to, self._survey_cancel, vitals, name
        librarian = Librarian.start(*looking, store_of(server), pulls)
        port.connect(librarian)
        return librarian, port

    def _pull_memory(self) -> PullMemory:
        """One for the pulls of all servers: a server is known by its address, whatever it is called in another run."""
        file = self._settings.state_file
        return PullMemory(None if file is None else file.with_name(_PULLS))

    def _start_archivist(self, owner: str, wall_clock: Callable[[], float]) -> pykka.ActorRef[Archivist]:
        assert self._settings.data_dir is not None
        path, ports = self._settings.data_dir / FILE_NAME, self._ports
        addresses = ports.coordinator, self._ui, ports.timekeeper, ports.coordinator
        opening, keep_input = partial(Archive, path, owner), self._settings.keep_input
        vitals = self._vitals["Archivist"]
        adopts = self._settings.adopts
        archivist = Archivist.start(path, owner, opening, *addresses, wall_clock, keep_input, vitals, adopts)
        ports.archivist.connect(archivist)
        return archivist

    def _start_accumulator(self) -> pykka.ActorRef[Accumulator]:
        to, vitals = self._ports.coordinator, self._vitals["Accumulator"]
        accumulator = Accumulator.start(to, self._news, to, self._credit, self._settings.limits, vitals, self._clock)
        self._ports.accumulator.connect(accumulator)
        return accumulator

    def _start_coordinator(self, new_id: Callable[[], str], chance: Callable[[], float]) -> pykka.ActorRef[Coordinator]:
        ports = self._ports
        colleagues = Colleagues(
            self._news,
            ports.accumulator,
            ports.librarian,
            ports.timekeeper,
            self._readers if self._tracer is None else WatchedReaders(self._readers, self._tracer),
            LastWords(self._ui),
            ports.archivist if self._archivist is not None else None,
            ports.librarians,
            ports.input_handler,
            self._store_readers if self._tracer is None else WatchedStoreReaders(self._store_readers, self._tracer),
        )
        coordinator = Coordinator.start(colleagues, self._settings, new_id, chance, self._vitals["Coordinator"])
        ports.coordinator.connect(coordinator)
        return coordinator

    def _start_input_handler(self) -> pykka.ActorRef[InputHandler]:
        """Prompts go first to the Archivist, where there is one. What is refused here nobody has kept."""
        ports, vitals = self._ports, self._vitals["InputHandler"]
        prompts = ports.archivist if self._archivist is not None else ports.coordinator
        addresses = prompts, ports.archivist, ports.coordinator, self._ui, ports.coordinator
        limits, how = self._settings.limits, (self._clock, self._describe, vitals, self._errands)
        handler = InputHandler.start(*addresses, limits, *how)
        ports.input_handler.connect(handler)
        return handler

    @property
    def coordinator(self) -> Address[CoordinatorMessage]:
        """For faces that do not type: prompts from a pipe are not commands."""
        return self._ports.coordinator

    @property
    def archivist(self) -> Address[Resume | Submit | Compare]:
        """For faces that open what was kept, or have a prompt kept. Nobody is there where nothing is."""
        return self._ports.archivist

    @property
    def input(self) -> Address[InputHandlerMessage]:
        """For faces with a keyboard."""
        return self._ports.input_handler

    def _describe(self) -> str:
        """How the engine fares. Any thread, once everybody is there."""
        ports: tuple[tuple[pykka.ActorRef[Any] | None, Port[Any]], ...] = (
            (self._coordinator, self._ports.coordinator),
            (self._input_handler, self._ports.input_handler),
            (self._accumulator, self._ports.accumulator),
            (self._archivist, self._ports.archivist),
            *self._librarians,
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
        self._survey_cancel.cancel()
        return stop_in_order(self._parts(), seconds)

    def _stop_librarians(self, seconds: float) -> bool:
        """All of them within that time; what they wait for is broken off already."""
        return stop_together([librarian for librarian, _ in self._librarians], seconds)

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

    def _parts(self) -> Sequence[StoppedPart]:
        """What to stop, in order, and how.

        The Coordinator outlives the Accumulator, from which it hears what came of the streams it has cancelled.
        """
        return (
            ("InputHandler", partial(stop, self._input_handler)),
            ("Errander", self._errands.stop_all),
            ("Coordinator", partial(self._settle, self._coordinator, PrepareToStop())),
            ("Accumulator", partial(stop, self._accumulator)),
            ("Coordinator", partial(stop, self._coordinator)),
            ("StreamReader", self._readers.stop_all),
            ("StoreReader", self._store_readers.stop_all),
            ("Archivist", self._stop_archivist),
            ("Librarian", self._stop_librarians),
            ("Timekeeper", self._timekeeper.end),
            ("server", self._router.close),
            ("Tracer", self._stop_tracer),
        )


def start_system(ui: Address[UiEvent], settings: EngineSettings) -> System:
    """Start the engine that `settings` describe. Raises ChinwagError if it cannot be had, such as a missing model, or
    if the file for the trace cannot be written."""
    server, others = build_server(settings), build_others(settings)
    tracer = None if settings.trace_file is None else Tracer(open_trace(settings.trace_file), settings.version)
    if tracer is not None:
        tracer.start()
    memory = FileModelMemory(settings.state_file)
    kept = {name: (other, FileModelMemory(_state_of(settings, name))) for name, other in others.items()}
    return System(ui, settings, server, memory, tracer=tracer, others=kept)


def _state_of(settings: EngineSettings, name: ServerName) -> Path | None:
    """Each server has a model that was used last."""
    return None if settings.state_file is None else settings.state_file.with_name(f"{settings.state_file.name}.{name}")

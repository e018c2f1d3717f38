"""One run of the program in the simulation: the same actors, wired as `actors.system` wires them, without threads."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar, assert_never

from actors.accumulator import Accumulator
from actors.actor import Actor
from actors.archive import FILE_NAME
from actors.archivist import Archivist
from actors.cancel import CancelToken
from actors.colleagues import Colleagues
from actors.coordinator import Coordinator
from actors.credit import Credit
from actors.crossroads import Reminders, Tee
from actors.input_handler import InputHandler
from actors.librarian import Librarian, ModelMemory
from actors.port import Port
from actors.timekeeper import Timekeeper
from protocol.accumulator import AbandonReply, AccumulatorMessage
from protocol.address import Address
from protocol.archivist import ArchivistMessage, DeleteConversation, OpenArchive
from protocol.coordinator import ActorFailed, ActorRestarted, CoordinatorMessage, NewsOfActors, Submit
from protocol.errors import ActorDied
from protocol.input_handler import InputHandlerMessage
from protocol.librarian import LibrarianMessage
from protocol.limits import ResourceLimits
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from protocol.timekeeper import TimekeeperMessage
from protocol.ui import EngineFailed, EngineRecovered, UiEvent
from tests.simulation.disk import Disk
from tests.simulation.ledger import Ledger
from tests.simulation.readers import Baton, SimulatedReaders
from tests.simulation.scheduler import Mailbox, Scheduler
from tests.simulation.server import SimulatedServer
from tests.simulation.user import User

M = TypeVar("M")
LIMITS = ResourceLimits(
    max_message_history=6,
    max_concurrent_streams=2,
    max_queued_prompts=8,
    chunk_buffer_size=3,
    max_line_bytes=4096,
    max_reply_bytes=8000,
)
"""Small, so that they are reached."""
SETTINGS = EngineSettings(limits=LIMITS, retry=RetryPolicy(attempts=3), version="simulated")
_ROUNDING = 1e-6
"""Seconds after which a deadline is over, however floats are rounded."""


class Memory:
    """The model used last, in this run or the one before."""

    def __init__(self) -> None:
        self._name: str | None = None

    def load(self) -> str | None:
        """See `ModelMemory.load`."""
        return self._name

    def save(self, name: str) -> None:
        """See `ModelMemory.save`."""
        self._name = name


class _Heard(Generic[M]):
    """An `Address` at which somebody listens at the moment at which something is told."""

    def __init__(self, to: Address[M], listen: Callable[[M], None]) -> None:
        self._to = to
        self._listen = listen

    def tell(self, message: M, /) -> None:
        """Listen, and pass it on."""
        self._listen(message)
        self._to.tell(message)


class _LastWords:
    """Where the Coordinator's own death is told, as in `actors.system`."""

    def __init__(self, ui: Address[UiEvent]) -> None:
        self._ui = ui

    def tell(self, message: NewsOfActors, /) -> None:
        """Tell the user."""
        match message:
            case ActorFailed(failure=failure):
                self._ui.tell(EngineFailed(failure, fatal=True))
            case ActorRestarted(failure=failure):
                self._ui.tell(EngineRecovered(failure))
            case _:
                assert_never(message)


class Clockwork:
    """The Timekeeper without its thread: the scheduler lets the time pass for it."""

    def __init__(self, scheduler: Scheduler, timekeeper: Timekeeper, supervisor: Address[ActorFailed]) -> None:
        self.mailbox = scheduler.mailbox("Timekeeper", self._receive, self)
        self._scheduler = scheduler
        self._timekeeper = timekeeper
        self._supervisor = supervisor

    def tell(self, message: TimekeeperMessage, /) -> None:
        """Put a message into its mailbox, as the thread has it: that of a dead one takes it all the same."""
        if not self.mailbox.dead:
            self.mailbox.tell(message)

    def on_stop(self) -> None:
        """Nothing is to be done."""

    def on_failure(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Tell the supervisor, as `Timekeeper.run` does."""
        self._supervisor.tell(ActorFailed("Timekeeper", ActorDied(f"The Timekeeper failed ({error!r}).").failure))

    def _receive(self, message: TimekeeperMessage) -> None:
        self._timekeeper.on_receive(message)
        self._tell_due()

    def _tell_due(self) -> None:
        if self.mailbox.dead:
            return
        self._timekeeper.tell_due()
        deadline = self._timekeeper.next_deadline()
        if deadline is not None:
            self._scheduler.after(deadline + _ROUNDING, self._tell_due)


class World:
    """All actors of one run, the user before them, and the ledger beside them. `name` is that of the process."""

    def __init__(
        self, scheduler: Scheduler, server: SimulatedServer, disk: Disk, memory: ModelMemory, folder: Path, name: str
    ) -> None:
        self.scheduler, self.server, self.disk = scheduler, server, disk
        self.folder, self.name = folder, name
        self.credit = Credit(LIMITS.chunk_buffer_size, Baton(scheduler))
        self.ledger = Ledger(
            server.bodies, scheduler.complain, LIMITS.max_concurrent_streams, LIMITS.max_message_history
        )
        self.coordinator = Port[CoordinatorMessage]("Coordinator")
        self._accumulator = Port[AccumulatorMessage]("Accumulator")
        self._librarian = Port[LibrarianMessage]("Librarian")
        self.archivist = Port[ArchivistMessage]("Archivist")
        self.entry = Port[InputHandlerMessage]("InputHandler")
        self.boxes: dict[str, Mailbox[object]] = {}
        self._number = 0
        self.deletes = False
        """A conversation was deleted, so that prompts for it are neither kept nor taken."""
        self.survey_cancel = CancelToken()
        self.user = User(scheduler, self.entry, server.models)
        self.ui: Mailbox[UiEvent] = scheduler.mailbox("UI", self.user.see, None)
        self.boxes["UI"] = self.ui  # type: ignore[assignment]  # as in `_join`
        self._start(memory)
        self.archivist.tell(OpenArchive())

    @property
    def dead_letters(self) -> dict[str, int]:
        """What reached nobody, by the name of the port."""
        ports = (self.coordinator, self._accumulator, self._librarian, self.archivist, self.entry)
        return {port.name: port.dead_letters for port in ports if port.dead_letters}

    def _start(self, memory: ModelMemory) -> None:
        """Build everybody, from the ground up, and wire them."""
        scheduler, clock = self.scheduler, self.scheduler.clock
        news = _Heard[UiEvent](Tee(self.ui, self.archivist), self.ledger.hear)
        reminders = Reminders(self.coordinator, self.archivist)
        timekeeper = Timekeeper(reminders, self.coordinator, clock)
        self.clockwork = Clockwork(scheduler, timekeeper, self.coordinator)
        self.boxes["Timekeeper"] = self.clockwork.mailbox  # type: ignore[assignment]  # as in `_join`
        self.readers = SimulatedReaders(
            scheduler, self.server, self._accumulator, self.coordinator, self.credit, LIMITS, self.ledger.opens
        )
        colleagues = Colleagues(
            news, self._accumulator, self._librarian, self.clockwork, self.readers, _LastWords(self.ui)
        )
        librarian = Librarian(self.server, memory, self.coordinator, self.coordinator, self.survey_cancel)
        self._join(self._librarian, librarian)
        path = self.folder / FILE_NAME
        addresses = self.coordinator, self.ui, self.clockwork, self.coordinator
        opener = self.disk.opener(path, self.name)
        self._join(self.archivist, Archivist(path, self.name, opener, *addresses, clock), self._watch_deleting)
        accumulator = Accumulator(self.coordinator, news, self.coordinator, self.credit, LIMITS)
        self._join(self._accumulator, accumulator, self._watch_abandoning)
        self.core = Coordinator(colleagues, SETTINGS, self._new_id, scheduler.chance.random)
        self._join(self.coordinator, self.core, self.ledger.before, self.ledger.after)
        prompts = _Heard[Submit](self.archivist, self.ledger.submits)
        handler = InputHandler(prompts, self.archivist, self.coordinator, self.ui, self.coordinator, LIMITS, clock)
        self._join(self.entry, handler)

    def _join(
        self,
        port: Port[M],
        actor: Actor[M],
        before: Callable[[M], None] | None = None,
        after: Callable[[M], None] | None = None,
    ) -> None:
        """Have an actor take part. `before` and `after` hear what it acts on."""

        def receive(message: M) -> None:
            if before is not None:
                before(message)
            actor.on_receive(message)
            if after is not None:
                after(message)

        mailbox = self.scheduler.mailbox(port.name, receive, actor)
        port.connect(mailbox)
        self.boxes[port.name] = mailbox  # type: ignore[assignment]  # whoever looks at it there tells it nothing

    def _watch_abandoning(self, message: AccumulatorMessage) -> None:
        if isinstance(message, AbandonReply):
            self.scheduler.defer(lambda: self.ledger.abandoned(message.stream))

    def _watch_deleting(self, message: ArchivistMessage) -> None:
        self.deletes = self.deletes or isinstance(message, DeleteConversation)

    def _new_id(self) -> str:
        self._number += 1
        return f"{self.name}.{self._number}"

"""One run of the program in the simulation: the same actors, wired as `actors.system` wires them, without threads."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from msgspec.structs import replace

from actors.accumulator import Accumulator
from actors.actor import Actor
from actors.archive import FILE_NAME
from actors.archivist import Archivist
from actors.cancel import CancelToken
from actors.colleagues import Colleagues
from actors.coordinator import Coordinator
from actors.credit import Credit
from actors.crossroads import LastWords, Reminders, Tee
from actors.input_handler import InputHandler
from actors.librarian import Librarian, ModelMemory
from actors.patience import Patience
from actors.port import Port
from actors.renewal import Undelayed
from actors.timekeeper import Timekeeper
from actors.vitals import Vitals
from protocol.accumulator import AbandonAll, AbandonReply, AccumulatorMessage
from protocol.address import Address
from protocol.archivist import ArchivistMessage, DeleteConversation, OpenArchive
from protocol.comparison import Compare
from protocol.coordinator import ActorFailed, CoordinatorMessage, Submit
from protocol.errors import ActorDied
from protocol.identity import ServerName
from protocol.input_handler import InputHandlerMessage
from protocol.librarian import LibrarianMessage
from protocol.limits import ResourceLimits
from protocol.retry import RetryPolicy
from protocol.server_names import ServerNames
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings
from protocol.sleep import ConversationSlept
from protocol.timekeeper import TimekeeperMessage
from protocol.ui import EngineRecovered, UiEvent
from tests.simulation.disk import Disk
from tests.simulation.failing import Frail, FrailLibrary, FrailReaders, Heart
from tests.simulation.ledger import Ledger
from tests.simulation.plan import MORTAL, Plan
from tests.simulation.readers import Baton, SimulatedReaders
from tests.simulation.scheduler import Injected, Mailbox, Scheduler
from tests.simulation.server import SimulatedCatalogue, SimulatedServer
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
_MOST = {"b": 1, "d": 2, "e": 3}
"""How many streams a server takes at a time, where that is less than all."""
_MANY = 30
"""Prompts that may wait where there is a pool."""
_ROUNDING = 1e-6
"""Seconds after which a deadline is over, however floats are rounded."""


def _settings(servers: Sequence[ServerName], plan: Plan) -> EngineSettings:
    default, *others = (ServerSettings(name=name, max_streams=_MOST.get(name)) for name in servers)
    settings = replace(SETTINGS, server=default, others=tuple(others))
    if not plan.pool:
        return settings
    limits = replace(LIMITS, max_concurrent_streams=plan.streams, max_queued_prompts=_MANY)
    return replace(settings, limits=limits, pool=tuple(servers[: plan.pool]), pooled=True)


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


class Clockwork:
    """The Timekeeper without its thread: the scheduler lets the time pass for it."""

    def __init__(
        self, scheduler: Scheduler, timekeeper: Timekeeper, supervisor: Address[ActorFailed], vitals: Vitals
    ) -> None:
        self.mailbox = scheduler.mailbox("Timekeeper", self._receive, self)
        self._vitals = vitals
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
        with self._surviving():
            self._vitals.begin(message)
            self._timekeeper.on_receive(message)
        self._tell_due()

    @contextmanager
    def _surviving(self) -> Iterator[None]:
        """Go on after a failure, as `Timekeeper.run` does."""
        try:
            yield
        except Injected as error:
            if not self._timekeeper._survives(error):
                raise
        finally:
            self._vitals.rest()

    def _tell_due(self) -> None:
        if self.mailbox.dead:
            return
        with self._surviving():
            self._timekeeper.tell_due()
        deadline = self._timekeeper.next_deadline()
        if deadline is not None:
            self._scheduler.after(deadline + _ROUNDING, self._tell_due)


class World:
    """All actors of one run of a plan, the user before them, the ledger beside them. `name` is that of the process."""

    def __init__(
        self,
        scheduler: Scheduler,
        server: SimulatedServer,
        disk: Disk,
        memory: ModelMemory,
        folder: Path,
        name: str,
        servers: Sequence[ServerName],
        plan: Plan,
    ) -> None:
        """`servers` are those that are configured."""
        self.settings = _settings(servers, plan)
        self.scheduler, self.server, self.disk = scheduler, server, disk
        self.folder, self.name, self._plan = folder, name, plan
        self.credit = Credit(LIMITS.chunk_buffer_size, Baton(scheduler))
        self.ledger = Ledger(
            server.bodies,
            scheduler.complain,
            self.settings,
            lambda name, model: model in server.models_of(name),
        )
        self.coordinator = Port[CoordinatorMessage]("Coordinator")
        self._accumulator = Port[AccumulatorMessage]("Accumulator")
        self._librarian = Port[LibrarianMessage]("Librarian")
        self._librarians = {one: Port[LibrarianMessage](f"Librarian {one}") for one in servers[1:]}
        self.archivist = Port[ArchivistMessage]("Archivist")
        self.entry = Port[InputHandlerMessage]("InputHandler")
        self.boxes: dict[str, Mailbox[object]] = {}
        self._number = 0
        self._delayed: list[object] = []
        """What the Coordinator is just about to put off."""
        self.slept = 0
        """So often a conversation fell asleep."""
        self.deletes = False
        """A conversation was deleted, so that prompts for it are neither kept nor taken."""
        self.survey_cancel = CancelToken()
        self.hearts = {name: Heart(name, scheduler.clock, scheduler.note) for name in MORTAL}
        self.recovered = 0
        """So often the user was told that a part was begun anew."""
        self.user = User(scheduler, self.entry, server, ServerNames.of(self.settings))
        self.ui: Mailbox[UiEvent] = scheduler.mailbox("UI", self._see, None)
        self.boxes["UI"] = self.ui  # type: ignore[assignment]  # as in `_join`
        self._start(memory)
        self.archivist.tell(OpenArchive())

    @property
    def dead_letters(self) -> dict[str, int]:
        """What reached nobody, by the name of the port."""
        ports: tuple[Port[Any], ...] = (
            self.coordinator,
            self._accumulator,
            self._librarian,
            *self._librarians.values(),
            self.archivist,
            self.entry,
        )
        return {port.name: port.dead_letters for port in ports if port.dead_letters}

    def _start(self, memory: ModelMemory) -> None:
        """Build everybody, from the ground up, and wire them."""
        scheduler, clock, hearts = self.scheduler, self.scheduler.clock, self.hearts
        news = _Heard[UiEvent](Tee(self.ui, self.archivist), self.ledger.hear)
        heart = hearts["Timekeeper"]
        reminders = Frail(heart, Reminders(self.coordinator, self.archivist))
        timekeeper = Timekeeper(reminders, self.coordinator, clock, heart)
        self.clockwork = Clockwork(scheduler, timekeeper, self.coordinator, heart)
        self.boxes["Timekeeper"] = self.clockwork.mailbox  # type: ignore[assignment]  # as in `_join`
        self.readers = SimulatedReaders(
            scheduler, self.server, self._accumulator, self.coordinator, self.credit, LIMITS, self.ledger.opens
        )
        heart = hearts["Librarian"]
        library = FrailLibrary(heart, self.server, memory)
        told = Frail(heart, self.coordinator)
        default, *others = self.settings.servers
        names = ServerNames.key(default)
        librarian = Librarian(library, library, told, self.coordinator, self.survey_cancel, heart, names)
        self._join(self._librarian, librarian)
        for one in map(ServerNames.key, others):
            catalogue, to = SimulatedCatalogue(self.server, one), self.coordinator
            other = Librarian(catalogue, Memory(), to, to, self.survey_cancel, name=one)
            self._join(self._librarians[one], other)
        self._start_archivist(hearts["Archivist"])
        heart = hearts["Accumulator"]
        addresses = Frail(heart, self.coordinator), Frail(heart, news), self.coordinator
        accumulator = Accumulator(*addresses, self.credit, LIMITS, heart, clock)
        heart.fails = self._watch_accumulator
        self._join(self._accumulator, accumulator, self._watch_abandoning)
        self._start_coordinator(hearts["Coordinator"], news)
        heart = hearts["InputHandler"]
        heart.before, heart.after, heart.fails = self._begin_input, self._check_input, self._fail_input
        prompts = _Heard[Submit | Compare](self.archivist, self.ledger.submits)
        told = Frail(heart, self.coordinator)
        questions = Frail(heart, self.archivist)
        handler = InputHandler(
            Frail(heart, prompts), questions, told, Frail(heart, self.ui), self.coordinator, LIMITS, clock, vitals=heart
        )
        self._join(self.entry, handler)

    def _start_archivist(self, heart: Heart) -> None:
        path, clock = self.folder / FILE_NAME, self.scheduler.clock
        opener = self.disk.opener(path, self.name)
        told, ui, clockwork = Frail(heart, self.coordinator), Frail(heart, self.ui), Frail(heart, self.clockwork)
        archivist = Archivist(path, self.name, opener, told, ui, clockwork, self.coordinator, clock, vitals=heart)
        self._join(self.archivist, archivist, self._watch_deleting)
        self.boxes["Archivist"].may_wait = Patience(clock).may_wait

    def _start_coordinator(self, heart: Heart, news: Address[UiEvent]) -> None:
        colleagues = Colleagues(
            Frail(heart, news),
            Frail(heart, self._accumulator),
            Frail(heart, self._librarian),
            Frail(heart, self.clockwork),
            FrailReaders(heart, self.readers),
            LastWords(self.ui),
            Frail(heart, self.archivist),
            {one: Frail(heart, port) for one, port in self._librarians.items()},
        )
        limits = replace(self.settings.limits, max_hidden_characters=self._plan.hidden)
        settings = replace(self.settings, limits=limits)
        self.core = Coordinator(colleagues, settings, self._new_id, self.scheduler.chance.random, heart)
        heart.before, heart.after, heart.fails = self._before, self._after, self.ledger.fails
        self._join(self.coordinator, self.core)

    def _before(self, message: object) -> None:
        """The Coordinator begins to act on something, unless it puts it off."""
        self.ledger.recovers = self.core._renewal.is_under_way
        told = cast(CoordinatorMessage, message)
        if not self.ledger.recovers and self.core._sleep.delays(told):
            self._delayed.append(message)
            self.ledger.delays(told)
        elif not self.ledger.recovers or isinstance(message, Undelayed):
            self.ledger.before(told)

    def _after(self, message: object) -> None:
        was_put_off, self.ledger.recovers = self.ledger.recovers, self.core._renewal.is_under_way
        if self._delayed and self._delayed[-1] is message:
            self._delayed.pop()
        elif not was_put_off:
            self.ledger.after(cast(CoordinatorMessage, message))

    def _see(self, event: UiEvent) -> None:
        self.recovered += isinstance(event, EngineRecovered)
        self.slept += isinstance(event, ConversationSlept)
        self.user.see(event)

    def _begin_input(self, message: object) -> None:
        self._input_told, self._input_failed = self.hearts["InputHandler"].told, False

    def _fail_input(self, message: object) -> None:
        self._input_failed = True

    def _check_input(self, message: object) -> None:
        """What it fails at is either passed on or given back."""
        told = self.hearts["InputHandler"].told - self._input_told
        if self._input_failed and told != 1:
            self.scheduler.complain(f"{message} failed, and {told} were told of it")

    def _watch_accumulator(self, message: object) -> None:
        self.ledger.shown.broken.update(
            self.ledger.shown.streams if isinstance(message, AbandonAll) else (cast(AbandonReply, message).stream,)
        )

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
            self.scheduler.defer(lambda: self.ledger.shown.abandon(message.stream))

    def _watch_deleting(self, message: ArchivistMessage) -> None:
        self.deletes = self.deletes or isinstance(message, DeleteConversation)

    def _new_id(self) -> str:
        self._number += 1
        return f"{self.name}.{self._number}"

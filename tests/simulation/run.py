"""A whole simulation: two runs of the program on one folder, with everything that the plan says."""

import logging
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from actors.archive import FILE_NAME, Archive
from protocol.archivist import Resume
from protocol.coordinator import StartConversation
from protocol.identity import ServerName
from tests.simulation.disk import TROUBLES, Disk
from tests.simulation.fibers import Workers
from tests.simulation.invariants import Kept, check_kept, check_quiet, check_resumed, kept_in
from tests.simulation.plan import Act, Ending, Plan, Trouble
from tests.simulation.scheduler import Scheduler
from tests.simulation.server import SimulatedServer
from tests.simulation.stopping import stop
from tests.simulation.trace import Trace
from tests.simulation.world import Memory, World

MAX_STEPS = 30_000
"""After so many steps without an end, there is none."""
_SLOW = 0.4
"""Seconds that a slow disk takes for a message."""


@dataclass
class Outcome:
    """What came of it."""

    plan: Plan
    violations: list[str]
    trace: Trace
    steps: int
    streams: int
    cause: Exception | None = None

    @property
    def failed(self) -> bool:
        """Something was not as it must be."""
        return bool(self.violations)


def simulate(plan: Plan, workers: Workers | None = None) -> Outcome:
    """Run a plan to its end, or to the first violation."""
    own = Workers()
    with _folder() as folder, _without_log():
        simulation = _Simulation(plan, folder, workers or own)
        try:
            simulation.run()
        finally:
            simulation.end()
            own.dismiss()
    scheduler = simulation.scheduler
    streams = len(simulation.server.bodies)
    return Outcome(plan, scheduler.violations, simulation.trace, scheduler.steps, streams, scheduler.cause)


class _Simulation:
    """The parts that outlive a run of the program: time, the server, the disk."""

    def __init__(self, plan: Plan, folder: Path, workers: Workers) -> None:
        self._plan = plan
        self._dies = "" if plan.restarts else plan.dies
        self._folder = folder
        self.trace = Trace()
        self.trace.conceal(folder)
        self.scheduler = Scheduler(random.Random(plan.seed), self.trace, workers)
        self.server = SimulatedServer(plan.answers, plan.models, plan.servers, plan.pool)
        self._disk = Disk()
        self._memory = Memory()
        self._storms = True
        self._away = Counter[ServerName]()

    def run(self) -> None:
        """Both runs, one after the other."""
        first = self._begin("one")
        if self._plan.restarts:
            first.hearts[self._plan.dies].plan(self._plan.dies_in, self._plan.tellings, self._plan.restarts)
        elif self._dies:
            first.boxes[self._dies].dies_in = self._plan.dies_in
        first.coordinator.tell(StartConversation())
        for trouble in self._plan.troubles:
            self._plan_trouble(first, trouble)
        self._storm(first, self._plan.acts)
        kept = self._leave(first)
        if kept is None or self.scheduler.violations:
            return
        self._run_again(kept)

    def end(self) -> None:
        """Let go of everything."""
        self.scheduler.abandon()
        self._disk.pull()

    def _run_again(self, kept: Kept) -> None:
        """The next run finds what the first has left, sends what waited, and goes on."""
        second = self._begin("two")
        second.archivist.tell(Resume()) if self._plan.seed % 2 else second.coordinator.tell(StartConversation())
        self._calm(second)
        self._settle(second)
        check_resumed(second, kept)
        self.server.faulty = True
        self._storm(second, self._plan.later)
        self._calm(second)
        self._settle(second)
        check_quiet(second)
        if not self.scheduler.violations:
            self._stop(second)
            check_kept(second, kept_in(self._folder, second.name))

    def _begin(self, name: str) -> World:
        self.scheduler.clear()
        there = self.server.names[: -1 if self._plan.forgets and name == "two" else None]
        return World(self.scheduler, self.server, self._disk, self._memory, self._folder, name, there, self._plan)

    def _leave(self, world: World) -> Kept | None:
        """End the first run as the plan says. Returns what is on disk then; None if nothing can be said of it."""
        ending = self._plan.ending
        if ending is Ending.SETTLED:
            self._calm(world)
            self._settle(world)
            if not self._dies:
                check_quiet(world)
        if self.scheduler.violations:
            return None
        self._storms = False
        if ending is Ending.KILLED:
            self._disk.pull()
        else:
            self._stop(world)
        failed = bool(self._plan.dies) and not (self._plan.restarts and ending is Ending.SETTLED)
        abrupt = ending is Ending.KILLED or failed
        refused = bool(self._disk.trouble) or (abrupt and self._disk.refused > 0) or self._dies == "Archivist"
        self._disk.trouble = ""
        if self.scheduler.violations:
            return None
        kept = kept_in(self._folder)
        if not refused:
            check_kept(world, kept_in(self._folder, world.name), killed=abrupt)
        return kept

    def _storm(self, world: World, acts: tuple[Act, ...]) -> None:
        """Let the user act, one act after another, whatever happens meanwhile."""
        self._storms, left = True, list(acts[::-1])

        def act() -> None:
            if left and self._storms:
                following = left.pop()
                world.user.act(following)
                self.scheduler.after(left[-1].after if left else 0.0, act)

        self.scheduler.after(left[-1].after if left else 0.0, act)
        for _ in range(MAX_STEPS):
            if self.scheduler.violations or not left or world.user.model.leaving is not None:
                return
            self.scheduler.step()
        self.scheduler.complain("the storm has no end")

    def _settle(self, world: World) -> None:
        """Go on until all is quiet. Who is asked for a model then names one."""
        for _ in range(MAX_STEPS):
            if self.scheduler.violations:
                return
            if not self.scheduler.step() and not world.user.choose_models():
                return
        self.scheduler.complain("it is never quiet")

    def _calm(self, world: World) -> None:
        """What could go wrong does not any more."""
        self._storms = False
        self.server.faulty = False
        self.server.down.clear()
        self._disk.trouble = ""
        for mailbox in world.boxes.values():
            mailbox.asleep_until = 0.0

    def _stop(self, world: World) -> None:
        for mailbox in world.boxes.values():
            mailbox.asleep_until = 0.0
        late = stop(world)
        if late:
            self.scheduler.complain(f"late to stop: {late}")

    def _plan_trouble(self, world: World, trouble: Trouble) -> None:
        def begin() -> None:
            if self._storms:
                self.scheduler.note("world", trouble)
                self._begin_trouble(world, trouble)
                self.scheduler.after(trouble.seconds, lambda: self._end_trouble(trouble))

        self.scheduler.after(trouble.at, begin)

    def _begin_trouble(self, world: World, trouble: Trouble) -> None:
        if trouble.what == "away":
            name = self._whose(trouble)
            self._away[name] += 1
            self.server.go_away(name)
        elif trouble.what in TROUBLES:
            self._disk.trouble = trouble.what
        elif trouble.what == "slow disk":
            world.boxes["Archivist"].asleep_until = self.scheduler.now + _SLOW
        else:
            world.boxes[trouble.what.removeprefix("stall ")].asleep_until = self.scheduler.now + trouble.seconds

    def _whose(self, trouble: Trouble) -> ServerName:
        """Which server is away."""
        return self.server.names[int(trouble.at * 1000) % len(self.server.names)]

    def _end_trouble(self, trouble: Trouble) -> None:
        """A server is back when nothing keeps it away any more; of the troubles of a disk the first ends all."""
        if trouble.what == "away":
            name = self._whose(trouble)
            self._away[name] -= 1
            if not self._away[name]:
                self.server.down.discard(name)
        elif trouble.what in TROUBLES:
            self._disk.trouble = ""


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder in memory, with an archive in which nothing is kept: to make one takes longer than to copy one."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="chinwag-", dir=memory if memory.is_dir() else None) as name:
        shutil.copyfile(_template(), Path(name) / FILE_NAME)
        yield Path(name)


_templates: list[tuple[tempfile.TemporaryDirectory[str], Path]] = []


def _template() -> Path:
    """An archive in which nothing is kept, made once a process."""
    if not _templates:
        folder = tempfile.TemporaryDirectory(prefix="chinwag-template-")
        path = Path(folder.name) / FILE_NAME
        Archive(path, "template").close()
        _templates.append((folder, path))
    return _templates[0][1]


@contextmanager
def _without_log() -> Iterator[None]:
    """What goes wrong on purpose is not to be written down."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)

"""The scheduler: decides whose message is next, and what time it is. Nothing else runs while one of them runs."""

import heapq
import random
from collections import deque
from collections.abc import Callable
from itertools import count
from types import TracebackType
from typing import Generic, Protocol, TypeVar

import pykka

from tests.simulation.fibers import Fiber, Workers
from tests.simulation.trace import Trace

M = TypeVar("M")
STEP = 0.0001
"""Seconds that acting on a message takes."""
_JUMP = 0.05
"""How far ahead, in seconds, the time may be when it comes before messages that wait."""
_WEIGHTS = (0.05, 0.3, 1.0, 1.0, 1.0, 4.0)
"""How likely somebody is to be next, compared with the others."""


class Injected(Exception):
    """What an actor dies of because the plan says so."""


class Dies(Protocol):
    """What pykka asks of an actor at its end."""

    def on_stop(self) -> None:
        """It was told to stop."""
        ...

    def on_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """It failed."""
        ...


class Ticket:
    """Tells whether a message was acted on."""

    def __init__(self) -> None:
        self.done = False


class Mailbox(Generic[M]):
    """An `Address`, and whoever acts on what is told to it, as pykka would have it do."""

    def __init__(self, scheduler: "Scheduler", name: str, receive: Callable[[M], None], actor: Dies | None) -> None:
        self.name = name
        self.receive = receive
        self.dead = False
        self.dead_letters = 0
        self.asleep_until = 0.0
        self.weight = scheduler.chance.choice(_WEIGHTS)
        self.dies_in: int | None = None
        """So many messages later it dies."""
        self._scheduler = scheduler
        self._actor = actor
        self._queue: deque[tuple[M | None, Ticket, bool]] = deque()
        self.may_wait: Callable[[M], bool] = lambda _: False
        """What wakes nobody, as in `actors.inbox`."""
        self._loud = 0
        """So many do."""

    def tell(self, message: M, /) -> None:
        """Put a message into the mailbox. Raises ActorDeadError."""
        if self.dead:
            self.dead_letters += 1
            raise pykka.ActorDeadError(f"{self.name} is dead")
        self._append(message, quiet=self.may_wait(message))

    def settle(self, message: M) -> Ticket:
        """The same; the ticket says when it was acted on. Nobody waits for the dead."""
        return self._put(message)

    def stop(self) -> Ticket:
        """End it after what is in its mailbox."""
        return self._put(None)

    @property
    def ready(self) -> bool:
        """It has something to do, and is awake."""
        return self.waits and self.asleep_until <= self._scheduler.now

    @property
    def waits(self) -> bool:
        """It has something to do when it wakes."""
        return self._loud > 0

    def run(self) -> None:
        """Act on the next message."""
        message, ticket, quiet = self._queue.popleft()
        self._loud -= not quiet
        if message is None:
            self._end(self._actor.on_stop if self._actor is not None else None)
        else:
            self._scheduler.note(self.name, message)
            self._act(message)
        ticket.done = True

    def die(self, error: Exception) -> None:
        """End as an actor ends that has raised."""
        actor = self._actor
        self._end((lambda: actor.on_failure(type(error), error, None)) if actor is not None else None)

    def _act(self, message: M) -> None:
        try:
            if self.dies_in is not None:
                self.dies_in -= 1
                if self.dies_in <= 0:
                    raise Injected(f"the {self.name} was to die")
            self.receive(message)
        except Injected as error:
            self._scheduler.note(self.name, str(error))
            self.die(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the simulation looks for
            self._scheduler.complain(f"{self.name} failed at {type(message).__name__}: {error!r}", error)
            self.die(error)

    def _end(self, last: Callable[[], None] | None) -> None:
        self.dead = True
        if last is not None:
            last()
        for _, ticket, _ in self._queue:
            ticket.done = True
        self.dead_letters += len(self._queue)
        self._queue.clear()
        self._loud = 0

    def _put(self, message: M | None) -> Ticket:
        if not self.dead:
            return self._append(message)
        ticket = Ticket()
        ticket.done = True
        return ticket

    def _append(self, message: M | None, quiet: bool = False) -> Ticket:
        ticket = Ticket()
        self._queue.append((message, ticket, quiet))
        self._loud += not quiet
        return ticket


class Scheduler:
    """One thread, virtual time, and a source of chance that decides everything."""

    def __init__(self, chance: random.Random, trace: Trace, workers: Workers, now: float = 0.0) -> None:
        self.chance = chance
        self.now = now
        """Seconds since the simulation began."""
        self.steps = 0
        self.violations: list[str] = []
        self.cause: Exception | None = None
        """What was raised first that should not have been."""
        self.current: Fiber | None = None
        self.hasty = chance.choice((0.0, 0.02, 0.1, 0.3))
        """How often the time passes though somebody has something to do."""
        self._trace = trace
        self._workers = workers
        self._mailboxes: list[Mailbox[object]] = []
        self._fibers: list[Fiber] = []
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._deferred: list[Callable[[], None]] = []

    def clock(self) -> float:
        """The time in seconds."""
        return self.now

    def note(self, to: str, what: object) -> None:
        """Write into the trace."""
        self._trace.note(self.steps, self.now, to, what)

    def complain(self, words: str, cause: Exception | None = None) -> None:
        """Something is not as it must be."""
        self.violations.append(f"step {self.steps}, {self.now:.4f} s: {words}")
        self.cause = self.cause or cause

    def mailbox(self, name: str, receive: Callable[[M], None], actor: Dies | None) -> Mailbox[M]:
        """Have somebody take part."""
        mailbox = Mailbox[M](self, name, receive, actor)
        self._mailboxes.append(mailbox)  # type: ignore[arg-type]  # it only ever takes out what others put in
        return mailbox

    def fiber(self, name: str, work: Callable[[], None]) -> Fiber:
        """Begin work that may wait in the middle."""
        fiber = Fiber(name, work, self._workers)
        self._fibers.append(fiber)
        return fiber

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something later."""
        heapq.heappush(self._timers, (self.now + seconds, next(self._order), act))

    def defer(self, act: Callable[[], None]) -> None:
        """Do something as soon as who runs has done what it does."""
        self._deferred.append(act)

    def clear(self) -> None:
        """Nobody of those who took part does any more; what is due still comes."""
        self.abandon()
        self._mailboxes.clear()

    def sleep(self, seconds: float) -> None:
        """Wait in the fiber that runs, until the time is over or somebody wakes it."""
        fiber = self.running
        pause = fiber.pauses + 1
        self.after(seconds, lambda: fiber.wake_from(pause))
        fiber.pause(ready=False)

    def wait(self) -> None:
        """Wait in the fiber that runs, until somebody wakes it."""
        self.running.pause(ready=False)

    def give_way(self) -> None:
        """Let others run before the fiber that runs goes on."""
        self.running.pause(ready=True)

    @property
    def running(self) -> Fiber:
        """The fiber that runs."""
        assert self.current is not None
        return self.current

    def step(self) -> bool:
        """Let somebody act, or time pass; False when nobody ever will again."""
        self.steps += 1
        ready: list[Mailbox[object] | Fiber] = [one for one in self._mailboxes if one.ready]
        ready += [one for one in self._fibers if one.ready]
        if not ready:
            return self._pass_time(None)
        if self.hasty and self.chance.random() < self.hasty and self._pass_time(_JUMP):
            return True
        self._let_act(self._choose(ready))
        return True

    def abandon(self) -> None:
        """End everything that waits in the middle."""
        for fiber in self._fibers:
            self.current = fiber
            fiber.abandon()
        self.current = None
        self._fibers.clear()

    def _choose(self, ready: "list[Mailbox[object] | Fiber]") -> "Mailbox[object] | Fiber":
        if len(ready) == 1:
            return ready[0]
        weights = [one.weight if isinstance(one, Mailbox) else 1.0 for one in ready]
        at = self.chance.random() * sum(weights)
        for one, weight in zip(ready, weights, strict=True):
            at -= weight
            if at < 0:
                return one
        return ready[-1]

    def _let_act(self, one: "Mailbox[object] | Fiber") -> None:
        self.now += STEP
        if isinstance(one, Mailbox):
            one.run()
        else:
            self._resume(one)
        while self._deferred:
            self._deferred.pop()()

    def _resume(self, one: Fiber) -> None:
        self.current = one
        one.resume()
        self.current = None
        if one.done:
            self._fibers.remove(one)
            if one.error is not None:
                self.complain(f"{one.name} failed: {one.error!r}", one.error)

    def _pass_time(self, at_most: float | None) -> bool:
        """Go on to when something is due; False if nothing is, or not within so many seconds."""
        due = [one.asleep_until for one in self._mailboxes if one.waits and one.asleep_until > self.now]
        if self._timers:
            due.append(self._timers[0][0])
        if not due or (at_most is not None and min(due) > self.now + at_most):
            return False
        self.now = max(self.now, min(due))
        if self._timers and self._timers[0][0] <= self.now:
            heapq.heappop(self._timers)[2]()
        return True

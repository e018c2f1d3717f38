"""How a run ends: in the order of `actors.system`, each part with a time limit, in virtual time."""

from collections.abc import Callable
from typing import NamedTuple

from protocol.archivist import CloseArchive
from protocol.coordinator import PrepareToStop
from protocol.timekeeper import StopKeeping
from tests.simulation.scheduler import Ticket
from tests.simulation.world import World

SECONDS = 5.0

Done = Callable[[], bool]


class _Part(NamedTuple):
    name: str
    begin: Callable[[], Done]


def stop(world: World) -> list[str]:
    """Stop everything as `System.stop` does, and return who was late."""
    scheduler = world.scheduler
    begin = scheduler.now
    world.survey_cancel.cancel()
    parts = _parts(world)
    late: list[str] = []
    for number, part in enumerate(parts):
        left = max(0.0, SECONDS - (scheduler.now - begin))
        deadline = scheduler.now + left / (len(parts) - number)
        done = part.begin()
        while not done():
            if scheduler.violations or not scheduler.step() or scheduler.now > deadline:
                late.append(part.name)
                break
    return late


def _parts(world: World) -> tuple[_Part, ...]:
    boxes = world.boxes

    def stopping(name: str) -> _Part:
        return _Part(name, lambda: _ticket(boxes[name].stop()))

    def settling(name: str, message: object) -> _Part:
        return _Part(name, lambda: _ticket(boxes[name].settle(message)))

    def readers() -> Done:
        world.readers.cancel_all()
        return lambda: world.readers.gone

    return (
        stopping("InputHandler"),
        settling("Coordinator", PrepareToStop()),
        stopping("Accumulator"),
        stopping("Coordinator"),
        _Part("StreamReader", readers),
        settling("Archivist", CloseArchive()),
        stopping("Archivist"),
        *(stopping(name) for name in boxes if name.startswith("Librarian")),
        _Part("Timekeeper", lambda: _ticket(world.clockwork.mailbox.settle(StopKeeping()))),
    )


def _ticket(ticket: Ticket) -> Done:
    return lambda: ticket.done

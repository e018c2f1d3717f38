"""Whatever the Coordinator fails at, no pull stays under way for which nobody works, and none is forgotten."""

from itertools import count

import pytest

from actors.colleagues import Colleagues
from actors.coordinator import Coordinator
from protocol.coordinator import AllAbandoned, CancelAll, CoordinatorMessage, NewsOfActors, StartConversation
from protocol.errors import ConnectionLost, ServerRefusal
from protocol.model_commands import Load, ModelCommand, Pull, StopPull
from protocol.model_events import JobChanged
from protocol.model_work import ModelOrder, WorkBroken, WorkFinished, WorkProgressed
from protocol.progress import Layer, Progress
from protocol.settings import EngineSettings
from protocol.store import OVER, JobId, JobState
from protocol.store_reader import StartWork
from protocol.timekeeper import WorkDue
from tests.support.addresses import Recorder
from tests.support.brittle import Brittle, BrittleAddress, BrittleReaders, Where
from tests.support.coordinating import MODEL, A, surveyed

FAULT = RuntimeError("on purpose")
PULL, LOAD = JobId("PullModel llama"), JobId(f"LoadModel {MODEL}")
HALF = Progress("pulling", (Layer("sha256:a", 1000, 500),))
LOST = ConnectionLost("The connection broke.", "Try again.").failure
REFUSED = ServerRefusal("No.", "", 404).failure


class Readers:
    """Satisfies `StoreReaders`, whose caller may fail: knows which attempt is at work at what."""

    def __init__(self, vitals: Brittle) -> None:
        self._vitals = vitals
        self.at_work: dict[JobId, int] = {}

    def open(self, message: StartWork) -> None:
        """See `StoreReaders`."""
        self._vitals.beat()
        self.at_work[message.job] = message.attempt

    def close(self, job: JobId) -> None:
        """See `StoreReaders`."""
        self._vitals.beat()
        self.at_work.pop(job, None)


class Desk:
    """A Coordinator that may fail, with a pull and a load under way."""

    def __init__(self) -> None:
        self.vitals, self.journal = Brittle(), Recorder[object]()
        self.readers = Readers(self.vitals)
        to, numbers = BrittleAddress(self.vitals, self.journal), count(1)
        streams, news = BrittleReaders(self.vitals, self.journal), Recorder[NewsOfActors]()
        everybody = Colleagues(to, to, to, to, streams, news, store=self.readers)
        self.actor = Coordinator(everybody, EngineSettings(), lambda: str(next(numbers)), float, self.vitals)
        self.hears(StartConversation(MODEL), surveyed(), asks(Pull("llama")), asks(Load()))
        assert set(self.readers.at_work) == {PULL, LOAD}

    def hears(self, *messages: CoordinatorMessage) -> None:
        """Act on these. What a reader tells last, it tells once it is done."""
        for message in messages:
            if isinstance(message, WorkFinished | WorkBroken):
                self.readers.at_work.pop(message.job, None)
            self.actor.on_receive(message)

    @property
    def shown(self) -> dict[JobId, JobState]:
        """The jobs that are under way as far as a screen knows."""
        told = {event.job.id: event.job.state for event in self.journal.told if isinstance(event, JobChanged)}
        return {job: state for job, state in told.items() if state not in OVER}


def asks(command: ModelCommand) -> ModelOrder:
    return ModelOrder(A, command)


MESSAGES: dict[str, tuple[list[CoordinatorMessage], CoordinatorMessage]] = {
    "another pull": ([], asks(Pull("other"))),
    "a stop": ([], asks(StopPull("llama"))),
    "progress": ([], WorkProgressed(PULL, 1, HALF)),
    "the end": ([], WorkFinished(PULL, 1, HALF)),
    "the end of a load": ([], WorkFinished(LOAD, 2, HALF)),
    "a break": ([], WorkBroken(PULL, 1, HALF, LOST)),
    "a refusal": ([], WorkBroken(PULL, 1, HALF, REFUSED)),
    "another try": ([WorkBroken(PULL, 1, HALF, LOST)], WorkDue(PULL)),
    "something else, while one is to be tried again": ([WorkBroken(PULL, 1, HALF, LOST)], CancelAll()),
}


@pytest.mark.parametrize("at", Where)
@pytest.mark.parametrize("what", MESSAGES)
def test_what_is_shown_as_under_way_is_worked_at_and_ends(what: str, at: Where) -> None:
    before, message = MESSAGES[what]
    desk = Desk()
    desk.hears(*before)
    desk.vitals.arm(FAULT, at)
    desk.hears(message)
    if not desk.vitals.restarts:  # nothing was told at it
        desk.vitals.arm(FAULT, Where.BEGIN)
        desk.hears(CancelAll())
    desk.hears(AllAbandoned(), surveyed())
    assert desk.shown == dict.fromkeys(desk.readers.at_work, JobState.RUNNING)
    desk.hears(*(WorkFinished(job, attempt, HALF) for job, attempt in desk.readers.at_work.copy().items()))
    assert (desk.shown, desk.readers.at_work) == ({}, {})


def test_a_pull_that_nobody_has_heard_the_end_of_is_asked_for_again() -> None:
    desk = Desk()
    desk.vitals.arm(FAULT, Where.BEGIN)
    desk.hears(WorkFinished(PULL, 1, HALF))
    assert desk.shown == {PULL: JobState.RUNNING, LOAD: JobState.RUNNING}
    desk.hears(AllAbandoned())
    assert desk.readers.at_work == {LOAD: 2, PULL: 3}

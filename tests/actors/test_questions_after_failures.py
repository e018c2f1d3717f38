"""Whatever the Coordinator fails at, what was asked of a server before that is answered."""

from itertools import count

import pytest

from actors.colleagues import Colleagues
from actors.coordinator import Coordinator
from protocol.coordinator import AllAbandoned, CancelAll, ChooseModel, ShowModels, StartConversation
from protocol.librarian import SurveyServer
from protocol.model_commands import Models, Running
from protocol.model_work import ModelOrder
from protocol.models import InstalledModel, ServerSurvey
from protocol.settings import EngineSettings
from protocol.ui import ModelSet, NoticePosted
from tests.support.addresses import Recorder
from tests.support.brittle import Brittle, BrittleAddress, BrittleReaders, Where
from tests.support.coordinating import MODEL, A, surveyed

THERE = "Models on http://there (choose with /model NAME):\n   mill"
FOUND = ServerSurvey("http://there", models=(InstalledModel("mill"),), running=())


class Desk:
    """A Coordinator that may fail, with one conversation whose server was looked at."""

    def __init__(self) -> None:
        self.vitals, self.journal = Brittle(), Recorder[object]()
        to, numbers, nobody = BrittleAddress(self.vitals, self.journal), count(1), Recorder[object]()
        readers = BrittleReaders(self.vitals, nobody)
        everybody = Colleagues(to, nobody, to, nobody, readers, nobody)
        self.actor = Coordinator(everybody, EngineSettings(), lambda: str(next(numbers)), float, self.vitals)
        for message in (StartConversation(MODEL), surveyed()):
            self.actor.on_receive(message)

    def fail(self) -> None:
        """Fail at something that has nothing to do with it, and have everything again."""
        self.vitals.arm(RuntimeError("on purpose"), Where.BEGIN)
        self.actor.on_receive(CancelAll())
        assert self.vitals.restarts == 1
        self.journal.take()
        self.actor.on_receive(AllAbandoned())

    def answers(self) -> list[object]:
        """What is said, or chosen, once the look has come that it waits for."""
        assert SurveyServer() in self.journal.take()
        self.actor.on_receive(surveyed(FOUND))
        return [one for one in self.journal.take() if isinstance(one, NoticePosted | ModelSet)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (ModelOrder(A, Models()), THERE),
        (ModelOrder(A, Running()), "No model is loaded."),
        (ShowModels(A), THERE),
    ],
)
def test_a_list_that_was_asked_for_before_a_failure_comes(asked: ModelOrder | ShowModels, said: str) -> None:
    desk = Desk()
    desk.actor.on_receive(asked)
    desk.fail()
    assert desk.answers() == [NoticePosted(A, said)]


def test_a_model_that_was_named_before_a_failure_is_chosen_when_it_is_there() -> None:
    desk = Desk()
    desk.actor.on_receive(ChooseModel(A, "mill"))
    desk.fail()
    assert desk.answers() == [ModelSet(A, "mill"), NoticePosted(A, "mill answers from the next prompt on.")]

import threading

from actors.actor import stop
from actors.cancel import CancelToken
from actors.librarian import Librarian
from protocol.coordinator import ActorFailed, NewsOfActors, ServerSurveyed
from protocol.errors import ActorDied, ServerUnreachable
from protocol.identity import ServerName
from protocol.librarian import RememberModel, SurveyServer
from protocol.models import InstalledModel, ServerSurvey
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.engine import NONSENSE, ScriptedServer, death_by_nonsense, death_of
from tests.support.leaks import nothing_left

SURVEY = ServerSurvey("here", "0.32.15", (InstalledModel("tiny"),))
DIED = ActorDied("It died.").failure
AWAY = ServerSurvey("here", failure=ServerUnreachable("No server answers.").failure)


class Memory:
    """Remembers a model for the length of a test."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name

    def load(self) -> str | None:
        return self.name

    def save(self, name: str) -> None:
        self.name = name


class Waiting:
    """A catalogue whose server never answers; a cancel frees it, as it frees a socket."""

    def __init__(self) -> None:
        self.entered, self._free = threading.Event(), threading.Event()

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        with cancel.unblocking(self._free.set):
            self.entered.set()
            assert self._free.wait(PATIENCE)
        cancel.check()
        raise AssertionError("nobody cancelled")


class Unstarted:
    """A Librarian without a thread, and whom it tells."""

    def __init__(self, survey: ServerSurvey = SURVEY, last_used: str | None = None) -> None:
        self.coordinator, self.supervisor = Recorder[ServerSurveyed](), Recorder[NewsOfActors]()
        self.server, self.memory, self.cancel = ScriptedServer(survey=survey), Memory(last_used), CancelToken()
        self.actor = Librarian(self.server, self.memory, self.coordinator, self.supervisor, self.cancel)


def test_every_look_at_the_server_is_fresh() -> None:
    told = Unstarted()
    told.actor.on_receive(SurveyServer())
    told.server.found = AWAY
    told.actor.on_receive(SurveyServer())
    assert told.coordinator.take() == [ServerSurveyed(SURVEY, None), ServerSurveyed(AWAY, None)]
    assert told.server.surveys == 2


def test_the_model_used_last_is_told_with_what_was_found() -> None:
    told = Unstarted(last_used="tiny")
    told.actor.on_receive(SurveyServer())
    assert told.coordinator.take() == [ServerSurveyed(SURVEY, "tiny")]


def test_a_model_that_is_remembered_is_told_from_then_on() -> None:
    told = Unstarted(last_used="tiny")
    told.actor.on_receive(RememberModel("huge"))
    assert told.coordinator.take() == []
    told.actor.on_receive(SurveyServer())
    assert told.coordinator.take() == [ServerSurveyed(SURVEY, "huge")]


def test_a_cancelled_look_tells_nothing() -> None:
    told = Unstarted()
    told.cancel.cancel()
    told.actor.on_receive(SurveyServer())
    assert told.coordinator.take() == []


def test_its_thread_looks_and_stops() -> None:
    coordinator, nobody = QueueAddress[ServerSurveyed](), Recorder[object]()
    with nothing_left():
        actor = Librarian.start(ScriptedServer(survey=SURVEY), Memory("tiny"), coordinator, nobody, CancelToken())
        actor.tell(SurveyServer())
        assert coordinator.next() == ServerSurveyed(SURVEY, "tiny")
        assert stop(actor, PATIENCE) is True


def test_it_stops_while_it_waits_for_a_server_that_never_answers() -> None:
    coordinator, nobody = Recorder[ServerSurveyed](), Recorder[object]()
    catalogue, cancel = Waiting(), CancelToken()
    with nothing_left():
        actor = Librarian.start(catalogue, Memory(), coordinator, nobody, cancel)
        actor.tell(SurveyServer())
        assert catalogue.entered.wait(PATIENCE)
        assert stop(actor, 0.0) is False
        cancel.cancel()
        assert stop(actor, PATIENCE) is True
    assert coordinator.take() == []


def test_its_death_is_told_and_ends_its_thread() -> None:
    supervisor, nobody = QueueAddress[NewsOfActors](), Recorder[object]()
    with nothing_left():
        actor = Librarian.start(ScriptedServer(), Memory(), nobody, supervisor, CancelToken())
        actor.tell(NONSENSE)
        assert supervisor.next() == death_by_nonsense("Librarian")
    assert not actor.is_alive()


def test_it_dies_of_a_catalogue_that_breaks_its_promise_and_says_so() -> None:
    supervisor, nobody = QueueAddress[NewsOfActors](), Recorder[object]()
    with nothing_left():
        actor = Librarian.start(
            ScriptedServer(survey=RuntimeError("broken")), Memory(), nobody, supervisor, CancelToken()
        )
        actor.tell(SurveyServer())
        assert supervisor.next() == death_of("Librarian", "RuntimeError('broken')")


def test_a_look_that_fails_is_told_as_one_that_found_nothing() -> None:
    told = Unstarted()
    told.actor.on_receive(SurveyServer())
    told.coordinator.take()
    told.actor.recover(SurveyServer(), DIED)
    told.actor.recover(RememberModel("tiny"), DIED)
    assert told.coordinator.take() == [ServerSurveyed(ServerSurvey("here", failure=DIED), None)]


def test_the_librarian_of_a_server_says_at_which_one_it_looked_and_of_which_one_it_is_missed() -> None:
    told, mill = Unstarted(), ServerName("mill")
    actor = Librarian(told.server, told.memory, told.coordinator, told.supervisor, told.cancel, name=mill)
    actor.on_receive(SurveyServer())
    assert told.coordinator.take() == [ServerSurveyed(SURVEY, None, mill)]
    actor.on_failure(None, OSError("x"), None)
    assert told.supervisor.take() == [
        ActorFailed("Librarian", death_of("Librarian", "OSError('x')").failure, server=mill)
    ]

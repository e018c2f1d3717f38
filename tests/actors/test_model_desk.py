"""What the Coordinator makes of orders about models: whole lists of what it tells."""

from itertools import count

import pytest

from actors.colleagues import Colleagues
from actors.coordinator import Coordinator
from actors.store_jobs import MOST_JOBS
from protocol.coordinator import AllAbandoned, CancelAll, CoordinatorMessage, DiscardConversation, StartConversation
from protocol.errors import ActorDied, ConnectionLost, Failure, MalformedFrame, ServerRefusal, ServerUnreachable
from protocol.identity import ConversationId, StreamId
from protocol.librarian import AskStore, ForgetPull, KeepPull, SurveyServer
from protocol.message import Message
from protocol.model_commands import (
    Copy,
    Create,
    Load,
    LookAtModels,
    ModelCommand,
    ModelPart,
    Models,
    Pull,
    Pulls,
    Remove,
    Running,
    ShowModel,
    StopPull,
    Unload,
)
from protocol.model_events import JobChanged
from protocol.model_work import (
    ModelOrder,
    PullsRecalled,
    StoreAnswered,
    StoreRefused,
    WorkBroken,
    WorkFinished,
    WorkProgressed,
)
from protocol.models import InstalledModel, RunningModel, ServerSurvey
from protocol.progress import Layer, Progress
from protocol.settings import EngineSettings
from protocol.store import (
    AskDetails,
    CopyModel,
    CreateModel,
    DeleteModel,
    Job,
    JobId,
    JobState,
    KeptPull,
    LoadModel,
    ModelCard,
    PullModel,
    StoreQuestion,
    UnloadModel,
)
from protocol.store_reader import StartWork
from protocol.stream_reader import OpenStream
from protocol.timekeeper import Remind, WorkDue
from protocol.ui import NoticePosted, ServerChanged
from protocol.work_retry import RETRIES
from tests.support.addresses import Recorder
from tests.support.coordinating import AWAY, MODEL, A, surveyed

B = ConversationId("2")
SURVEY = ServerSurvey("here", models=(InstalledModel(MODEL, 2_000_000_000),), running=())
PULL, JOB = PullModel("llama"), JobId("PullModel llama")
KEPT = KeptPull("here", "llama")
BEGUN = "llama is being pulled. /pull shows how far it is, /pull stop llama stops it."
LOST = ConnectionLost("The connection broke.", "Try again.").failure
HALF = Progress("pulling", (Layer("sha256:a", 1000, 500),))


class WorkClosed(Message, frozen=True):
    """In the journal: the reader of this job was cancelled."""

    job: JobId


class Store:
    """Satisfies `StoreReaders`, and writes down what it is told."""

    def __init__(self, journal: Recorder[object]) -> None:
        self._journal = journal

    def open(self, message: StartWork) -> None:
        self._journal.tell(message)

    def close(self, job: JobId) -> None:
        self._journal.tell(WorkClosed(job))


class NoReaders:
    """Satisfies `Readers`: nothing streams here."""

    def open(self, message: OpenStream) -> None:
        raise AssertionError(message)

    def close(self, stream: StreamId) -> None:
        """Nothing is open."""


class Desk:
    """A Coordinator with two chats, and one journal of everything that it tells."""

    def __init__(self, survey: ServerSurvey | None = SURVEY, chats: int = 2, model: str | None = MODEL) -> None:
        self._journal = Recorder[object]()
        to, numbers = self._journal, count(1)
        everybody = Colleagues(to, to, to, to, NoReaders(), to, store=Store(to))
        self._actor = Coordinator(everybody, EngineSettings(), lambda: str(next(numbers)), lambda: 0.0)
        self.hears(*(StartConversation(model) for _ in range(chats)))
        if survey is not None:
            self.hears(surveyed(survey))

    def hears(self, *messages: CoordinatorMessage) -> list[object]:
        """Act on these, and return everything that is told because of them."""
        self._journal.take()
        for message in messages:
            self._actor.on_receive(message)
        return self._journal.take()

    def begins_anew(self) -> None:
        """The Coordinator fails at something, and has everything again."""
        self._actor.recover(CancelAll(), ActorDied("The part failed.", "The log has the details.").failure)
        self.hears(AllAbandoned())

    def asked(self, command: ModelCommand, where: ConversationId = A) -> list[object]:
        """Act on a command."""
        return self.hears(ModelOrder(where, command))


def job(state: JobState = JobState.RUNNING, progress: Progress | None = None, **more: object) -> JobChanged:
    return JobChanged(Job(JOB, PULL, state, progress or Progress(), **more))  # type: ignore[arg-type]


def said(text: str, where: ConversationId = A) -> NoticePosted:
    return NoticePosted(where, text)


def test_a_pull_begins_is_kept_grows_and_is_told_where_it_was_asked() -> None:
    desk = Desk()
    assert desk.asked(Pull("llama")) == [KeepPull(KEPT), job(), StartWork(JOB, 1, PULL), said(BEGUN)]
    assert desk.hears(WorkProgressed(JOB, 1, HALF)) == [job(progress=HALF)]
    assert desk.asked(Pulls(), B) == [said("pulling llama: 500 B of 1 kB\n  a   50%  of 1 kB", B)]
    assert desk.hears(WorkFinished(JOB, 1, HALF)) == [
        WorkClosed(JOB),
        ForgetPull(KEPT),
        job(JobState.DONE, HALF),
        said("llama is pulled. /model llama chooses it."),
        SurveyServer(),
    ]
    assert desk.hears(WorkProgressed(JOB, 1, HALF), WorkFinished(JOB, 1, HALF)) == []


def test_the_same_is_not_pulled_twice_and_not_too_much_at_once() -> None:
    desk = Desk()
    desk.asked(Pull("llama"))
    assert desk.asked(Pull("llama"), B) == [said("That is under way: pulling llama: begun.", B)]
    for number in range(MOST_JOBS - 1):
        desk.asked(Pull(f"x{number}"))
    assert desk.asked(Pull("more")) == [said("16 are under way already: wait for one, or stop it.")]


def test_a_pull_that_breaks_is_gone_on_with_later_each_time_longer() -> None:
    desk = Desk()
    desk.asked(Pull("llama"))
    first = desk.hears(WorkBroken(JOB, 1, HALF, LOST))
    waiting = job(JobState.WAITING, HALF, failure=LOST, delay=1.0)
    assert first == [WorkClosed(JOB), waiting, Remind(1.0, WorkDue(JOB))]
    assert desk.hears(WorkDue(JOB)) == [job(progress=HALF), StartWork(JOB, 2, PULL, HALF, 2.0)]
    assert desk.hears(WorkBroken(JOB, 1, HALF, LOST), WorkDue(JOB)) == []
    delays = []
    for attempt in range(2, RETRIES.attempts + 1):
        *_, last = desk.hears(WorkBroken(JOB, attempt, HALF, LOST))
        if isinstance(last, Remind):
            delays.append(last.after)
            desk.hears(WorkDue(JOB))
    assert delays == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0]
    assert last == said("llama could not be pulled. The connection broke. Try again. /pull llama goes on with it.")
    assert desk.asked(Pulls()) == [said("Nothing is being pulled. Get a model with /pull NAME.")]


def test_a_pull_that_brings_something_is_not_given_up() -> None:
    desk = Desk()
    desk.asked(Pull("llama"))
    for attempt in range(1, 50):
        more = Progress("pulling", (Layer("sha256:a", 1000, attempt),))
        *_, last = desk.hears(WorkBroken(JOB, attempt, more, LOST))
        assert last == Remind(1.0, WorkDue(JOB))
        desk.hears(WorkDue(JOB))


def test_a_server_that_is_away_is_waited_for_and_when_it_is_back_the_pull_goes_on_at_once() -> None:
    desk, away = Desk(), ServerUnreachable("No server answers.").failure
    desk.asked(Pull("llama"))
    for attempt in range(1, 30):
        desk.hears(WorkBroken(JOB, attempt, Progress(), away))
        desk.hears(WorkDue(JOB))
    desk.hears(WorkBroken(JOB, 30, Progress(), away))
    desk.hears(surveyed(AWAY))
    told = desk.hears(surveyed(SURVEY))
    assert told == [ServerChanged(SURVEY), job(), StartWork(JOB, 31, PULL, Progress(), 16.0)]


@pytest.mark.parametrize(
    ("failure", "attempts"),
    [(ServerRefusal("No.", "Name another.").failure, 1), (MalformedFrame("Garbage.").failure, 3)],
)
def test_what_will_not_get_better_is_given_up_and_not_kept(failure: Failure, attempts: int) -> None:
    desk = Desk()
    desk.asked(Pull("llama"))
    for attempt in range(1, attempts):
        desk.hears(WorkBroken(JOB, attempt, Progress(), failure), WorkDue(JOB))
    told = desk.hears(WorkBroken(JOB, attempts, Progress(), failure))
    assert told == [
        WorkClosed(JOB),
        ForgetPull(KEPT),
        job(JobState.FAILED, failure=failure),
        said(f"llama could not be pulled. {failure}"),
    ]


def test_a_pull_is_stopped_by_its_name_however_it_is_written() -> None:
    desk = Desk()
    desk.asked(Pull("llama"))
    stopped = "The pull of llama is stopped. What came of it stays at the server: /pull llama goes on with it."
    assert desk.asked(StopPull("LLama:latest"), B) == [
        WorkClosed(JOB),
        ForgetPull(KEPT),
        job(JobState.STOPPED),
        said(stopped, B),
    ]
    assert desk.asked(StopPull("llama")) == [said("llama is not being pulled. /pull shows what is.")]


def test_the_pulls_of_an_earlier_run_are_gone_on_with_at_their_server() -> None:
    desk = Desk()
    goes_on = said("The pull of llama is gone on with. /pull stop llama stops it.", B)
    told = desk.hears(
        PullsRecalled((KEPT, KeptPull("elsewhere", "other"), KeptPull("", "unknown\x1b"), KeptPull("here", "a\x1b")))
    )
    assert told == [KeepPull(KEPT), job(), StartWork(JOB, 1, PULL), goes_on]


def test_they_wait_for_their_server() -> None:
    desk = Desk(AWAY)
    assert desk.hears(PullsRecalled((KEPT,))) == []
    told = desk.hears(surveyed(SURVEY))
    assert StartWork(JOB, 1, PULL) in told


def test_they_wait_for_it_also_where_the_coordinator_begins_anew() -> None:
    desk = Desk(AWAY)
    desk.hears(PullsRecalled((KEPT,)))
    desk.begins_anew()
    assert StartWork(JOB, 1, PULL) in desk.hears(surveyed(SURVEY))


def test_a_pull_goes_on_while_the_coordinator_begins_anew_and_its_end_is_told() -> None:
    desk = Desk()
    desk.asked(Pull("llama"))
    desk.begins_anew()
    assert desk.hears(WorkProgressed(JOB, 1, HALF)) == [job(progress=HALF)]
    assert desk.hears(WorkFinished(JOB, 1, HALF))[-2:] == [
        said("llama is pulled. /model llama chooses it."),
        SurveyServer(),
    ]


def test_what_is_said_of_a_pull_of_a_chat_that_is_deleted_is_said_where_one_looks() -> None:
    desk = Desk()
    desk.asked(Pull("llama"), A)
    desk.hears(DiscardConversation(A))
    assert said("llama is pulled. /model llama chooses it.", B) in desk.hears(WorkFinished(JOB, 1, HALF))


@pytest.mark.parametrize(
    ("command", "question", "words"),
    [
        (Remove("llama", sure=True), DeleteModel("llama"), "llama is deleted."),
        (Copy("llama", "other"), CopyModel("llama", "other"), "llama is called other as well."),
        (Unload("llama"), UnloadModel("llama"), "llama is unloaded."),
        (Unload(), UnloadModel(MODEL), f"{MODEL} is unloaded."),
    ],
)
def test_a_short_order_is_asked_told_and_the_server_looked_at_anew(
    command: ModelCommand, question: StoreQuestion, words: str
) -> None:
    desk = Desk()
    assert desk.asked(command) == [AskStore(A, question)]
    assert desk.hears(StoreAnswered(A, question)) == [said(words), SurveyServer()]
    failure = ServerRefusal("The server refused.", "Look.").failure
    (told,) = desk.hears(StoreRefused(A, question, failure))
    assert isinstance(told, NoticePosted)
    assert told.text.endswith("The server refused. Look.")


def test_nothing_is_deleted_before_it_was_said_what() -> None:
    words = f"This deletes {MODEL} (2.0 GB) from here, for every chat. To do it: /rm {MODEL} yes"
    assert Desk().asked(Remove(MODEL)) == [said(words)]


def test_a_part_of_a_model_is_shown() -> None:
    desk = Desk()
    details = AskDetails(MODEL)
    assert desk.asked(ShowModel(ModelPart.LICENSE)) == [AskStore(A, details, "license")]
    assert desk.hears(StoreAnswered(A, details, ModelCard(MODEL, license="MIT\n"), "license")) == [said("MIT")]


def test_the_lists_are_told_after_a_fresh_look() -> None:
    desk = Desk()
    assert desk.asked(Running()) == desk.asked(Models()) == desk.asked(LookAtModels()) == [SurveyServer()]
    loaded = ServerSurvey("here", models=SURVEY.models, running=(RunningModel(MODEL, 2_000_000_000, 4096),))
    assert desk.hears(surveyed(loaded)) == [
        ServerChanged(loaded),
        said(f"{MODEL}  2.0 GB on the CPU  context 4096"),
        said(f"Models on here (choose with /model NAME):\n * {MODEL}  2.0 GB  loaded"),
    ]


def test_a_model_is_loaded_as_a_work_and_a_quiet_load_says_nothing() -> None:
    desk, work = Desk(), LoadModel(MODEL)
    name = JobId(f"LoadModel {MODEL}")
    running = JobChanged(Job(name, work))
    assert desk.asked(Load()) == [running, StartWork(name, 1, work), said(f"{MODEL} is being loaded.")]
    assert desk.asked(Load(quiet=True)) == []
    end = WorkFinished(name, 1, Progress())
    assert desk.hears(end)[-2:] == [said(f"{MODEL} is loaded."), SurveyServer()]
    assert desk.asked(Load(quiet=True)) == [running, StartWork(name, 2, work)]
    assert desk.hears(WorkBroken(name, 2, Progress(), LOST)) == [
        WorkClosed(name),
        JobChanged(Job(name, work, JobState.FAILED, failure=LOST)),
    ]


def test_a_model_that_is_loaded_is_not_warmed() -> None:
    desk = Desk(ServerSurvey("here", models=SURVEY.models, running=(RunningModel(MODEL),)))
    assert desk.asked(Load(quiet=True)) == []


def test_who_writes_before_the_first_look_has_the_model_warmed_after_it() -> None:
    desk = Desk(survey=None)
    assert desk.asked(Load(quiet=True)) == []
    told = desk.hears(surveyed(SURVEY))
    assert StartWork(JobId(f"LoadModel {MODEL}"), 1, LoadModel(MODEL)) in told


def test_a_model_is_made_of_a_modelfile() -> None:
    work, name = CreateModel("pirate", "Modelfile"), JobId("CreateModel pirate")
    told = Desk().asked(Create("pirate", "Modelfile"))
    assert told[:2] == [JobChanged(Job(name, work)), StartWork(name, 1, work)]


@pytest.mark.parametrize("command", [ShowModel(), Unload(), Load()])
def test_where_no_model_is_chosen_one_must_be_named(command: ModelCommand) -> None:
    desk = Desk(ServerSurvey("here", models=(InstalledModel("a"), InstalledModel("b"))), model=None)
    assert desk.asked(command) == [said("No model is chosen here: name one, or choose with /model.")]
    assert desk.asked(Load(quiet=True)) == []


@pytest.mark.parametrize(
    "command", [Pull("a\x1b[2J"), ShowModel(name="a\x7f"), Remove("\x1b", sure=True), Copy("a", "\x9b"), Load("\x00")]
)
def test_a_name_with_control_characters_is_refused(command: ModelCommand) -> None:
    assert Desk().asked(command) == [said("That is no name of a model: it has characters that none has.")]

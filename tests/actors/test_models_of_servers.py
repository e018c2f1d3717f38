"""Models of several servers: each order is for the server of its chat, and none waits for another one's."""

from itertools import count

import pytest
from msgspec.structs import replace

from actors.colleagues import Colleagues
from actors.coordinator import Coordinator
from actors.store_jobs import MOST_JOBS
from protocol.coordinator import CoordinatorMessage, ServerSurveyed, StartConversation
from protocol.errors import ServerUnreachable
from protocol.identity import DEFAULT_SERVER, ConversationId, ServerName, StreamId
from protocol.librarian import AskStore, ForgetPull, KeepPull, SurveyServer
from protocol.message import Message
from protocol.model_commands import (
    Copy,
    Create,
    Load,
    LookAtModels,
    ModelCommand,
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
from protocol.model_work import ModelOrder, PullsRecalled, StoreAnswered, WorkBroken, WorkFinished
from protocol.models import InstalledModel, ServerSurvey
from protocol.ollama_host import ServerUrl
from protocol.parameter_changes import SetKeepAlive, SetOption
from protocol.parameter_commands import ChangeParameters
from protocol.parameters import Option
from protocol.progress import Progress
from protocol.server_commands import ChooseServer
from protocol.server_settings import Dialect, ServerSettings
from protocol.settings import EngineSettings
from protocol.store import DeleteModel, Job, JobId, JobState, KeptPull, LoadModel, PullModel
from protocol.store_reader import StartWork
from protocol.stream_reader import OpenStream
from protocol.timekeeper import WorkDue
from protocol.ui import NoticePosted
from tests.support.addresses import Recorder
from tests.support.coordinating import A, B, C
from tests.support.engine import death_of

MODEL = "tiny:1b"
MILL, SHOP, BARN = ServerName("mill"), ServerName("shop"), ServerName("barn")
HERE = ServerSurvey("here", models=(InstalledModel(MODEL),), running=())
THERE = ServerSurvey("there", models=(InstalledModel(MODEL, 2_000_000_000),), running=())
SOLD = ServerSurvey("sold", models=(InstalledModel(MODEL),), manages_models=False)
AWAY = ServerUnreachable("No server answers.", "Start it.").failure
GONE = ServerSurvey("there", failure=AWAY)
PULL = PullModel("llama")
LOCAL, REMOTE = JobId("PullModel llama"), JobId("PullModel llama at mill")
STORELESS = "Only models of an Ollama server can be shown, pulled, copied, loaded or deleted: sold is none."
SETTINGS = EngineSettings(
    others=(
        ServerSettings(ServerUrl(host=MILL), name=MILL),
        ServerSettings(ServerUrl(host=SHOP), name=SHOP, dialect=Dialect.OPENAI),
        ServerSettings(ServerUrl(host=BARN), name=BARN),
    )
)


class Told(Message, frozen=True):
    """In the journal: what the Librarian of a server with a name was told."""

    server: ServerName
    message: object


class LibrarianOf:
    """Satisfies `Address`, and writes down who was told."""

    def __init__(self, server: ServerName, journal: Recorder[object]) -> None:
        self._server = server
        self._journal = journal

    def tell(self, message: object) -> None:
        self._journal.tell(Told(self._server, message))


class Readers:
    """Satisfies `Readers` and `StoreReaders`; what is begun is in the journal."""

    def __init__(self, journal: Recorder[object]) -> None:
        self._journal = journal

    def open(self, message: OpenStream | StartWork) -> None:
        self._journal.tell(message)

    def close(self, work: StreamId | JobId) -> None:
        """That is told elsewhere."""


class Desk:
    """A Coordinator with four servers; chat A is at the default, B at mill, C at the shop, which is no Ollama."""

    def __init__(self) -> None:
        self._journal = Recorder[object]()
        to, numbers, readers = self._journal, count(1), Readers(self._journal)
        librarians = {name: LibrarianOf(name, to) for name in (MILL, SHOP, BARN)}
        everybody = Colleagues(to, to, to, to, readers, to, None, librarians, store=readers)
        self._actor = Coordinator(everybody, SETTINGS, lambda: str(next(numbers)), lambda: 0.0)
        self.hears(*(StartConversation(MODEL) for _ in "ABC"))
        self.hears(ServerSurveyed(HERE, None), ServerSurveyed(THERE, None, MILL), ServerSurveyed(SOLD, None, SHOP))
        self.hears(ChooseServer(B, MILL), ChooseServer(C, SHOP))

    def hears(self, *messages: CoordinatorMessage) -> list[object]:
        """Act on these, and return everything that is told because of them."""
        self._journal.take()
        for message in messages:
            self._actor.on_receive(message)
        return self._journal.take()

    def asked(self, command: ModelCommand, where: ConversationId = A) -> list[object]:
        """Act on a command."""
        return self.hears(ModelOrder(where, command))


def begun(job: JobId, server: ServerName, attempt: int = 1) -> list[object]:
    """What is told of a pull that begins, after attempts at others."""
    return [JobChanged(Job(job, PULL, server=server)), StartWork(job, attempt, PULL, server=server)]


def test_a_question_goes_to_the_server_of_its_chat_which_is_looked_at_when_it_is_done() -> None:
    desk, delete = Desk(), DeleteModel("llama")
    assert desk.asked(Remove("llama", sure=True), B) == [Told(MILL, AskStore(B, delete))]
    assert desk.hears(StoreAnswered(B, delete, server=MILL)) == [
        NoticePosted(B, "llama is deleted."),
        Told(MILL, SurveyServer()),
    ]
    assert desk.asked(Remove("llama", sure=True)) == [AskStore(A, delete)]
    assert desk.hears(StoreAnswered(A, delete)) == [NoticePosted(A, "llama is deleted."), SurveyServer()]


def test_the_same_is_pulled_at_two_servers_at_once() -> None:
    desk = Desk()
    assert desk.asked(Pull("llama"))[1:3] == begun(LOCAL, DEFAULT_SERVER)
    keep, *told, _ = desk.asked(Pull("llama"), B)
    assert (keep, told) == (KeepPull(KeptPull("there", "llama")), begun(REMOTE, MILL, 2))
    assert desk.asked(Pulls(), B) == [
        NoticePosted(B, "default: pulling llama: begun\nmill: pulling llama: begun"),
    ]
    over = desk.hears(WorkFinished(REMOTE, 2, Progress()))
    assert over == [
        ForgetPull(KeptPull("there", "llama")),
        JobChanged(Job(REMOTE, PULL, JobState.DONE, server=MILL)),
        NoticePosted(B, "llama is pulled at mill. /model llama chooses it."),
        Told(MILL, SurveyServer()),
    ]


def test_what_is_stopped_is_the_pull_of_the_server_of_the_chat_else_that_of_another() -> None:
    desk = Desk()
    desk.asked(Pull("llama"))
    desk.asked(Pull("llama"), B)
    stays = "What came of it stays at the server: /pull llama goes on with it"
    *_, stopped, words = desk.asked(StopPull("llama"), B)
    assert stopped == JobChanged(Job(REMOTE, PULL, JobState.STOPPED, server=MILL))
    assert words == NoticePosted(B, f"The pull of llama at mill is stopped. {stays}.")
    *_, stopped, words = desk.asked(StopPull("llama"), B)
    assert stopped == JobChanged(Job(LOCAL, PULL, JobState.STOPPED))
    assert words == NoticePosted(
        B, f"The pull of llama at the default server is stopped. {stays}, where the default server answers."
    )


def test_where_a_chat_has_moved_meanwhile_it_is_said_where_the_new_model_can_be_chosen() -> None:
    desk = Desk()
    desk.asked(Pull("llama"), B)
    desk.hears(ChooseServer(B, ServerName("default")))
    chooses = "/model llama chooses it, where mill answers."
    assert NoticePosted(B, f"llama is pulled at mill. {chooses}") in desk.hears(WorkFinished(REMOTE, 1, Progress()))


def test_a_server_that_is_busy_with_pulls_takes_no_more_and_another_does() -> None:
    desk = Desk()
    for number in range(MOST_JOBS):
        desk.asked(Pull(f"x{number}"), B)
    refused = NoticePosted(B, "16 are under way already: wait for one, or stop it.")
    assert desk.asked(Pull("llama"), B) == [refused]
    assert desk.asked(Pull("llama"))[1:3] == begun(LOCAL, DEFAULT_SERVER, MOST_JOBS + 1)


def test_what_waits_for_a_dead_server_goes_on_when_that_one_is_back() -> None:
    desk = Desk()
    desk.asked(Pull("llama"), B)
    desk.hears(WorkBroken(REMOTE, 1, Progress(), AWAY), ServerSurveyed(GONE, None, MILL))
    assert desk.asked(Pull("llama"))[1:3] == begun(LOCAL, DEFAULT_SERVER, 2)
    again = StartWork(REMOTE, 3, PULL, Progress(), 2.0, MILL)
    assert again not in desk.hears(ServerSurveyed(HERE, None))
    assert again in desk.hears(ServerSurveyed(THERE, None, MILL))
    assert desk.hears(WorkDue(REMOTE)) == []


def test_lists_are_of_the_server_of_the_chat_and_wait_for_no_other() -> None:
    desk = Desk()
    assert desk.asked(Models(), B) == desk.asked(LookAtModels(), B) == [Told(MILL, SurveyServer())]
    assert desk.asked(Running()) == [SurveyServer()]
    assert desk.hears(ServerSurveyed(HERE, None)) == [NoticePosted(A, "No model is loaded.")]
    assert desk.hears(ServerSurveyed(THERE, None, MILL)) == [
        NoticePosted(B, f"Models on there (choose with /model NAME):\n * {MODEL}  2.0 GB"),
    ]


def test_what_is_to_be_deleted_is_said_of_the_server_of_the_chat() -> None:
    words = f"This deletes {MODEL} (2.0 GB) from there, for every chat. To do it: /rm {MODEL} yes"
    assert Desk().asked(Remove(MODEL), B) == [NoticePosted(B, words)]


def test_the_pulls_of_an_earlier_run_wait_each_for_its_server() -> None:
    desk = Desk()
    kept = KeptPull("http://barn:11434", "llama")
    at_barn = JobId("PullModel llama at barn")
    assert desk.hears(PullsRecalled((kept,))) == []
    told = desk.hears(ServerSurveyed(ServerSurvey("http://barn:11434"), None, BARN))
    assert [one for one in told if isinstance(one, StartWork)] == [StartWork(at_barn, 1, PULL, server=BARN)]
    assert KeepPull(kept) in told


@pytest.mark.parametrize(
    "command",
    [Pull("a"), ShowModel(), Remove("a", sure=True), Copy("a", "b"), Load(), Unload(), Create("a", "File")],
    ids=lambda one: type(one).__name__,
)
def test_a_server_that_manages_no_models_says_so_in_one_sentence(command: ModelCommand) -> None:
    assert Desk().asked(command, C) == [NoticePosted(C, STORELESS)]


def test_of_such_a_server_that_is_known_before_any_look_and_nothing_is_warmed_there() -> None:
    desk = Desk()
    desk.hears(ServerSurveyed(ServerSurvey("sold", failure=AWAY), None, SHOP))
    (said,) = desk.asked(Pull("a"), C)
    assert isinstance(said, NoticePosted)
    assert said.text == STORELESS
    assert desk.asked(Load(quiet=True), C) == []


def test_where_nobody_looks_any_more_nothing_is_asked() -> None:
    desk = Desk()
    desk.hears(replace(death_of("Librarian", "KeyError()"), server=MILL))
    (said,) = desk.asked(Unload("a"), B)
    assert isinstance(said, NoticePosted)
    assert said.text.startswith("Nobody looks at the server any more.")
    assert desk.asked(Unload("a")) != []


def test_the_model_of_a_chat_is_loaded_as_its_next_prompt_needs_it() -> None:
    desk = Desk()
    desk.hears(*(ChangeParameters(B, change) for change in (SetOption("num_ctx", 512), SetOption("seed", 1))))
    desk.hears(ChangeParameters(B, SetKeepAlive("10m")))
    work = LoadModel(MODEL, "10m", (Option("num_ctx", 512),))
    assert StartWork(JobId(f"LoadModel {MODEL} at mill"), 1, work, server=MILL) in desk.asked(Load(), B)
    other = LoadModel("other")
    assert StartWork(JobId("LoadModel other at mill"), 2, other, server=MILL) in desk.asked(Load("other"), B)

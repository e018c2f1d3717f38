"""Whatever the Accumulator, the InputHandler and the Librarian fail at, nobody is left to wait for it."""

from functools import partial
from pathlib import Path
from typing import Any, get_args

import pykka
import pytest

from actors.accumulator import Accumulator
from actors.actor import Actor
from actors.archive import FILE_NAME, Archive
from actors.archivist import Archivist
from actors.cancel import CancelToken
from actors.colleagues import Colleagues
from actors.coordinator import Coordinator
from actors.credit import Credit
from actors.input_handler import InputHandler
from actors.librarian import Librarian
from actors.model_memory import FileModelMemory
from actors.pull_memory import PullMemory
from actors.timekeeper import Timekeeper
from protocol.accumulator import (
    AbandonAll,
    AbandonReply,
    AccumulatorMessage,
    BeginReply,
    FramesArrived,
    StreamBroken,
    StreamEnded,
)
from protocol.archivist import KeepDraft, RememberInput
from protocol.attaching import ImagesWanted, PathsPasted, TextWritten
from protocol.commands import Debug
from protocol.coordinator import (
    ActorRestarted,
    AllAbandoned,
    CancelConversation,
    NewsOfActors,
    ReplyFinished,
    ServerSurveyed,
    Submit,
)
from protocol.errands import CommandRan, ErrandNews, FilesGathered, FilesSeen, ImagesSaved
from protocol.frames import Chunk, Completion
from protocol.identity import ConversationId
from protocol.input_handler import CancelPressed, CommandPressed, DraftChanged, InputHandlerMessage, TextSubmitted
from protocol.librarian import (
    AskStore,
    ForgetPull,
    KeepPull,
    LibrarianMessage,
    RecallPulls,
    RememberModel,
    SurveyServer,
)
from protocol.limits import ResourceLimits
from protocol.mentions import Mention
from protocol.model_work import StoreRefused
from protocol.models import ServerSurvey
from protocol.reply import Broken, Reply
from protocol.settings import EngineSettings
from protocol.store import DeleteModel, KeptPull
from protocol.timekeeper import FlushDue, Remind, Reminder, RemindersLost, StopKeeping, SurveyDue, TimekeeperMessage
from protocol.ui import ConversationStarted, InputRefused, NoticePosted, ReplyGrew
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.brittle import Brittle, BrittleAddress, BrittleReaders, Where
from tests.support.clock import FakeClock
from tests.support.coordinating import DONE, LOST, stream
from tests.support.engine import ScriptedServer, alive, death_of
from tests.support.errands import ErrandsOnPaper
from tests.support.leaks import nothing_left

TALK = ConversationId("talk")
ONE, OTHER, NEW = stream(1), stream(2), stream(3)
LIMITS = ResourceLimits()
FAULT = RuntimeError("on purpose")
FLOOD = [MemoryError("full"), SystemExit("exit"), KeyboardInterrupt("key")]


def failure(actor: str, error: BaseException = FAULT) -> ActorRestarted:
    return ActorRestarted(actor, death_of(actor, repr(error)).failure)


def fails(actor: Actor[Any], vitals: Brittle, supervisor: Recorder[NewsOfActors], message: object, at: Where) -> bool:
    """Have it fail at a message, which is told once; False if it tells nothing there, so that nothing fails."""
    vitals.arm(FAULT, at)
    actor.on_receive(message)
    failed = vitals.restarts == 1
    assert supervisor.take() == ([failure(type(actor).__name__)] if failed else [])
    assert failed or at is Where.TELLING
    return failed


ACCUMULATOR: dict[type[object], AccumulatorMessage] = {
    BeginReply: BeginReply(NEW, TALK, Reply("Half")),
    FramesArrived: FramesArrived(ONE, (Chunk(" a"),)),
    StreamEnded: StreamEnded(ONE, Completion("stop")),
    StreamBroken: StreamBroken(ONE, LOST),
    AbandonReply: AbandonReply(ONE),
    AbandonAll: AbandonAll(),
}
INPUT_HANDLER: dict[type[object], InputHandlerMessage] = {
    TextSubmitted: TextSubmitted(TALK, "Hi"),
    DraftChanged: DraftChanged(TALK, "not sent"),
    CommandPressed: CommandPressed(TALK, Debug()),
    CancelPressed: CancelPressed(TALK),
    TextWritten: TextWritten(TALK, (Mention(("a.png",)),)),
    PathsPasted: PathsPasted(TALK, "/a.png", ("/a.png",)),
    ImagesWanted: ImagesWanted(TALK, ()),
    FilesSeen: FilesSeen(1),
    FilesGathered: FilesGathered(2),
    CommandRan: CommandRan(5, "", "exit status 0"),
    ImagesSaved: ImagesSaved(3, "Saved."),
}
OF_FILES = TextWritten | PathsPasted | ImagesWanted | FilesSeen | FilesGathered | CommandRan | ImagesSaved
DELETE = AskStore(TALK, DeleteModel("tiny"))
KEPT = KeptPull("here", "tiny")
LIBRARIAN: dict[type[object], LibrarianMessage] = {
    SurveyServer: SurveyServer(),
    RememberModel: RememberModel("tiny"),
    AskStore: DELETE,
    RecallPulls: RecallPulls(),
    KeepPull: KeepPull(KEPT),
    ForgetPull: ForgetPull(KEPT),
}
TIMEKEEPER: dict[type[object], TimekeeperMessage] = {
    Remind: Remind(0.0, SurveyDue()),
    StopKeeping: StopKeeping(),
}


def test_every_message_has_a_sample() -> None:
    assert set(ACCUMULATOR) == set(get_args(AccumulatorMessage))
    assert set(INPUT_HANDLER) == set(get_args(InputHandlerMessage))
    assert set(LIBRARIAN) == set(get_args(LibrarianMessage))
    assert set(TIMEKEEPER) == set(get_args(TimekeeperMessage))


@pytest.mark.parametrize("at", Where)
@pytest.mark.parametrize("message", ACCUMULATOR.values(), ids=lambda one: type(one).__name__)
def test_the_accumulator_breaks_what_it_fails_at_and_goes_on_with_the_rest(
    message: AccumulatorMessage, at: Where
) -> None:
    vitals, journal, supervisor = Brittle(), Recorder[object](), Recorder[NewsOfActors]()
    told = BrittleAddress(vitals, journal)
    actor = Accumulator(told, told, supervisor, Credit(9), LIMITS, vitals)
    for one in (ONE, OTHER):
        actor.on_receive(BeginReply(one, TALK))
        actor.on_receive(FramesArrived(one, (Chunk("Half"),)))
    journal.take()
    assert fails(actor, vitals, supervisor, message, at)
    broken = Broken(failure("Accumulator").failure)
    if isinstance(message, AbandonAll):
        assert journal.take() == [
            ReplyFinished(ONE, Reply("Half"), broken),
            ReplyFinished(OTHER, Reply("Half"), broken),
            AllAbandoned(),
        ]
        actor.on_receive(BeginReply(OTHER, TALK))
        actor.on_receive(FramesArrived(OTHER, (Chunk("Half"),)))
        journal.take()
    else:
        (end,) = journal.take()
        assert isinstance(end, ReplyFinished)
        assert (end.stream, end.ending) == (message.stream, broken)
        early = isinstance(message, BeginReply) and at is Where.BEGIN
        assert end.reply.text in (("",) if early else ("Half", "Half a"))
    actor.on_receive(FramesArrived(OTHER, (Chunk(" b"),)))
    actor.on_receive(StreamEnded(OTHER, Completion("stop", DONE.metrics)))
    assert journal.take() == [
        ReplyGrew(TALK, OTHER, (Chunk(" b"),)),
        ReplyFinished(OTHER, Reply("Half b"), DONE),
    ]


@pytest.mark.parametrize("at", Where)
@pytest.mark.parametrize("message", INPUT_HANDLER.values(), ids=lambda one: type(one).__name__)
def test_what_the_input_handler_fails_at_is_given_back(message: InputHandlerMessage, at: Where) -> None:
    vitals, journal, supervisor = Brittle(), Recorder[object](), Recorder[NewsOfActors]()
    told = BrittleAddress(vitals, journal)
    errands = ErrandsOnPaper(told)
    actor = InputHandler(told, told, told, told, supervisor, LIMITS, FakeClock(), lambda: "fine", vitals, errands)
    assert fails(actor, vitals, supervisor, message, at) or isinstance(message, ErrandNews)
    words = failure("InputHandler").failure.summary
    if isinstance(message, TextSubmitted):
        assert journal.take() == [InputRefused(TALK, "Hi", f"{words} Send it again.")]
    elif isinstance(message, DraftChanged):
        assert journal.take() == [KeepDraft(TALK, "not sent")]
    elif isinstance(message, ImagesWanted):
        assert journal.take()[-1] == NoticePosted(TALK, f"{words} Save it again.")
    elif isinstance(message, OF_FILES):
        journal.take()
    else:
        assert journal.take() == [NoticePosted(TALK, f"{words} Press the key again.")]
    for again in INPUT_HANDLER.values():
        if not isinstance(again, OF_FILES):
            actor.on_receive(again)
    assert journal.take() == [
        Submit(TALK, "Hi"),
        RememberInput("Hi"),
        KeepDraft(TALK, "not sent"),
        NoticePosted(TALK, "fine"),
        CancelConversation(TALK),
    ]


class BrittleLibrary(ScriptedServer):
    """A server, and the memory of what was used on it, at which the Librarian may fail."""

    def __init__(self, vitals: Brittle) -> None:
        super().__init__(survey=ServerSurvey("here"))
        self._vitals = vitals
        self.name: str | None = None

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """Fail, or look."""
        self._vitals.beat()
        return super().survey(cancel)

    def load(self) -> str | None:
        """See `ModelMemory.load`."""
        return self.name

    def save(self, name: str) -> None:
        """Fail, or save."""
        self._vitals.beat()
        self.name = name


@pytest.mark.parametrize("at", Where)
@pytest.mark.parametrize("message", LIBRARIAN.values(), ids=lambda one: type(one).__name__)
def test_a_look_that_the_librarian_fails_at_is_told_as_one_that_found_nothing(
    message: LibrarianMessage, at: Where
) -> None:
    vitals, journal, supervisor = Brittle(), Recorder[object](), Recorder[NewsOfActors]()
    library = BrittleLibrary(vitals)
    to, pulls = BrittleAddress(vitals, journal), PullMemory(None)
    actor = Librarian(library, library, to, supervisor, CancelToken(), vitals, pulls=pulls)
    assert fails(actor, vitals, supervisor, message, at) or isinstance(message, KeepPull | ForgetPull)
    found_nothing = ServerSurveyed(ServerSurvey("", failure=failure("Librarian").failure), None)
    refused = StoreRefused(TALK, DELETE.question, failure("Librarian").failure)
    expected: dict[type[object], list[object]] = {SurveyServer: [found_nothing], AskStore: [refused]}
    assert journal.take() == (expected.get(type(message), []) if vitals.restarts else [])
    actor.on_receive(RememberModel("huge"))
    actor.on_receive(SurveyServer())
    assert journal.take() == [ServerSurveyed(ServerSurvey("here"), "huge")]


@pytest.mark.parametrize("error", [FAULT, *FLOOD], ids=repr)
@pytest.mark.parametrize("at", Where)
def test_the_timekeeper_says_that_a_reminder_may_be_lost_whatever_it_fails_of(at: Where, error: BaseException) -> None:
    vitals, receiver, supervisor = Brittle(), QueueAddress[Reminder](), QueueAddress[NewsOfActors]()
    with nothing_left():
        keeper = Timekeeper(BrittleAddress(vitals, receiver), supervisor, FakeClock(), vitals)
        vitals.arm(error, at)
        keeper.start()
        keeper.tell(Remind(0.0, SurveyDue()))
        keeper.tell(Remind(0.0, FlushDue()))
        assert [receiver.next(), receiver.next()] == [RemindersLost(), FlushDue()]
        assert supervisor.next() == failure("Timekeeper", error)
        assert keeper.end(PATIENCE)
    assert (receiver.drain(), supervisor.drain()) == ([], [])


def test_the_timekeeper_stops_even_if_it_fails_at_that() -> None:
    vitals, receiver, supervisor = Brittle(), QueueAddress[Reminder](), QueueAddress[NewsOfActors]()
    with nothing_left():
        keeper = Timekeeper(receiver, supervisor, FakeClock(), vitals)
        vitals.arm(FAULT, Where.BEGIN)
        keeper.start()
        assert keeper.end(PATIENCE)
    assert (receiver.drain(), supervisor.drain()) == ([RemindersLost()], [failure("Timekeeper")])


def start(name: str, folder: Path, vitals: Brittle, told: QueueAddress[object]) -> pykka.ActorRef[Any]:
    """An actor with its thread."""
    match name:
        case "Accumulator":
            return Accumulator.start(told, told, told, Credit(9), LIMITS, vitals)
        case "InputHandler":
            return InputHandler.start(told, told, told, told, told, LIMITS, FakeClock(), str, vitals)
        case "Librarian":
            return Librarian.start(ScriptedServer(), FileModelMemory(None), told, told, CancelToken(), vitals)
        case "Archivist":
            path = folder / FILE_NAME
            opening, clock = partial(Archive, path, "me"), FakeClock(1.0)
            return Archivist.start(path, "me", opening, told, told, told, told, clock, True, vitals)
        case _:
            colleagues = Colleagues(told, told, told, told, BrittleReaders(vitals, told), told)
            return Coordinator.start(colleagues, EngineSettings(), lambda: "1", float, vitals)


@pytest.mark.parametrize("error", FLOOD, ids=repr)
@pytest.mark.parametrize(
    ("name", "message", "kind"),
    [
        ("Accumulator", AbandonAll(), AllAbandoned),
        ("InputHandler", CancelPressed(TALK), CancelConversation),
        ("Librarian", SurveyServer(), ServerSurveyed),
        ("Archivist", Submit(TALK, "Hi"), Submit),
        ("Coordinator", AllAbandoned(), ConversationStarted),
    ],
)
def test_no_kind_of_exception_ends_a_thread(
    name: str, message: object, kind: type[object], error: BaseException, tmp_path: Path
) -> None:
    vitals, told = Brittle(), QueueAddress[object]()
    with nothing_left(), alive(start(name, tmp_path, vitals, told)) as actor:
        vitals.arm(error, Where.BEGIN)
        actor.tell(message)
        assert told.until(ActorRestarted) == failure(name, error)
        actor.tell(message)
        told.until(kind)
        assert (vitals.restarts, vitals.dead) == (1, False)

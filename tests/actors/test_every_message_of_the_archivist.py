"""Whatever the Archivist fails at, prompts are passed on, who asked is answered, and what is said later is kept."""

from functools import partial
from pathlib import Path
from typing import get_args

import pytest

from actors.archive import FILE_NAME, Archive
from actors.archivist import Archivist
from protocol.archivist import (
    ArchivistMessage,
    CloseArchive,
    DeleteConversation,
    KeepDraft,
    ListConversations,
    OpenArchive,
    RecoverConversations,
    RememberInput,
    Reopen,
    Resume,
    SearchConversations,
    SetTitle,
    UndeleteConversation,
)
from protocol.attachment_events import CommandEnded, CommandStarted, FilesAwaited, FilesMentioned, FilesOffered
from protocol.chat import Role
from protocol.comparison import (
    AnswersBrought,
    Column,
    ColumnKind,
    Compare,
    Comparison,
    ComparisonBegan,
    ComparisonChanged,
    ComparisonId,
    ComparisonPrepared,
    ComparisonShown,
    Contestant,
    JudgeOffered,
)
from protocol.context_events import HistoryTrimmed
from protocol.coordinator import (
    ActorRestarted,
    ConversationsRecovered,
    NewsOfActors,
    RestoreConversation,
    RetellConversations,
    ShowConversation,
    StartConversation,
    Submit,
)
from protocol.errors import ActorDied
from protocol.identity import ConversationId, MessageId, ServerName, TurnId
from protocol.kept import ConversationRecord
from protocol.model_events import JobChanged
from protocol.models import ServerSurvey
from protocol.parameter_events import ParametersSet
from protocol.parameters import Parameters
from protocol.server_events import ServerSet
from protocol.sleep import ConfirmKept, ConversationSlept, ReadConversation, account_of
from protocol.store import Job, JobId, PullModel
from protocol.timekeeper import FlushDue, RemindersLost
from protocol.tree import Node, Place
from protocol.turn import TurnState
from protocol.ui import (
    ConversationDeleted,
    ConversationForked,
    ConversationRetold,
    ConversationsListed,
    ConversationStarted,
    DraftsRecalled,
    EngineFailed,
    EngineRecovered,
    HitsFound,
    InputRecalled,
    InputRefused,
    KeepingFailed,
    KeepingResumed,
    ModelAsked,
    ModelSet,
    NoticePosted,
    PathShown,
    PromptOffered,
    PromptReworded,
    QueueReordered,
    QuitRequested,
    ServerChanged,
    SystemPromptSet,
    TitleSet,
    TurnQueued,
    VersionsCounted,
    WaitReason,
)
from tests.support.addresses import Recorder
from tests.support.archiving import answered, asked, connecting, done, grew, kept
from tests.support.brittle import Brittle, BrittleAddress, Where
from tests.support.clock import FakeClock
from tests.support.engine import death_of
from tests.support.keeping import MODEL, TALK
from tests.support.leaks import nothing_left

FAULT = RuntimeError("on purpose")
DIED = ActorDied("It died.").failure
FAILED = ActorRestarted("Archivist", death_of("Archivist", repr(FAULT)).failure)
FORK, NEW, TURN = ConversationId("fork"), ConversationId("new"), TurnId("1")
STARTED = ConversationStarted(TALK, MODEL, "Be brief.")
ACCOUNT = account_of(None, ())
CONTESTANTS = Contestant("small"), Contestant("large")
COLUMN = Column(ConversationId("column"), CONTESTANTS[0], TurnId("c"))
COMPARISON = Comparison(ComparisonId("it"), TALK, MessageId("1#1"), TurnId("p"), "Why?", (COLUMN,))
BROUGHT = Node(MessageId("p"), MessageId("1#1"), Role.USER, "Why?")
MESSAGES: tuple[ArchivistMessage, ...] = (
    Submit(TALK, "passed on"),
    Compare(TALK, CONTESTANTS, "passed on"),
    Resume("nowhere", MODEL),
    Reopen(TALK, "nowhere"),
    ListConversations(TALK),
    SearchConversations(TALK, "Hello"),
    SetTitle(TALK, "Greetings"),
    DeleteConversation(TALK, "nowhere"),
    UndeleteConversation(TALK),
    RememberInput("Hi"),
    KeepDraft(TALK, "not sent"),
    FlushDue(),
    RemindersLost(),
    RecoverConversations(),
    ConfirmKept(TALK, ACCOUNT),
    ReadConversation(TALK),
    OpenArchive(),
    CloseArchive(),
    ConversationStarted(NEW, MODEL),
    TitleSet(TALK, "Greetings"),
    PathShown(TALK, MessageId("1#1"), ()),
    VersionsCounted(TALK, TURN, Place(), Place()),
    ConversationForked(ConversationRecord(FORK, "", MODEL, "", 1.0, 1.0, None)),
    ModelSet(TALK, "huge:70b"),
    SystemPromptSet(TALK, ""),
    ParametersSet(TALK, Parameters(keep_alive="10m")),
    ServerSet(TALK, ServerName("mill"), "tiny"),
    ComparisonPrepared(TALK, CONTESTANTS),
    ComparisonBegan(TALK, COMPARISON),
    ComparisonChanged(TALK, COMPARISON),
    ComparisonShown(TALK, COMPARISON),
    JudgeOffered(TALK, ColumnKind.JUDGE, MODEL, "Which?"),
    AnswersBrought(TALK, COMPARISON, BROUGHT, (), BROUGHT.id),
    ModelAsked(TALK, "Which model?", ()),
    FilesMentioned(TALK, (), ()),
    FilesAwaited(TALK, 1),
    FilesOffered(TALK, "@a.png"),
    CommandStarted(TALK, "ls"),
    CommandEnded(TALK, "ls", "a.png", "exit status 0"),
    asked("8", "taken")[1],
    PromptOffered(TALK, TURN, "Hi"),
    PromptReworded(TALK, TURN, "Hi"),
    QueueReordered(()),
    TurnQueued(TALK, TURN, WaitReason.SURVEY),
    connecting("2"),
    grew("Hel", "2"),
    done("1", "Hello."),
    ServerChanged(ServerSurvey("here")),
    InputRefused(TALK, "no", "No."),
    InputRecalled(()),
    DraftsRecalled(()),
    NoticePosted(TALK, "Words."),
    ConversationsListed(TALK, ()),
    HitsFound(TALK, "words", ()),
    ConversationDeleted(TALK),
    KeepingFailed("Words."),
    KeepingResumed("Words."),
    EngineFailed(DIED),
    EngineRecovered(DIED),
    ConversationRetold(ConversationRecord(NEW, "", MODEL, "", 0.0, 0.0, None)),
    ConversationSlept(TALK),
    HistoryTrimmed(TALK, TURN, 2, 200),
    QuitRequested(),
    JobChanged(Job(JobId("pull"), PullModel("tiny"))),
)
IN_WORDS = (Reopen, ListConversations, SearchConversations, DeleteConversation, UndeleteConversation)


class Desk:
    """An Archivist who may fail, and whom it tells."""

    def __init__(self, folder: Path) -> None:
        self.vitals, self.news = Brittle(), Recorder[NewsOfActors]()
        self.coordinator, self.others = Recorder[object](), Recorder[object]()
        path = folder / FILE_NAME
        to, others = BrittleAddress(self.vitals, self.coordinator), BrittleAddress(self.vitals, self.others)
        opening, clock = partial(Archive, path, "me"), FakeClock(1.0)
        self.actor = Archivist(path, "me", opening, to, others, others, self.news, clock, True, self.vitals)

    def hears(self, *messages: ArchivistMessage) -> None:
        """Act on these."""
        for message in messages:
            self.actor.on_receive(message)

    def fails_at(self, message: ArchivistMessage, at: Where) -> bool:
        """Fail, which is told once; False if nothing is told at this message."""
        self.coordinator.take()
        self.vitals.arm(FAULT, at)
        self.hears(message)
        failed = self.vitals.restarts == 1
        assert self.news.take() == [FAILED] * failed
        assert failed or at is Where.TELLING
        return failed


def test_every_message_has_a_sample() -> None:
    assert {type(message) for message in MESSAGES} == set(get_args(ArchivistMessage))
    assert len(MESSAGES) == len(get_args(ArchivistMessage))


@pytest.mark.parametrize("at", Where)
@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: type(one).__name__)
def test_nobody_waits_for_what_the_archivist_failed_at(message: ArchivistMessage, at: Where, tmp_path: Path) -> None:
    with nothing_left():
        desk = Desk(tmp_path)
        if not isinstance(message, OpenArchive):
            desk.hears(OpenArchive())
        desk.hears(STARTED, *answered("1", "Hi", "Hello."), *asked("2", "more"))
        failed = desk.fails_at(message, at)
        told = desk.coordinator.take()
        closed = isinstance(message, CloseArchive)
        assert told.count(RetellConversations()) == (failed and not closed)
        assert told.count(message) == isinstance(message, Submit | Compare)
        begun = [one for one in told if isinstance(one, StartConversation | RestoreConversation | ShowConversation)]
        assert len(begun) == isinstance(message, Resume)
        answers = [one.shown for one in told if isinstance(one, ConversationsRecovered)]
        assert answers == [TALK] * isinstance(message, RecoverConversations)
        prompt, *later = answered("9", "next", "Well.")
        desk.hears(prompt)
        assert desk.coordinator.take() == [prompt]
        desk.hears(*later, CloseArchive())
        assert desk.news.take() == []
        desk.actor.on_stop()
    record = kept(tmp_path)
    said = [(node.text, node.state) for node in record.messages] if record is not None else []
    wanted = [("next", TurnState.DONE), ("Well.", TurnState.DONE)]
    assert said[-2:] == wanted if not closed else wanted[0] not in said


@pytest.mark.parametrize("at", Where)
def test_an_archivist_that_fails_at_opening_opens_all_the_same(at: Where, tmp_path: Path) -> None:
    with nothing_left():
        desk = Desk(tmp_path)
        assert desk.fails_at(OpenArchive(), at)
        desk.hears(STARTED, *answered("1", "Hi", "Hello."), CloseArchive())
        desk.actor.on_stop()
        told = desk.others.take()
    record = kept(tmp_path)
    assert record is not None
    assert [node.text for node in record.messages] == ["Hi", "Hello."]
    assert [one for one in told if isinstance(one, InputRecalled)] == [InputRecalled(())]

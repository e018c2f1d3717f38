"""Whatever the Coordinator fails at, what streams is ended, what waits goes on, and the next prompt is answered."""

from itertools import count
from typing import get_args

import pytest

from actors.colleagues import Colleagues
from actors.coordinator import Coordinator
from protocol.accumulator import AbandonAll
from protocol.comparison import (
    Column,
    Compare,
    CompareAgain,
    Comparison,
    ComparisonId,
    Contestant,
    DropComparison,
    JudgeAnswers,
    MergeAnswers,
    PickAnswer,
    PrepareComparison,
    RestoreComparison,
    ShowComparison,
)
from protocol.context import CompactConversation, ShowContext
from protocol.coordinator import (
    ActorFailed,
    ActorRestarted,
    AllAbandoned,
    CancelAll,
    CancelConversation,
    ChooseModel,
    ChooseVersion,
    ContinueReply,
    ConversationsRecovered,
    CoordinatorMessage,
    DiscardConversation,
    DropQueued,
    EditPrompt,
    EditQueued,
    ForkConversation,
    MoveQueued,
    NewsOfActors,
    PrepareToStop,
    RedoPrompt,
    ReplyFinished,
    ReplyProgressed,
    RestoreConversation,
    RetellConversations,
    RetryNow,
    RetryReply,
    SendNow,
    ServerSurveyed,
    SetSystemPrompt,
    ShowConversation,
    ShowModels,
    ShowQueue,
    ShowSystemPrompt,
    StartConversation,
    Submit,
    UndoPrompt,
)
from protocol.drawn_images import SaveDrawnImages
from protocol.identity import ConversationId, ServerName, TurnId
from protocol.kept import ConversationRecord
from protocol.model_commands import Pull
from protocol.model_work import (
    ModelOrder,
    PullsRecalled,
    StoreAnswered,
    StoreRefused,
    WorkBroken,
    WorkFinished,
    WorkProgressed,
)
from protocol.parameter_changes import SetOption
from protocol.parameter_commands import (
    ChangeParameters,
    ListParameters,
    ShowParameters,
    ShowPresets,
    UsePreset,
)
from protocol.progress import Progress
from protocol.reply import Reply, Stopped
from protocol.server_commands import ChooseServer, ShowPool, ShowServers
from protocol.settings import EngineSettings
from protocol.sleep import ConversationRead, KeptConfirmed, account_of
from protocol.store import DeleteModel, JobId, KeptPull
from protocol.stream_reader import OpenStream
from protocol.timekeeper import RemindersLost, RetryDue, SurveyDue, WorkDue
from protocol.turn import TurnState
from protocol.ui import EngineFailed, EngineRecovered, InputRefused, TurnAccepted, TurnEnded
from tests.support.addresses import Recorder
from tests.support.brittle import Brittle, BrittleAddress, BrittleReaders, Where
from tests.support.coordinating import DONE, MODEL, A, B, answered, broke, finished, stream, surveyed
from tests.support.engine import death_of

FAULT = RuntimeError("on purpose")
FAILED = ActorRestarted("Coordinator", death_of("Coordinator", repr(FAULT)).failure)
STREAMS, LATER, RETRIES = stream(4), stream(5), stream(6)
"""The turns: one streams, one waits behind it, and one is to be tried again."""
LIBRARIAN = death_of("Librarian", "OSError()")
OTHER = ActorRestarted("Librarian", LIBRARIAN.failure)
RECORD = ConversationRecord(ConversationId("kept"), "", MODEL, "", 1.0, 1.0, None)
CONTESTANTS = Contestant("small"), Contestant("large")
COLUMN = ConversationRecord(ConversationId("column"), "", MODEL, "", 1.0, 1.0, None, column_of=B)
COMPARISON = Comparison(
    ComparisonId("it"), B, None, TurnId("p"), "Why?", (Column(COLUMN.id, Contestant("small"), TurnId("c")),)
)
MESSAGES: tuple[CoordinatorMessage, ...] = (
    StartConversation(MODEL),
    RestoreConversation(RECORD),
    ShowConversation(B),
    DiscardConversation(A),
    Submit(A, "lost?"),
    RetryReply(B),
    ContinueReply(B),
    EditPrompt(A),
    UndoPrompt(B),
    RedoPrompt(B),
    ChooseVersion(B, 1),
    ForkConversation(B),
    SaveDrawnImages(B),
    CompactConversation(B, 0),
    ShowContext(B),
    ShowQueue(A),
    EditQueued(A, 2),
    DropQueued(A, 2),
    MoveQueued(A, 2, 1),
    SendNow(A, 2),
    RetryNow(ConversationId("3")),
    CancelConversation(A),
    CancelAll(),
    ChooseModel(B, MODEL),
    ShowModels(B),
    SetSystemPrompt(B, "Be brief."),
    ShowSystemPrompt(B),
    ChangeParameters(B, SetOption("num_ctx", 8192)),
    ShowParameters(B),
    ListParameters(B),
    UsePreset(B, "coder"),
    ShowPresets(B),
    ShowServers(B),
    ShowPool(B),
    ChooseServer(B, ServerName("default")),
    PrepareComparison(B, CONTESTANTS),
    Compare(B, CONTESTANTS, "lost?"),
    CompareAgain(B),
    PickAnswer(B, 1),
    JudgeAnswers(B, MODEL),
    MergeAnswers(B, MODEL),
    ShowComparison(B),
    DropComparison(B),
    RestoreComparison(B, COMPARISON, (COLUMN,)),
    ReplyProgressed(STREAMS, answering=True),
    ReplyFinished(STREAMS, Reply("Half"), DONE),
    ServerSurveyed(surveyed().survey, MODEL),
    RetryDue(RETRIES),
    SurveyDue(),
    RemindersLost(),
    LIBRARIAN,
    OTHER,
    AllAbandoned(),
    RetellConversations(),
    ConversationsRecovered((), None),
    KeptConfirmed(B, account_of(None, ())),
    ConversationRead(B, RECORD),
    PrepareToStop(),
    ModelOrder(A, Pull("tiny")),
    StoreAnswered(A, DeleteModel("tiny")),
    StoreRefused(A, DeleteModel("tiny"), LIBRARIAN.failure),
    WorkProgressed(JobId("pull"), 1, Progress()),
    WorkFinished(JobId("pull"), 1, Progress()),
    WorkBroken(JobId("pull"), 1, Progress(), LIBRARIAN.failure),
    PullsRecalled((KeptPull("here", "tiny"),)),
    WorkDue(JobId("pull")),
)


class Desk:
    """A Coordinator with turns in every state, who may fail, and one journal of everything that it tells."""

    def __init__(self) -> None:
        self.vitals, self.journal, self.news = Brittle(), Recorder[object](), Recorder[NewsOfActors]()
        to, numbers = BrittleAddress(self.vitals, self.journal), count(1)
        everybody = Colleagues(to, to, to, to, BrittleReaders(self.vitals, self.journal), self.news)
        self.actor = Coordinator(everybody, EngineSettings(), lambda: str(next(numbers)), float, self.vitals)
        self.hears(surveyed(), *(StartConversation(MODEL) for _ in range(3)))
        self.hears(Submit(A, "streams"), Submit(A, "later"), Submit(ConversationId("3"), "retried"), broke(RETRIES))
        self.journal.take()

    def hears(self, *messages: CoordinatorMessage) -> None:
        """Act on these."""
        for message in messages:
            self.actor.on_receive(message)

    def fails_at(self, message: CoordinatorMessage, at: Where) -> bool:
        """Fail, which is told once; False if nothing is told at this message."""
        self.vitals.arm(FAULT, at)
        self.hears(message)
        failed = self.vitals.restarts == 1
        assert self.news.take() == [FAILED] * failed
        assert failed or at is Where.TELLING
        return failed

    def recovers(self) -> list[object]:
        """The Accumulator, if it is asked, hands over what it has, and everything is there again."""
        told = self.journal.take()
        assert told.count(AbandonAll()) == 1
        self.hears(ReplyFinished(STREAMS, Reply("Half"), Stopped()), AllAbandoned(), surveyed())
        return [*told, *self.journal.take()]


def test_every_message_has_a_sample() -> None:
    assert {type(message) for message in MESSAGES} == set(get_args(CoordinatorMessage))
    assert len(MESSAGES) == len(get_args(CoordinatorMessage))


@pytest.mark.parametrize("at", Where)
@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: type(one).__name__)
def test_nobody_waits_for_what_the_coordinator_failed_at(message: CoordinatorMessage, at: Where) -> None:
    desk = Desk()
    if not desk.fails_at(message, at):
        assert desk.journal.take() == []
        desk.vitals.arm(FAULT, Where.BEGIN)
        desk.hears(ShowQueue(A))
        assert desk.news.take() == [FAILED]
    told = desk.recovers()
    ends = {event.stream: event for event in told if isinstance(event, TurnEnded)}
    assert len(ends) == sum(isinstance(event, TurnEnded) for event in told)
    assert (ends[STREAMS].state, ends[STREAMS].reply.text) == (TurnState.INTERRUPTED, "Half")
    assert ends[RETRIES].state is TurnState.INTERRUPTED
    prompts = [event.text for event in told if isinstance(event, InputRefused)]
    assert prompts == ["lost?"] * isinstance(message, Submit | Compare)
    failed = [event.failure for event in told if isinstance(event, EngineFailed)]
    assert failed == [LIBRARIAN.failure] * isinstance(message, ActorFailed)
    restarted = [event.failure for event in told if isinstance(event, EngineRecovered)]
    assert restarted == [OTHER.failure] * isinstance(message, ActorRestarted)
    begun = [event.stream for event in told if isinstance(event, OpenStream)]
    ended = at is Where.TELLING and isinstance(message, DiscardConversation)  # with all that waits there
    assert begun == [LATER] * (not ended and not isinstance(message, PrepareToStop))
    desk.hears(Submit(B, "next"))
    following = desk.journal.take()
    if isinstance(message, PrepareToStop):
        assert following == []  # it is kept, and the next run sends it
        return
    accepted = [event for event in following if isinstance(event, TurnAccepted)]
    assert [event.prompt for event in accepted] == ["next"]
    (opened,) = [event.stream for event in following if isinstance(event, OpenStream)]
    desk.hears(answered(opened), finished(opened))
    assert [event.state for event in desk.journal.take() if isinstance(event, TurnEnded)] == [TurnState.DONE]


@pytest.mark.parametrize("at", Where)
def test_the_coordinator_that_fails_at_the_death_of_the_accumulator_does_not_wait_for_it(at: Where) -> None:
    desk, death = Desk(), death_of("Accumulator", "OSError()")
    assert desk.fails_at(death, at)
    told = desk.journal.take()
    assert EngineFailed(death.failure) in told
    assert AbandonAll() not in told
    ended = {event.stream: event.state for event in told if isinstance(event, TurnEnded)}
    assert ended == {STREAMS: TurnState.INTERRUPTED, RETRIES: TurnState.INTERRUPTED}
    desk.hears(Submit(B, "next"))
    reason = "A part of chinwag failed: copy what you need, then start it again."
    assert desk.journal.take() == [InputRefused(B, "next", reason)]


@pytest.mark.parametrize("at", Where)
@pytest.mark.parametrize("actor", ["Archivist", "InputHandler", "Timekeeper"])
def test_the_death_of_another_is_told_even_if_the_coordinator_fails_at_it(actor: str, at: Where) -> None:
    desk, death = Desk(), death_of(actor, "OSError()")
    assert desk.fails_at(death, at)
    told = desk.recovers()
    assert [event.failure for event in told if isinstance(event, EngineFailed)] == [death.failure]

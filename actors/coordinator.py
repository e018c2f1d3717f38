"""The Coordinator: owns the conversations and the turns, and decides what runs."""

from collections.abc import Callable
from typing import assert_never

from actors.actor import Actor
from actors.admission import Admission, Gate
from actors.colleagues import Colleagues
from actors.model_desk import ModelDesk
from actors.parts import make_parts
from actors.recovery import Recovery
from actors.renewal import Renewal
from actors.server_watch import ServerWatch
from actors.sleep import Sleep
from actors.store_jobs import StoreJobs
from actors.surveys import Surveys
from actors.vitals import Vitals
from protocol.accumulator import StreamBroken
from protocol.comparison import (
    Compare,
    CompareAgain,
    ComparisonChanged,
    ComparisonCommand,
    JudgeAnswers,
    MergeAnswers,
)
from protocol.context import CompactConversation, ContextCommand, ShowContext
from protocol.coordinator import (
    ActorFailed,
    ActorRestarted,
    AllAbandoned,
    BranchCommand,
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
    InConversation,
    MoveQueued,
    PrepareToStop,
    QueueCommand,
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
from protocol.errors import Failure
from protocol.identity import ConversationId
from protocol.kept import ConversationRecord
from protocol.model_work import ModelMessage, WorkBroken, WorkFinished
from protocol.models import ServerSurvey
from protocol.parameter_commands import (
    ChangeParameters,
    ListParameters,
    ParameterCommand,
    ShowParameters,
    ShowPresets,
    UsePreset,
)
from protocol.server_commands import ChooseServer, ShowPool, ShowServers
from protocol.settings import EngineSettings
from protocol.sleep import ConversationRead, KeptConfirmed, SleepNews
from protocol.timekeeper import RemindersLost, RetryDue, SurveyDue
from protocol.turn import TurnState
from protocol.ui import (
    ConversationRetold,
    EngineFailed,
    EngineRecovered,
)

_STOPPING = "chinwag is stopping."
_PROMPTS_PASS = frozenset({"InputHandler", "Archivist"})
"""Without these no prompt comes here any more."""


class Coordinator(Actor[CoordinatorMessage]):
    """Control goes through here; the stream of text does not.

    `new_id` makes names that are never used twice; `chance` draws from [0, 1).
    """

    def __init__(
        self,
        colleagues: Colleagues,
        settings: EngineSettings,
        new_id: Callable[[], str],
        chance: Callable[[], float],
        vitals: Vitals | None = None,
    ) -> None:
        super().__init__(colleagues.supervisor, vitals)
        self._to = colleagues
        self._settings = settings
        self._new_id = new_id
        self._chance = chance
        self._gate = Gate()
        self._jobs = StoreJobs(colleagues, chance)
        self._renewal = Renewal(colleagues, self._resume)
        self._sleep = Sleep(colleagues, settings.limits.max_hidden_characters)
        self._make_parts()

    def _make_parts(self) -> None:
        """Begin with nothing."""
        parts = make_parts(self._to, self._settings, self._new_id, self._chance)
        self._admission = Admission(parts, self._to.ui, self._settings, self._new_id, self._gate)
        self._conversations, self._turns, self._servers = parts.conversations, parts.turns, parts.servers
        self._questions, self._attempts = parts.questions, parts.attempts
        self._outbox, self._branching, self._parameters = parts.outbox, parts.branching, parts.parameters
        self._server_desk, self._drawn = parts.server_desk, parts.drawn
        self._loss, self._compaction, self._comparing = parts.loss, parts.compaction, parts.comparing
        self._models = ModelDesk(self._to, parts.conversations, parts.servers, self._jobs)
        self._surveys = Surveys(parts, self._models, self._to.ui)
        self._sleep.look_after(parts.conversations, parts.turns, parts.comparing)

    def act(self, message: CoordinatorMessage) -> None:
        if not self._renewal.puts_off(message) and not self._sleep.puts_off(message):
            self._act_now(message)
            for watch in self._servers:
                missed = watch.missed()
                if missed is not None:
                    self._learn(watch, missed, None)
            self._comparing.answers.settle()
            self._sleep.consider()

    def recover(self, message: CoordinatorMessage, failure: Failure) -> None:
        """Begin with nothing, and ask for everything. Until that is there, whatever else comes is put off."""
        match message:
            case Submit() | Compare() if not self._admission.has_accepted(message):
                self._admission.refuse(message, f"{failure.summary} Send it again.")
            case PrepareToStop():
                self._gate.is_stopping, self._gate.closed_because = True, _STOPPING
            case WorkFinished() | WorkBroken():
                self._jobs.lose(message)
            case _:
                pass
        delayed = self._sleep.begin_anew()
        self._renewal.take_over(message, failure, self._conversations, self._turns, delayed)
        servers, desk, questions, models = self._servers, self._server_desk, self._questions, self._models
        book = self._comparing.book
        self._make_parts()
        self._comparing.book.take_over(book)
        self._servers.take_over(servers)
        self._server_desk.take_over(desk)
        self._questions.take_over(questions)
        self._models.take_over(models)
        self._renewal.ask()

    def _act_now(self, message: CoordinatorMessage) -> None:
        match message:
            case _ if isinstance(message, InConversation) and message.conversation not in self._conversations:
                self._turn_away(message)
            case Submit() | Compare():
                self._admission.submit(message)
            case ReplyProgressed(stream=stream, answering=answering):
                self._attempts.progress(stream, answering)
            case ReplyFinished():
                self._finish(message)
            case CancelConversation(conversation=conversation, everything=everything):
                self._cancel_conversation(conversation, everything)
            case CancelAll():
                self._admission.cancel(self._turns)
            case RetryReply() | ContinueReply() | EditPrompt() | UndoPrompt() | RedoPrompt() | ChooseVersion():
                self._branch(message)
            case ForkConversation():
                self._branch(message)
            case CompactConversation() | ShowContext():
                self._see_to_context(message)
            case ShowQueue() | EditQueued() | DropQueued() | MoveQueued() | SendNow() | RetryNow():
                self._manage(message)
            case StartConversation():
                self._surveys.begin(self._conversations.start(message))
            case RestoreConversation():
                self._restore(message)
            case ShowConversation():
                self._show(message)
            case DiscardConversation(conversation=conversation):
                self._discard(conversation)
            case ChooseModel(conversation=conversation, model=model):
                self._questions.choose(conversation, model, self._surveys.watch(conversation).survey)
                self._admission.admit()
            case ShowModels(conversation=conversation):
                self._questions.list(conversation)
            case SetSystemPrompt(conversation=conversation, text=text):
                self._conversations.set_system(conversation, text)
            case ShowSystemPrompt(conversation=conversation):
                self._conversations.show_system(conversation)
            case SaveDrawnImages():
                self._drawn.save(message)
            case ChangeParameters() | ShowParameters() | ListParameters() | UsePreset() | ShowPresets():
                self._set(message)
            case ShowServers() | ShowPool() | ChooseServer():
                self._server_desk.act(message)
                self._admission.admit()
            case _ if isinstance(message, ComparisonCommand):
                self._compare(message)
            case ServerSurveyed(survey=survey, last_used=last_used, server=server):
                self._learn(self._servers.at(server), survey, last_used)
            case RetryDue(stream=stream):
                self._attempts.retry(stream)
            case SurveyDue(server=server):
                self._servers.at(server).look_as_due()
            case RemindersLost():
                self._attempts.remind_again()
                self._servers.remind_again()
                self._jobs.retry_all()
            case ActorFailed():
                self._contain(message)
            case ActorRestarted(failure=failure):
                self._to.ui.tell(EngineRecovered(failure))
            case RetellConversations():
                self._retell()
            case AllAbandoned():
                self._renewal.ask_for_conversations()
            case ConversationsRecovered(comparisons=comparisons):
                self._comparing.book.learn(comparisons)
                self._renewal.answer(message)
            case KeptConfirmed() | ConversationRead():
                self._hear_of_sleep(message)
            case PrepareToStop():
                self._prepare_to_stop()
            case _ if isinstance(message, ModelMessage):
                self._models.act(message)
            case _:
                assert_never(message)

    def _finish(self, news: ReplyFinished) -> None:
        if not self._renewal.bring(news):
            self._loss.hear(news)
            self._attempts.conclude(news)
            self._admission.admit()

    def _restore(self, command: RestoreConversation) -> None:
        if self._conversations.restore(command):
            self._outbox.restore(command.record)
        self._server_desk.greet(command.record.id)
        self._surveys.begin(self._conversations[command.record.id])
        self._admission.admit()
        self._go_on()

    def _hear_of_sleep(self, news: SleepNews) -> None:
        match news:
            case KeptConfirmed():
                self._sleep.confirm(news)
            case ConversationRead():
                self._sleep.take(news)
                self._go_on()
            case _:
                assert_never(news)

    def _go_on(self) -> None:
        """Act on what was put off until a conversation was read."""
        for message in self._sleep.awoke():
            self.on_receive(message)  # so that a failure at one of them loses only that one

    def _show(self, command: ShowConversation) -> None:
        self._conversations.show(command)
        self._surveys.begin(self._conversations[command.conversation])
        self._admission.admit()

    def _branch(self, command: BranchCommand) -> None:
        if self._gate.closed_because:
            self._conversations.post(command.conversation, self._gate.closed_because)
            return
        self._branching.act(command)
        self._admission.admit()

    def _compare(self, command: ComparisonCommand) -> None:
        if self._gate.closed_because and isinstance(command, CompareAgain | JudgeAnswers | MergeAnswers):
            self._conversations.post(command.conversation, self._gate.closed_because)
            return
        self._comparing.act(command)
        self._admission.admit()

    def _discard(self, conversation: ConversationId) -> None:
        """End what is under way there. What ends only later is still heard of."""
        live = [*self._comparing.book.turns_of(conversation), *self._turns.of(conversation)]
        busy = {turn.conversation for turn in self._turns}
        for name in (*self._comparing.book.columns_of(conversation), conversation):
            self._conversations.discard(name, busy)
        self._comparing.book.forget()
        if conversation == self._conversations.shown:
            self._surveys.begin(self._conversations.start(StartConversation(like=conversation)))
        self._admission.cancel(live)

    def _turn_away(self, message: InConversation) -> None:
        """A conversation that is deleted, or was never there, takes nothing more."""
        if isinstance(message, Submit | Compare):
            self._admission.refuse(message, "This chat is deleted.")

    def _set(self, command: ParameterCommand) -> None:
        self._parameters.act(command)
        self._admission.admit()

    def _see_to_context(self, command: ContextCommand) -> None:
        self._compaction.act(command, self._surveys.watch(command.conversation).survey, self._gate.closed_because)
        self._admission.admit()

    def _manage(self, command: QueueCommand) -> None:
        self._outbox.act(command)
        self._admission.admit()

    def _cancel_conversation(self, conversation: ConversationId, everything: bool = False) -> None:
        """Cancel what is under way, in its columns if nothing is in itself; what waits only if nothing is, or with
        `everything`."""
        turns = self._turns.of(conversation) or self._comparing.book.turns_of(conversation)
        under_way = [turn for turn in turns if turn.state is not TurnState.QUEUED]
        self._admission.cancel(turns if everything else under_way or turns)

    def _learn(self, watch: ServerWatch, survey: ServerSurvey, last_used: str | None) -> None:
        self._surveys.learn(watch, survey, last_used)
        self._admission.admit()
        if survey.failure is not None and (self._settings.wait_for_server or self._servers.is_pooled(watch.name)):
            watch.look_later()

    def _prepare_to_stop(self) -> None:
        """Stop what streams, and take nothing new. What waits is left to the next run."""
        self._gate.is_stopping = True
        self._admission.close(_STOPPING)
        for turn in self._turns:
            if turn.streaming:
                self._attempts.cancel(turn)
        self._sleep.close()
        self._go_on()

    def _contain(self, news: ActorFailed) -> None:
        """A reader's death breaks its stream; that of another actor is told, and ends what depended on it."""
        if news.stream is not None:
            self._to.accumulator.tell(StreamBroken(news.stream, news.failure))
            return
        if news.actor == "Librarian":
            self._servers.at(news.server).lose(news.failure)
        self._to.ui.tell(EngineFailed(news.failure, fatal=news.actor in _PROMPTS_PASS))
        self._renewal.lose(news.actor)
        if news.actor == "Archivist":
            self._sleep.lose_archivist()
            self._go_on()
        if news.actor == "Accumulator":
            self._admission.close("A part of chinwag failed: copy what you need, then start it again.")
            for turn in self._turns:
                if turn.streaming:
                    self._attempts.fail(turn, news.failure)

    def _resume(
        self, recovery: Recovery, records: tuple[ConversationRecord, ...], shown: ConversationId | None
    ) -> None:
        """Have everything there again, then act on what was put off."""
        for end in recovery.ends(records):
            self._to.ui.tell(end)
        for record in recovery.deleted(records):
            self._conversations.remember(record)
        for record in records:
            self._conversations.take_in(record, record.id == shown, afresh=True)
            self._outbox.restore(record)
        recovery.lay_down(self._conversations)
        self._comparing.resume()
        put_off = self._renewal.end()
        self._jobs.go_on()
        self._servers.look()
        self._admission.admit()
        for message in put_off:
            self.on_receive(message)  # so that a failure at one of them loses only that one
        if self._conversations.shown is None and not self._renewal.is_under_way:
            self._surveys.begin(self._conversations.start(StartConversation()))

    def _retell(self) -> None:
        """What the archive is told, it has told before, unless that was lost. What sleeps it has confirmed."""
        for comparison in self._comparing.book:
            self._to.ui.tell(ComparisonChanged(comparison.conversation, comparison))
        for record in (*self._conversations.records(self._turns), *self._conversations.asleep()):
            self._to.ui.tell(ConversationRetold(record, record.id == self._conversations.shown))
        self._sleep.ask_again()

"""The Coordinator: owns the conversations and the turns, and decides what runs."""

from collections.abc import Callable
from typing import assert_never

from actors.actor import Actor
from actors.attempts import Attempts
from actors.branching import Branching
from actors.colleagues import Colleagues
from actors.conversations import Conversations
from actors.model_questions import ModelQuestions
from actors.outbox import Outbox
from actors.recovery import Recovery
from actors.server_watch import ServerWatch
from actors.turns import Turn, TurnBook
from actors.vitals import Vitals
from protocol.accumulator import AbandonAll, StreamBroken
from protocol.archivist import RecoverConversations
from protocol.chat import Conversation
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
from protocol.errors import Category, Failure
from protocol.identity import ConversationId, TurnId
from protocol.kept import ConversationRecord
from protocol.models import ServerSurvey
from protocol.settings import EngineSettings
from protocol.timekeeper import RemindersLost, RetryDue, SurveyDue
from protocol.turn import TurnEvent, TurnState
from protocol.ui import (
    ConversationRetold,
    EngineFailed,
    EngineRecovered,
    InputRefused,
    ServerChanged,
    TurnQueued,
)

_InConversation = (
    Submit
    | BranchCommand
    | QueueCommand
    | CancelConversation
    | ShowConversation
    | ChooseModel
    | ShowModels
    | SetSystemPrompt
    | ShowSystemPrompt
    | DiscardConversation
)
_WhileRecovering = (
    ReplyFinished | AllAbandoned | ConversationsRecovered | ActorFailed | ActorRestarted | RemindersLost | PrepareToStop
)
_STOPPING = "chinwag is stopping."
_HELP_TO_RECOVER = frozenset({"Accumulator", "Archivist"})
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
        self._closed_because = ""
        self._is_stopping = False
        self._dead = set[str]()
        self._accepted: Submit | None = None
        self._recovery: Recovery | None = None
        self._make_parts(last_used=None, lost=None)

    def _make_parts(self, last_used: str | None, lost: Failure | None) -> None:
        """Begin with nothing."""
        colleagues, settings, new_id = self._to, self._settings, self._new_id
        self._conversations = Conversations(colleagues.ui, new_id)
        self._turns = TurnBook(settings.limits.max_concurrent_streams)
        self._server = ServerWatch(colleagues.librarian, colleagues.timekeeper, settings.survey_interval)
        self._server.last_used = last_used
        self._server.lost = lost
        self._questions = ModelQuestions(self._conversations, self._server.look)
        self._attempts = Attempts(colleagues, settings, self._chance, self._conversations, self._turns, self._server)
        self._outbox = Outbox(self._conversations, self._turns, colleagues.ui, self._attempts, self._server.look)
        self._branching = Branching(self._conversations, self._turns, self._outbox, colleagues.ui, new_id)

    def act(self, message: CoordinatorMessage) -> None:
        if self._recovery is not None and not isinstance(message, _WhileRecovering):
            self._recovery.put_off(message)
        else:
            self._act_now(message)
            missed = self._server.missed()
            if missed is not None:
                self._learn(missed, None)

    def recover(self, message: CoordinatorMessage, failure: Failure) -> None:
        """Begin with nothing, and ask for everything: first what came of the streams, then what is kept.

        Until that is there, whatever else comes is put off.
        """
        recovery = self._recovery or Recovery(self._conversations, self._turns, failure)
        match message:
            case ReplyFinished(stream=stream, reply=reply):
                recovery.bring(stream, reply)
            case Submit(conversation=conversation, prompt=prompt) if message is not self._accepted:
                self._to.ui.tell(InputRefused(conversation, prompt, f"{failure.summary} Send it again."))
            case PrepareToStop():
                self._is_stopping, self._closed_because = True, _STOPPING
            case ActorFailed(actor=actor, stream=None):
                self._dead.add(actor)
                recovery.put_off(message)
            case ActorRestarted():
                recovery.put_off(message)
            case _:
                pass
        for stream in recovery.streams:
            self._to.readers.close(stream)
        self._make_parts(self._server.last_used, self._server.lost)
        self._recovery = recovery
        if "Accumulator" in self._dead:
            self._ask_for_conversations(recovery)
        else:
            self._to.accumulator.tell(AbandonAll())

    def _act_now(self, message: CoordinatorMessage) -> None:
        match message:
            case _ if isinstance(message, _InConversation) and message.conversation not in self._conversations:
                self._turn_away(message)
            case Submit():
                self._submit(message)
            case ReplyProgressed(stream=stream, answering=answering):
                self._attempts.progress(stream, answering)
            case ReplyFinished(stream=stream, reply=reply) if self._recovery is not None:
                self._recovery.bring(stream, reply)
            case ReplyFinished():
                self._attempts.conclude(message)
                self._admit()
            case CancelConversation(conversation=conversation):
                self._cancel_conversation(conversation)
            case CancelAll():
                self._cancel_all(list(self._turns))
            case RetryReply() | ContinueReply() | EditPrompt() | UndoPrompt() | RedoPrompt() | ChooseVersion():
                self._branch(message)
            case ForkConversation():
                self._branch(message)
            case ShowQueue() | EditQueued() | DropQueued() | MoveQueued() | SendNow() | RetryNow():
                self._manage(message)
            case StartConversation():
                self._begin_conversation(self._conversations.start(message))
            case RestoreConversation():
                self._restore(message)
            case ShowConversation():
                self._show(message)
            case DiscardConversation(conversation=conversation):
                self._discard(conversation)
            case ChooseModel(conversation=conversation, model=model):
                self._questions.choose(conversation, model, self._server.survey)
                self._admit()
            case ShowModels(conversation=conversation):
                self._questions.list(conversation)
            case SetSystemPrompt(conversation=conversation, text=text):
                self._conversations.set_system(conversation, text)
            case ShowSystemPrompt(conversation=conversation):
                self._conversations.show_system(conversation)
            case ServerSurveyed(survey=survey, last_used=last_used):
                self._learn(survey, last_used)
            case RetryDue(stream=stream):
                self._attempts.retry(stream)
            case SurveyDue():
                self._server.look_as_due()
            case RemindersLost():
                self._attempts.remind_again()
                self._server.remind_again()
            case ActorFailed():
                self._contain(message)
            case ActorRestarted(failure=failure):
                self._to.ui.tell(EngineRecovered(failure))
            case RetellConversations():
                self._retell()
            case AllAbandoned():
                if self._recovery is not None:
                    self._ask_for_conversations(self._recovery)
            case ConversationsRecovered(records=records, shown=shown, kept=kept):
                if self._recovery is not None:
                    self._resume(self._recovery, *((records, shown) if kept else self._remembered(self._recovery)))
            case PrepareToStop():
                self._prepare_to_stop()
            case _:
                assert_never(message)

    # Conversations

    def _begin_conversation(self, conversation: Conversation) -> None:
        if self._server.survey is None:
            self._server.look()
        else:
            self._conversations.settle_model(conversation, self._server.survey, self._server.last_used)

    def _restore(self, command: RestoreConversation) -> None:
        if self._conversations.restore(command):
            self._outbox.restore(command.record)
        self._begin_conversation(self._conversations[command.record.id])
        self._admit()

    def _show(self, command: ShowConversation) -> None:
        self._conversations.show(command)
        self._begin_conversation(self._conversations[command.conversation])
        self._admit()

    def _branch(self, command: BranchCommand) -> None:
        if self._closed_because:
            self._conversations.post(command.conversation, self._closed_because)
            return
        self._branching.act(command)
        self._admit()

    def _discard(self, conversation: ConversationId) -> None:
        """End what is under way there. What ends only later is still heard of."""
        self._conversations.discard(conversation, busy={turn.conversation for turn in self._turns})
        if conversation == self._conversations.shown:
            self._begin_conversation(self._conversations.start(StartConversation(like=conversation)))
        self._cancel_all(self._turns.of(conversation))

    def _turn_away(self, message: _InConversation) -> None:
        """A conversation that is deleted, or was never there, takes nothing more."""
        if isinstance(message, Submit):
            self._to.ui.tell(InputRefused(message.conversation, message.prompt, "This conversation is deleted."))

    # Admission

    def _submit(self, command: Submit) -> None:
        if self._is_stopping and command.edits is None:
            return  # it came too late for this run and is kept already: the next one sends it
        refusal = self._refusal(command)
        if refusal:
            self._to.ui.tell(InputRefused(command.conversation, command.prompt, refusal))
            return
        turn = self._turns.get(command.edits)
        if turn is not None:
            self._outbox.reword(turn, command.prompt)
        else:
            self._branching.make_room(command)
            turn = Turn(TurnId(self._new_id()), command.conversation, command.prompt)
            self._outbox.accept(turn)
        self._accepted = command
        if command.urgent:
            self._outbox.hurry(turn)
        self._admit()

    def _refusal(self, command: Submit) -> str:
        if self._closed_because:
            return self._closed_because
        edited = self._turns.get(command.edits)
        if edited is not None:
            return edited.fixed
        if len(self._turns) >= self._settings.limits.max_queued_prompts:
            return f"{len(self._turns)} prompts wait already: wait for one to end, or /cancel all."
        return self._branching.refusal(command)

    def _manage(self, command: QueueCommand) -> None:
        self._outbox.act(command)
        self._admit()

    def _admit(self) -> None:
        """Start every queued turn that may run, and tell of the others what they wait for."""
        if self._closed_because:
            return
        if self._server.survey is not None:
            self._settle_unsendable(self._server.survey)
        for turn in self._turns.in_state(TurnState.QUEUED):
            conversation = self._conversations[turn.conversation]
            obstacle = self._turns.obstacle(turn, conversation, surveyed=self._server.surveyed)
            if obstacle is None and conversation.model is not None:
                self._attempts.begin(turn, conversation.model)
            elif obstacle is not None and obstacle is not turn.waits_for:
                turn.waits_for = obstacle
                self._to.ui.tell(TurnQueued(turn.conversation, turn.id, obstacle))

    # Cancelling

    def _cancel_conversation(self, conversation: ConversationId) -> None:
        """Cancel what is under way; only if nothing is, what waits."""
        turns = self._turns.of(conversation)
        self._cancel_all([turn for turn in turns if turn.state is not TurnState.QUEUED] or turns)

    def _cancel_all(self, turns: list[Turn]) -> None:
        """Cancel what waits first, in order. What may begin then begins when all of them are told to end."""
        for turn in sorted(turns, key=lambda turn: turn.holds_slot):
            self._attempts.cancel(turn)
        self._admit()

    # The server

    def _learn(self, survey: ServerSurvey, last_used: str | None) -> None:
        before = self._server.survey
        self._server.learn(survey, last_used)
        if survey != before:
            self._to.ui.tell(ServerChanged(survey))
        self._questions.answer(survey)
        if before is None or (before.names, before.failure) != (survey.names, survey.failure):
            self._conversations.settle_models(survey, self._server.last_used)
        if survey.failure is None or self._server.lost is not None:
            for turn in self._turns.in_state(TurnState.WAITING_FOR_SERVER):
                turn.move(TurnEvent.SERVER_RETURNED)
        self._admit()
        if survey.failure is not None and self._settings.wait_for_server:
            self._server.look_later()

    def _settle_unsendable(self, survey: ServerSurvey) -> None:
        """While the server is away, what has no model waits for it or fails. What waited in an earlier run waits on."""
        failure = survey.failure
        if failure is None:
            return
        may_wait = self._settings.wait_for_server and self._server.lost is None
        may_wait = may_wait and failure.category in (Category.NETWORK, Category.APPLICATION)
        for turn in self._turns.in_state(TurnState.QUEUED):
            without_model = self._conversations[turn.conversation].model is None
            if may_wait and (without_model or turn.adopted):
                self._attempts.park(turn, failure)
            elif without_model:
                self._attempts.fail(turn, failure)

    # Stopping, and failures of our own

    def _prepare_to_stop(self) -> None:
        """Stop what streams, and take nothing new. What waits is left to the next run."""
        self._is_stopping = True
        self._close(_STOPPING)
        for turn in self._turns:
            if turn.streaming:
                self._attempts.cancel(turn)

    def _close(self, reason: str) -> None:
        self._closed_because = reason
        self._attempts.leave_to_the_next_run()

    def _contain(self, news: ActorFailed) -> None:
        """A reader's death breaks its stream; that of another actor is told, and ends what depended on it."""
        if news.stream is not None:
            self._to.accumulator.tell(StreamBroken(news.stream, news.failure))
            return
        self._dead.add(news.actor)
        if news.actor == "Librarian":
            self._server.lose(news.failure)
        self._to.ui.tell(EngineFailed(news.failure, fatal=news.actor in _PROMPTS_PASS))
        if self._recovery is not None and news.actor in _HELP_TO_RECOVER:
            self._ask_for_conversations(self._recovery)
        if news.actor == "Accumulator":
            self._close("A part of chinwag failed: copy what you need, then start it again.")
            for turn in self._turns:
                if turn.streaming:
                    self._attempts.fail(turn, news.failure)

    # After a failure of its own, or of the Archivist

    def _ask_for_conversations(self, recovery: Recovery) -> None:
        """Where nothing is kept, what is remembered is all there is."""
        if self._to.archivist is None or "Archivist" in self._dead:
            self._resume(recovery, *self._remembered(recovery))
        else:
            self._to.archivist.tell(RecoverConversations())

    def _remembered(self, recovery: Recovery) -> tuple[tuple[ConversationRecord, ...], ConversationId | None]:
        return recovery.records(), recovery.shown

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
        self._recovery = None
        self._server.look()
        self._admit()
        for message in recovery.take_put_off():
            self.on_receive(message)  # so that a failure at one of them loses only that one
        if self._conversations.shown is None and self._recovery is None:
            self._begin_conversation(self._conversations.start(StartConversation()))

    def _retell(self) -> None:
        """What the archive is told, it has told before, unless that was lost."""
        for record in self._conversations.records(self._turns):
            self._to.ui.tell(ConversationRetold(record, record.id == self._conversations.shown))

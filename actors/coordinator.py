"""The Coordinator: owns the conversations and the turns, and decides what runs."""

from collections.abc import Callable
from typing import Protocol, assert_never

from actors.actor import Actor
from actors.conversations import Conversations
from actors.model_questions import ModelQuestions
from actors.notices import describe_queue, with_models
from actors.turns import Turn, TurnBook
from protocol.accumulator import AbandonReply, AccumulatorMessage, BeginReply, StreamBroken
from protocol.address import Address
from protocol.chat import ChatRequest, Conversation
from protocol.coordinator import (
    ActorFailed,
    CancelAll,
    CancelConversation,
    ChooseModel,
    CoordinatorMessage,
    PrepareToStop,
    ReplyFinished,
    ReplyProgressed,
    RestoreConversation,
    ServerSurveyed,
    SetSystemPrompt,
    ShowModels,
    ShowQueue,
    ShowSystemPrompt,
    StartConversation,
    Submit,
)
from protocol.errors import Category, Failure
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.librarian import LibrarianMessage, RememberModel, SurveyServer
from protocol.message import Value
from protocol.models import ServerSurvey
from protocol.reply import Broken, Ending, Finished, Reply, Stopped
from protocol.retry import GiveUp, RetryLater, WaitForServer, recover
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.timekeeper import Remind, RetryDue, SurveyDue, TimekeeperMessage
from protocol.turn import TurnEvent, TurnState
from protocol.ui import (
    EngineFailed,
    InputRefused,
    ServerChanged,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    TurnQueued,
    UiEvent,
)

_PROMPTS_PASS = frozenset({"InputHandler", "Archivist"})
"""Without these no prompt comes here any more."""


class Readers(Protocol):
    """Starts and stops StreamReaders. Called in the Coordinator's thread only."""

    def open(self, message: OpenStream) -> None:
        """Start a reader for this stream."""
        ...

    def close(self, stream: StreamId) -> None:
        """Cancel the reader of this stream, wherever it is, and forget it; nothing if there is none."""
        ...


class Colleagues(Value, frozen=True):
    """Whom the Coordinator talks to."""

    ui: Address[UiEvent]
    accumulator: Address[AccumulatorMessage]
    librarian: Address[LibrarianMessage]
    timekeeper: Address[TimekeeperMessage]
    readers: Readers
    supervisor: Address[ActorFailed]


class Coordinator(Actor[CoordinatorMessage]):
    """Control goes through here; the stream of text does not.

    `new_id` makes names that are never used twice; `chance` draws from [0, 1).
    """

    def __init__(
        self, colleagues: Colleagues, settings: EngineSettings, new_id: Callable[[], str], chance: Callable[[], float]
    ) -> None:
        super().__init__(colleagues.supervisor)
        self._to = colleagues
        self._settings = settings
        self._new_id = new_id
        self._chance = chance
        self._conversations = Conversations(colleagues.ui, new_id)
        self._turns = TurnBook(settings.limits.max_concurrent_streams)
        self._survey: ServerSurvey | None = None
        self._last_used: str | None = None
        self._survey_is_due = False
        self._questions = ModelQuestions(self._conversations, colleagues.librarian)
        self._closed_because = ""

    def on_receive(self, message: CoordinatorMessage) -> None:
        match message:
            case Submit():
                self._submit(message)
            case ReplyProgressed(stream=stream, answering=answering):
                self._progress(stream, TurnEvent.ANSWERED if answering else TurnEvent.THOUGHT)
            case ReplyFinished():
                self._conclude(message)
            case CancelConversation(conversation=conversation):
                self._cancel_conversation(conversation)
            case CancelAll():
                self._cancel_all()
            case StartConversation():
                self._begin_conversation(self._conversations.start(message))
            case RestoreConversation(conversation=conversation_kept):
                self._conversations.restore(conversation_kept)
                self._begin_conversation(conversation_kept)
            case ChooseModel(conversation=conversation, model=model):
                self._questions.choose(conversation, model, self._survey)
                self._admit()
            case ShowModels(conversation=conversation):
                self._questions.list(conversation)
            case SetSystemPrompt(conversation=conversation, text=text):
                self._conversations.set_system(conversation, text)
            case ShowSystemPrompt(conversation=conversation):
                self._conversations.show_system(conversation)
            case ShowQueue(conversation=conversation):
                self._conversations.post(conversation, describe_queue(self._turns))
            case ServerSurveyed(survey=survey, last_used=last_used):
                self._learn(survey, last_used)
            case RetryDue(stream=stream):
                self._retry(stream)
            case SurveyDue():
                self._survey_is_due = False
                self._to.librarian.tell(SurveyServer())
            case ActorFailed():
                self._contain(message)
            case PrepareToStop():
                self._closed_because = "chinwag is stopping."
                self._cancel_all()
            case _:
                assert_never(message)

    def _begin_conversation(self, conversation: Conversation) -> None:
        if self._survey is None:
            self._to.librarian.tell(SurveyServer())
        else:
            self._conversations.settle_model(conversation, self._survey, self._last_used)

    # Admission

    def _submit(self, command: Submit) -> None:
        refusal = self._refusal()
        if refusal:
            self._to.ui.tell(InputRefused(command.conversation, command.prompt, refusal))
            return
        turn = Turn(TurnId(self._new_id()), command.conversation, command.prompt)
        self._turns.add(turn)
        self._to.ui.tell(TurnAccepted(turn.conversation, turn.id, turn.prompt))
        if self._survey is not None:
            self._settle_without_model(turn, self._survey)
        self._admit()

    def _refusal(self) -> str:
        if self._closed_because:
            return self._closed_because
        if len(self._turns) >= self._settings.limits.max_queued_prompts:
            return f"{len(self._turns)} prompts wait already: wait for one to end, or /cancel all."
        return ""

    def _admit(self) -> None:
        """Start every queued turn that may run, and tell of the others what they wait for."""
        if self._closed_because:
            return
        for turn in self._turns.in_state(TurnState.QUEUED):
            conversation = self._conversations[turn.conversation]
            obstacle = self._turns.obstacle(turn, conversation, surveyed=self._survey is not None)
            if obstacle is None and conversation.model is not None:
                self._start(turn, conversation.model)
            elif obstacle is not None and obstacle is not turn.waits_for:
                turn.waits_for = obstacle
                self._to.ui.tell(TurnQueued(turn.conversation, turn.id, obstacle))

    def _start(self, turn: Turn, model: str) -> None:
        """Begin the first attempt since the turn was queued, with what the conversation holds now."""
        turn.move(TurnEvent.ADMITTED)
        conversation = self._conversations[turn.conversation]
        self._connect(turn, conversation.request(model, turn.prompt, self._settings.limits.max_message_history))

    def _connect(self, turn: Turn, request: ChatRequest) -> None:
        """Begin an attempt. The Accumulator hears of it first, so that nothing of the stream can be too early."""
        turn.request = request
        turn.attempt += 1
        turn.tries += 1
        turn.waits_for = None
        self._to.ui.tell(TurnMoved(turn.conversation, turn.stream, turn.state, turn.model))
        self._to.accumulator.tell(BeginReply(turn.stream, turn.conversation))
        self._to.readers.open(OpenStream(turn.stream, request))

    # Streams

    def _progress(self, stream: StreamId, event: TurnEvent) -> None:
        turn = self._turns.current(stream)
        if turn is not None:
            turn.move(event)
            self._to.ui.tell(TurnMoved(turn.conversation, stream, turn.state, turn.model))

    def _conclude(self, news: ReplyFinished) -> None:
        turn = self._turns.current(news.stream)
        if turn is None:
            return
        self._to.readers.close(news.stream)
        match news.ending:
            case Finished(reason=reason):
                event = TurnEvent.CUT_SHORT if reason == "length" else TurnEvent.FINISHED
                self._last_used = turn.model
                self._to.librarian.tell(RememberModel(turn.model))
                self._end(turn, event, news.reply, news.ending)
            case Broken(failure=failure) if not turn.cancelled:
                self._recover(turn, with_models(failure, self._survey), news.reply)
            case Stopped() | Broken():
                self._end(turn, TurnEvent.CANCELLED, news.reply, Stopped())
            case _:
                assert_never(news.ending)

    def _recover(self, turn: Turn, failure: Failure, reply: Reply) -> None:
        settings = self._settings
        step = recover(settings.retry, failure, turn.tries, not reply.empty, settings.wait_for_server, self._chance())
        match step:
            case RetryLater(delay=delay):
                turn.move(TurnEvent.BROKE)
                self._to.ui.tell(TurnMoved(turn.conversation, turn.stream, turn.state, turn.model, failure, delay))
                self._to.timekeeper.tell(Remind(delay, RetryDue(turn.stream)))
            case WaitForServer():
                self._park(turn, failure)
            case GiveUp():
                self._end(turn, TurnEvent.GAVE_UP, reply, Broken(failure))
            case _:
                assert_never(step)

    def _park(self, turn: Turn, failure: Failure) -> None:
        """Keep the turn until the server is back. Its slot is free for others."""
        turn.move(TurnEvent.SERVER_LOST)
        turn.waits_for = None
        self._to.ui.tell(TurnMoved(turn.conversation, turn.stream, turn.state, turn.model, failure))
        self._watch_server()
        self._admit()

    def _retry(self, stream: StreamId) -> None:
        turn = self._turns.current(stream)
        if turn is not None and turn.state is TurnState.RETRYING and turn.request is not None:
            turn.move(TurnEvent.RETRIED)
            self._connect(turn, turn.request)

    def _end(self, turn: Turn, event: TurnEvent, reply: Reply, ending: Ending) -> None:
        turn.move(event)
        self._turns.remove_ended(turn)
        self._conversations.record(turn.conversation, turn.prompt, reply)
        self._to.ui.tell(TurnEnded(turn.conversation, turn.stream, turn.state, reply, ending))
        self._admit()

    # Cancelling

    def _cancel_conversation(self, conversation: ConversationId) -> None:
        """Cancel what is under way; only if nothing is, what waits."""
        turns = self._turns.of(conversation)
        under_way = [turn for turn in turns if turn.state is not TurnState.QUEUED]
        for turn in reversed(under_way or turns):
            self._cancel(turn)

    def _cancel_all(self) -> None:
        """Cancel what waits first, and the last first, so that no end lets another turn begin."""
        last_first = tuple(self._turns)[::-1]
        for turn in sorted(last_first, key=lambda turn: turn.holds_slot):
            self._cancel(turn)

    def _cancel(self, turn: Turn) -> None:
        """Stop the reader at once; the turn ends when the Accumulator has handed over what came."""
        if turn.streaming:
            turn.cancelled = True
            self._to.readers.close(turn.stream)
            self._to.accumulator.tell(AbandonReply(turn.stream))
        else:
            self._end(turn, TurnEvent.CANCELLED, Reply(), Stopped())

    # The server

    def _learn(self, survey: ServerSurvey, last_used: str | None) -> None:
        before, self._survey = self._survey, survey
        self._last_used = last_used or self._last_used
        if survey != before:
            self._to.ui.tell(ServerChanged(survey))
        self._questions.answer(survey)
        if before is None or (before.names, before.failure) != (survey.names, survey.failure):
            self._conversations.settle_models(survey, self._last_used)
        for turn in self._turns.in_state(TurnState.QUEUED):
            self._settle_without_model(turn, survey)
        self._release_waiting(survey)
        self._admit()

    def _release_waiting(self, survey: ServerSurvey) -> None:
        if survey.failure is None:
            for turn in self._turns.in_state(TurnState.WAITING_FOR_SERVER):
                turn.move(TurnEvent.SERVER_RETURNED)
        elif self._settings.wait_for_server:
            self._watch_server()

    def _settle_without_model(self, turn: Turn, survey: ServerSurvey) -> None:
        """A turn whose model cannot be known, since the server is away, waits for it or fails."""
        if survey.failure is None or self._conversations[turn.conversation].model is not None:
            return
        if self._settings.wait_for_server and survey.failure.category is Category.NETWORK:
            self._park(turn, survey.failure)
        else:
            self._end(turn, TurnEvent.GAVE_UP, Reply(), Broken(survey.failure))

    def _watch_server(self) -> None:
        if not self._survey_is_due:
            self._survey_is_due = True
            self._to.timekeeper.tell(Remind(self._settings.survey_interval, SurveyDue()))

    # Failures of our own

    def _contain(self, news: ActorFailed) -> None:
        """A reader's death breaks its stream; that of another actor is told, and ends what depended on it."""
        if news.stream is not None:
            self._to.accumulator.tell(StreamBroken(news.stream, news.failure))
            return
        self._to.ui.tell(EngineFailed(news.failure, fatal=news.actor in _PROMPTS_PASS))
        if news.actor == "Accumulator":
            self._closed_because = "A part of chinwag failed: copy what you need, then start it again."
            for turn in self._turns:
                self._to.readers.close(turn.stream)
                self._end(turn, TurnEvent.GAVE_UP, Reply(), Broken(news.failure))

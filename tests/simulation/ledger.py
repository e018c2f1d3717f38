"""A second opinion: what the user has been told, kept as plainly as can be, and what must hold of each event."""

from collections import deque
from collections.abc import Callable

from msgspec.structs import replace

from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.comparison import (
    AnswersBrought,
    Compare,
    ComparisonBegan,
    ComparisonChanged,
    RestoreComparison,
)
from protocol.coordinator import (
    ActorFailed,
    CoordinatorMessage,
    DiscardConversation,
    PrepareToStop,
    RestoreConversation,
    ServerSurveyed,
    Submit,
)
from protocol.errors import Category, Failure, is_missing_model
from protocol.identity import POOL, ConversationId, MessageId, ServerName, StreamId, TurnId
from protocol.kept import ConversationRecord
from protocol.parameter_events import ParametersSet
from protocol.reply import Broken, Finished, Reply
from protocol.server_events import ServerSet
from protocol.server_names import ServerNames
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.turn import ENDED, STREAMING, TRANSITIONS, TurnState
from protocol.ui import (
    ConversationForked,
    ConversationStarted,
    InputRefused,
    ModelSet,
    PathShown,
    PromptReworded,
    QueueReordered,
    ReplyGrew,
    SystemPromptSet,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    TurnQueued,
    UiEvent,
    WaitReason,
)
from tests.simulation.belongings import belongs_to, kept_prompt, on_disk
from tests.simulation.compared import Compared
from tests.simulation.pooled import PoolLedger
from tests.simulation.server import Body
from tests.simulation.shown import Shown, of_a_death
from tests.simulation.talks import Live, Said, Talk, exchanges, said_of

_STREAMED = 2
"""So many attempts are read as they come; the one after them is asked for as a whole."""


class Ledger:
    """Hears everything at the moment at which it is told. `complain` is called with what must not be."""

    def __init__(
        self,
        bodies: dict[StreamId, Body],
        complain: Callable[[str], None],
        settings: EngineSettings,
        has: Callable[[ServerName, str], bool],
    ) -> None:
        """`has` tells whether a server has a model."""
        self.pool = PoolLedger(complain, settings, has)
        self.talks: dict[ConversationId, Talk] = {}
        self.live: dict[TurnId, Live] = {}
        """In order."""
        self.accepted: dict[TurnId, tuple[ConversationId, str]] = {}
        """Every prompt that was ever taken, in its latest words."""
        self.copied: set[TurnId] = set()
        """Of these, those that nobody typed: a fork's copies, asked again there, and summaries."""
        self.conversation_of: dict[TurnId, ConversationId] = {}
        self.shown = Shown(bodies, complain)
        self.compared = Compared(self.talks, complain)
        self.recovers = False
        """The Coordinator has failed, and does not have everything again yet."""
        self._under_way: set[TurnId] = set()
        """What was being sent when the Coordinator failed."""
        self.submitted: deque[Submit | Compare] = deque()
        """On their way from the InputHandler to the Coordinator."""
        self.delayed: deque[Submit | Compare] = deque()
        """Those that have come before a conversation was read that sleeps: so long they wait."""
        self._stopping = False
        self._closed = False
        """Nothing is begun any more: without the Accumulator nobody could tell what comes."""
        self._overtaking = False
        """The user left while the Coordinator had put off what came before."""
        self._accepted_last: TurnId | None = None
        self._acts_on: CoordinatorMessage | None = None
        self._answers = 0
        """How often the Submit that the Coordinator acts on was answered."""
        self._discarded: set[ConversationId] = set()
        self._complain = complain
        self._max_streams = settings.limits.max_concurrent_streams
        self._max_history = settings.limits.max_message_history
        self._names = ServerNames.of(settings)
        self._limits = {ServerNames.key(one): one.max_streams for one in settings.servers}

    def hear(self, event: UiEvent) -> None:
        """The Coordinator, or the Accumulator, tells this."""
        match event:
            case ConversationStarted(conversation=conversation):
                talk = self.talks.setdefault(conversation, Talk(event.model, event.system))
                talk.model, talk.system, talk.parameters = event.model, event.system, event.parameters
                talk.server, talk.parent = event.server, event.column_of
            case ComparisonBegan(comparison=comparison):
                self._answers += 1
                self.compared.learn(comparison)
            case ComparisonChanged(comparison=comparison):
                self.compared.learn(comparison)
            case AnswersBrought():
                self.compared.bring(event)
            case ConversationForked(record=record):
                self._take_in(record)
            case ModelSet(conversation=conversation, model=model):
                self.talks[conversation].model = model
            case SystemPromptSet(conversation=conversation, text=text):
                self.talks[conversation].system = text
            case ParametersSet(conversation=conversation, parameters=parameters):
                self.talks[conversation].parameters = parameters
            case ServerSet(conversation=conversation, server=server, model=chosen):
                self.talks[conversation].server, self.talks[conversation].model = server, chosen
            case TurnAccepted():
                self._accept(event)
            case PromptReworded(conversation=conversation, turn=turn, prompt=prompt):
                self._check_place(conversation, turn)
                self._answers += 1
                self.live[turn].prompt = prompt
                self.accepted[turn] = conversation, prompt
            case QueueReordered(turns=turns):
                self._reorder(turns)
            case TurnQueued(conversation=conversation, turn=turn, reason=reason):
                self._check_place(conversation, turn)
                self._follow(self.live[turn], TurnState.QUEUED)
                self.live[turn].reason = reason
            case TurnMoved():
                self._move(event)
            case ReplyGrew():
                self._grow(event)
            case TurnEnded():
                self._end(event)
            case PathShown():
                self._show_path(event)
            case InputRefused():
                self._answers += 1
                self._refuse(event)
            case _:
                pass

    def submits(self, prompt: Submit | Compare) -> None:
        """The InputHandler tells this, on its way to the Coordinator."""
        self.submitted.append(kept_prompt(prompt))

    def before(self, message: CoordinatorMessage) -> None:
        """The Coordinator begins to act on this."""
        self._answers, self._accepted_last, self._acts_on = 0, None, message
        match message:
            case ActorFailed(actor="Accumulator"):
                self._closed = True
            case ServerSurveyed(survey=survey, server=server):
                self.pool.look(server, survey)
                for talk in self.talks.values():
                    talk.doubted = False
            case ActorFailed(actor="Librarian", server=server):
                self.pool.lose(server)
            case DiscardConversation(conversation=conversation):
                self._discarded |= {conversation, *self.compared.columns_of(conversation)}
            case RestoreConversation(record=record):
                self._restore(record)
            case RestoreComparison(conversation=conversation) if conversation in self.open_talks:
                self._restore_comparison(message)
            case Submit(edits=None) | Compare() if self._stopping:
                pass  # it stays on its way until the next run
            case PrepareToStop():
                self._stopping, self._overtaking = True, self.recovers
            case Submit() if self._stopping:
                if message in self.delayed:
                    self.delayed.remove(message)
                else:
                    self.submitted.remove(kept_prompt(message))
            case Submit() | Compare():
                self._take(message)
            case _:
                pass

    def delays(self, message: CoordinatorMessage) -> None:
        """The Coordinator puts this off until it has read what it is about."""
        if isinstance(message, Submit | Compare) and not self._is_delayed(message):
            expected = self.submitted.popleft() if self.submitted else None
            self._complain_unless(kept_prompt(message) == expected, f"{message} is put off, and not {expected}")
            self.delayed.append(message)

    def _refuse(self, event: InputRefused) -> None:
        """What was put off is given back where what it is about cannot be read."""
        put_off = next(
            (one for one in self.delayed if (one.conversation, one.prompt) == (event.conversation, event.text)), None
        )
        if put_off is not None and not isinstance(self._acts_on, Submit | Compare):
            self.delayed.remove(put_off)

    def _is_delayed(self, message: Submit | Compare) -> bool:
        """The very same message: words can be said twice."""
        return any(one is message for one in self.delayed)

    def _take(self, message: Submit | Compare) -> None:
        """Prompts are acted on in order; what was put off, in its own, which only what changes no other overtakes."""
        if not self._is_delayed(message):
            expected = self.submitted.popleft() if self.submitted else None
            edits = isinstance(message, Submit) and message.edits is not None
            before = [one for one in self.delayed if one.conversation == message.conversation or edits]
            self._complain_unless(kept_prompt(message) == expected, f"{message} is submitted, and not {expected}")
            self._complain_unless(not before, f"{message} is submitted before {before}")
            return
        before = [one for one in self.delayed if one.conversation == message.conversation]
        self._complain_unless(before[0] is message, f"{message} is submitted before {before[0]}")
        self.delayed = deque(one for one in self.delayed if one is not message)

    def after(self, message: CoordinatorMessage) -> None:
        """The Coordinator has acted on it."""
        self.check_reasons()
        self._check_idle()
        match message:
            case Submit() if not self._stopping:
                self._complain_unless(self._answers == 1, f"{message} is answered {self._answers} times")
                self._check_sibling(message)
            case Compare() if not self._stopping:
                self._complain_unless(self._answers == 1, f"{message} is answered {self._answers} times")
            case _:
                pass

    def fails(self, message: object) -> None:
        """The Coordinator has failed at it."""
        self.pool.forget()
        if self.recovers and isinstance(message, Submit | Compare):  # it was refused, instead of put off
            for waiting, one in ((self.submitted, kept_prompt(message)), (self.delayed, message)):
                if one in waiting:
                    waiting.remove(one)
        self._under_way = {live.id for live in self.live.values() if live.holds_slot}

    @property
    def open_talks(self) -> dict[ConversationId, Talk]:
        """Those that are not deleted."""
        return {name: talk for name, talk in self.talks.items() if name not in self._discarded}

    def waiting(self, conversation: ConversationId) -> list[Live]:
        """The turns of a conversation that have not ended, in order."""
        return [live for live in self.live.values() if self.conversation_of[live.id] == conversation]

    def _check_sibling(self, submit: Submit) -> None:
        """A prompt that is made from one that was sent follows what that one follows."""
        turn, said = self._accepted_last, self.talks[submit.conversation].said
        if submit.edits is None or turn is None or MessageId(submit.edits) not in said:
            return
        prompt = said.get(MessageId(turn))
        follows = prompt.parent if prompt is not None else self.talks[submit.conversation].head
        self._complain_unless(
            follows == said[MessageId(submit.edits)].parent, f"{turn} is no sibling of {submit.edits}"
        )

    def _restore(self, record: ConversationRecord) -> None:
        """It is opened again, unless it is open, or was: then the record says nothing but its name."""
        self._discarded.discard(record.id)
        if record.id not in self.talks:
            self._take_in(record)

    def _restore_comparison(self, command: RestoreComparison) -> None:
        for record in command.records:
            self._restore(record)
        self.compared.restore(command)

    def opens(self, message: OpenStream) -> None:
        """A reader is started with this request."""
        live = self.live.get(message.stream.turn)
        if live is None or live.stream != message.stream:
            self._complain(f"{message.stream} is opened, and is not what is under way")
            return
        talk = self.talks[self.conversation_of[live.id]]
        if live.request is None:
            live.request = self._expected(talk, live)
            live.pooled = live.request.server == POOL
            if live.pooled:
                live.request = replace(live.request, server=message.request.server)
                self.pool.check_start(live, self._slots())
        live.request = replace(live.request, stream=live.garbled < _STREAMED)
        if on_disk(message.request) != on_disk(live.request):
            self._complain(f"{message.stream} sends {message.request}, not {live.request}")
        self._check_server(live.request.server)

    def _slots(self) -> list[Live]:
        return [live for live in self.live.values() if live.holds_slot]

    def _check_idle(self) -> None:
        """No server of the pool that is there is idle while a prompt that it could take waits."""
        if self._stopping or self._closed or self.recovers:
            return
        slots, met = self._slots(), set[ConversationId]()
        for live in self.live.values():
            name = self.conversation_of[live.id]
            talk, is_first = self.talks[name], name not in met
            met.add(name)
            waits = live.state in (TurnState.QUEUED, TurnState.WAITING_FOR_SERVER)
            known = talk.model is not None and not talk.doubted
            if is_first and waits and known and self._names.resolve(talk.server) == POOL:
                self.pool.check_waiting(live, talk.model or "", slots)

    def _check_server(self, server: ServerName) -> None:
        """No server is asked more at a time than it takes, whoever has moved meanwhile."""
        requests = [live.request for live in self.live.values() if live.holds_slot and live.request is not None]
        there, limit = sum(request.server == server for request in requests), self._limits[server]
        self._complain_unless(limit is None or there <= limit, f"{there} streams at once at {server}")

    def check_reasons(self) -> None:
        """Nobody waits for a limit that is not reached: what a dead server keeps waiting is in nobody's way."""
        if self._stopping or self._closed or self.recovers:
            return
        slots = [live for live in self.live.values() if live.holds_slot]
        for live in self.live.values():
            if live.state is TurnState.QUEUED and live.reason == WaitReason.STREAM_LIMIT:
                self._complain_unless(len(slots) >= self._max_streams, f"{live.id} waits, and a stream is free")
            if live.state is TurnState.QUEUED and live.reason == WaitReason.POOL_FULL:
                talk = self.talks[self.conversation_of[live.id]]
                self._complain_unless(self._names.resolve(talk.server) == POOL, f"{live.id} is not for the pool")
            if live.state is TurnState.QUEUED and live.reason == WaitReason.SERVER_LIMIT:
                server = self._names.resolve(self.talks[self.conversation_of[live.id]].server)
                there = sum(one.request is not None and one.request.server == server for one in slots)
                limit = self._limits[server]
                self._complain_unless(limit is not None and there >= limit, f"{live.id} waits, and {server} is free")

    def _accept(self, event: TurnAccepted) -> None:
        turn, conversation = event.turn, event.conversation
        if self.recovers and turn in self._under_way:
            self._complain(f"{turn} was sent already, and waits again after a failure")
        self._complain_unless(turn not in self.live, f"{turn} is accepted twice")
        self._complain_unless(
            self.conversation_of.setdefault(turn, conversation) == conversation, f"{turn} changes its conversation"
        )
        talk = self.talks[conversation]
        self._complain_unless(event.again == (MessageId(turn) in talk.said), f"{turn} is accepted wrongly as new")
        self.shown.over.discard(StreamId(turn, 0))
        live = self.live[turn] = Live(turn, event.prompt, event.again, event.continues, keeps=event.keeps)
        if event.continues is not None:
            live.prefix = talk.said[event.continues].reply
        if (event.again or event.keeps is not None) and turn not in self.accepted:
            self.copied.add(turn)
        self.accepted[turn] = conversation, event.prompt
        self._accepted_last = turn
        self._answers += not (event.again or talk.parent)

    def _move(self, event: TurnMoved) -> None:
        live = self._found(event.conversation, event.stream)
        if live is None:
            return
        before = live.state
        self._follow(live, event.state)
        if event.state is TurnState.CONNECTING:
            self._begin(live, event.stream, before)
        elif event.stream.attempt and event.stream != live.stream:
            self._complain(f"{event.stream} moves, but {live.stream} is under way")
        self._hear_of_failure(event.conversation, live, event.state, event.failure)
        if event.state in (TurnState.RETRYING, TurnState.WAITING_FOR_SERVER):
            self._end_attempt(self.talks[event.conversation], event.stream, TurnState.FAILED)
            if event.stream.attempt and before in STREAMING:
                self.shown.check_whole(event.stream, live, event.failure)
        if event.state is TurnState.WAITING_FOR_SERVER:
            live.request, live.garbled = None, 0
        elif event.failure is not None and event.failure.category is Category.PROTOCOL:
            live.garbled += 1

    def _hear_of_failure(
        self, conversation: ConversationId, live: Live, state: TurnState, failure: Failure | None
    ) -> None:
        """An attempt may have broken at a server of the pool: another one of it goes on."""
        pooled = self._names.resolve(self.talks[conversation].server) == POOL
        if self.pool.breaks(live, failure) and pooled and state in (TurnState.RETRYING, TurnState.FAILED):
            self.pool.check_handed_on(live)

    def _begin(self, live: Live, stream: StreamId, before: TurnState) -> None:
        self._complain_unless(
            self.conversation_of[live.id] not in self._discarded, f"{stream} begins in a conversation that is deleted"
        )
        talk = self.talks[self.conversation_of[live.id]]
        if MessageId(live.id) not in talk.said:
            prompt = MessageId(live.id)
            talk.said[prompt] = Said(prompt, talk.head, Role.USER, Reply(live.prompt), TurnState.CONNECTING, live.keeps)
        if stream.message in talk.said:
            self._complain(f"{stream} begins twice")
        if stream.attempt > 1 and StreamId(stream.turn, stream.attempt - 1).message not in talk.said:
            self._complain(f"{stream} begins, and there was none before it")
        if before is not TurnState.RETRYING:
            live.request = None
        live.stream = stream
        self.shown.begin(stream)
        talk.said[MessageId(live.id)].state = TurnState.CONNECTING
        talk.said[stream.message] = Said(
            stream.message, MessageId(live.id), Role.ASSISTANT, Reply(), TurnState.CONNECTING
        )
        talk.head = stream.message
        self._check_limits()

    def _check_limits(self) -> None:
        slots = [live for live in self.live.values() if live.holds_slot]
        talks = [self.conversation_of[live.id] for live in slots]
        self._complain_unless(len(slots) <= self._max_streams, f"{len(slots)} streams at once")
        self._complain_unless(len(set(talks)) == len(talks), "two streams in one conversation")

    def _grow(self, event: ReplyGrew) -> None:
        stream = event.stream
        live = self._found(event.conversation, stream)
        if live is None:
            return
        reply = self.shown.grow(event, live)
        if reply is not None:
            self.talks[event.conversation].said[stream.message].reply = reply

    def _interrupt(self, event: TurnEnded) -> None:
        """The Coordinator has failed, and ends what was under way, as far as it knows that."""
        stream = event.stream
        self._complain_unless(event.state is TurnState.INTERRUPTED, f"{stream} is {event.state} after a failure")
        live = self.live.pop(stream.turn, None)
        talk = self.talks[event.conversation]
        if live is not None and not stream.attempt and MessageId(live.id) not in talk.said:
            prompt = MessageId(live.id)
            talk.said[prompt] = Said(prompt, talk.head, Role.USER, Reply(live.prompt), event.state, live.keeps)
            talk.head = prompt
        said = talk.said.get(stream.message) if stream.attempt else None
        if live is None or said is None:
            return
        self.shown.keep(said, stream, event.reply)
        talk.said[MessageId(live.id)].state = said.state = event.state
        self.shown.over.add(stream)

    def _begin_anew(self, event: PathShown) -> None:
        """What has not ended is over, unless it is accepted again."""
        talk = self.talks[event.conversation]
        for live in self.waiting(event.conversation):
            del self.live[live.id]
        last: MessageId | None = None
        for one in event.exchanges:
            prompt = MessageId(one.turn)
            if prompt not in talk.said:
                talk.said[prompt] = Said(prompt, last, Role.USER, Reply(one.prompt), one.state, one.keeps)
            last = prompt
            said = talk.said.get(one.stream.message) if one.stream.attempt else None
            if said is not None:
                self.shown.keep(said, one.stream, one.reply)
                if {said.state, talk.said[prompt].state}.isdisjoint(ENDED):
                    talk.said[prompt].state = one.state
                said.state = one.state
                last = said.id
        for said in talk.said.values():
            said.state = said.state if said.state in ENDED else TurnState.INTERRUPTED

    def _end(self, event: TurnEnded) -> None:
        if isinstance(event.ending, Broken) and is_missing_model(event.ending.failure):
            self.talks[event.conversation].doubted = True
        if self.recovers and of_a_death(event):
            self._interrupt(event)
            return
        live = self._found(event.conversation, event.stream)
        if live is None:
            return
        stopping = self._stopping and not self._overtaking
        if stopping and live.state not in STREAMING and event.conversation not in self._discarded:
            self._complain(f"{live.id} was {live.state}, and is ended because the user leaves")
        self._follow(live, event.state)
        failure = event.ending.failure if isinstance(event.ending, Broken) else None
        self._hear_of_failure(event.conversation, live, event.state, failure)
        if isinstance(event.ending, Finished):
            wanted = TurnState.CUT if event.ending.reason == "length" else TurnState.DONE
            self._complain_unless(event.state is wanted, f"{event.stream} is {event.state}, and {event.ending}")
            self.shown.check_done(event.stream)
        self._complain_unless(event.state in ENDED, f"{event.stream} ends as {event.state}")
        talk, prompt, stream = self.talks[event.conversation], MessageId(live.id), event.stream
        self._complain_unless(stream == (live.stream or StreamId(live.id, 0)), f"{stream} ends, not {live.stream}")
        if stream.attempt or event.as_told:
            self.shown.end(event, live, talk.said.get(stream.message))
        if stream.attempt:
            self._end_attempt(talk, stream, event.state)
            talk.said[prompt].state = event.state
        elif prompt not in talk.said:
            talk.said[prompt] = Said(prompt, talk.head, Role.USER, Reply(live.prompt), event.state, live.keeps)
            talk.head = prompt
        self.shown.over.add(stream)
        del self.live[live.id]

    def _end_attempt(self, talk: Talk, stream: StreamId, state: TurnState) -> None:
        if stream.attempt:
            said = talk.said[stream.message]
            said.state = said.state if said.state in ENDED else state

    def _show_path(self, event: PathShown) -> None:
        talk = self.talks[event.conversation]
        if event.afresh:
            self._begin_anew(event)
        if event.head is not None and event.head not in talk.said:
            self._complain(f"{event.head} is shown, and was never said in {event.conversation}")
            return
        talk.head = event.head
        told = [(one.turn, one.prompt, one.stream, one.reply, one.state) for one in event.exchanges]
        known = exchanges(talk)
        self._complain_unless(told == known, f"{event.conversation} shows {told}, not {known}")

    def _reorder(self, turns: tuple[TurnId, ...]) -> None:
        waiting = {turn for turn, live in self.live.items() if not live.holds_slot}
        self._complain_unless(set(turns) == waiting, f"{turns} are reordered, and {waiting} wait")
        order = iter([turn for turn in turns if turn in self.live])
        names = [next(order) if name in waiting else name for name in self.live]
        self.live = {name: self.live[name] for name in names}

    def _found(self, conversation: ConversationId, stream: StreamId) -> Live | None:
        self._check_place(conversation, stream.turn)
        live = self.live.get(stream.turn)
        if live is None or stream in self.shown.over:
            self._complain(f"something is told of {stream}, which is over")
        return live

    def _check_place(self, conversation: ConversationId, turn: TurnId) -> None:
        if self.conversation_of.get(turn) != conversation:
            self._complain(f"{conversation} is told of {turn}, of {self.conversation_of.get(turn)}")

    def _follow(self, live: Live, state: TurnState) -> None:
        """Check that the turn table knows a way. That the server is back is not told by itself."""
        ways = {live.state, *TRANSITIONS[live.state].values()}
        if live.state is TurnState.WAITING_FOR_SERVER:
            ways |= set(TRANSITIONS[TurnState.QUEUED].values())
        self._complain_unless(state in ways, f"{live.id} was {live.state} and is {state}")
        live.state = state

    def _expected(self, talk: Talk, live: Live) -> ChatRequest:
        prompt = talk.said[MessageId(live.id)]
        system = [ChatMessage(Role.SYSTEM, talk.system)] if talk.system else []
        partial = [live.prefix.as_message()] if live.continues is not None else []
        before = self.talks[talk.parent].path(talk.anchor) if talk.parent is not None else ()
        said = talk.history(prompt.parent, self._max_history, prompt.keeps, before)
        asked, server = prompt.reply.text, self._names.resolve(talk.server)
        messages = (*system, *said, ChatMessage(Role.USER, asked, attachments=belongs_to(asked)), *partial)
        return ChatRequest(talk.model or "", messages, parameters=talk.parameters, server=server)

    def _take_in(self, record: ConversationRecord) -> None:
        said = {node.id: said_of(node) for node in record.messages}
        self.talks[record.id] = Talk(record.model, record.system, said, record.head, record.parameters, record.server)
        for node in record.messages:
            if node.role is Role.USER:
                self.conversation_of[TurnId(node.id)] = record.id

    def _complain_unless(self, holds: bool, words: str) -> None:
        if not holds:
            self._complain(words)

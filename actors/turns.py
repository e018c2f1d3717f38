"""The turns that have not ended: what the Coordinator knows of each, and which may run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from protocol.chat import Attachment, ChatRequest, Conversation
from protocol.identity import DEFAULT_SERVER, ConversationId, MessageId, ServerName, StreamId, TurnId
from protocol.reply import Reply
from protocol.turn import ENDED, STREAMING, TurnEvent, TurnState, advance
from protocol.ui import TurnAccepted, WaitReason

_WAITING = frozenset({TurnState.QUEUED, TurnState.WAITING_FOR_SERVER})
BEING_ANSWERED = "It is being answered already."
SENT_BEFORE = "It was sent before: /edit changes it once it has ended."


@dataclass
class Turn:
    """A prompt under way. Only the Coordinator's thread touches it."""

    id: TurnId
    conversation: ConversationId
    prompt: str
    state: TurnState = TurnState.QUEUED
    attempt: int = 0
    """Number of the attempt under way, or of the last one, by whatever turn of this prompt."""
    tries: int = 0
    """Attempts since the turn was last admitted: what the RetryPolicy counts."""
    garbled: int = 0
    """How many of these brought what is no chat."""
    request: ChatRequest | None = None
    """What was sent when it was last admitted, and is sent again by a retry, in pieces or whole; None before."""
    waits_for: WaitReason | None = field(default=None)
    """What the user was last told that it waits for."""
    delay: float = 0.0
    """Seconds before the next attempt, when it was told last that it retries."""
    cancelled: bool = False
    """It was told to stop: whatever is still on its way from its stream, no attempt follows."""
    again: bool = False
    """Its prompt was in the tree when the turn was accepted: another version of the reply is wanted."""
    continues: MessageId | None = None
    """The partial reply that is gone on with."""
    prefix: Reply = field(default_factory=Reply)
    """What that partial reply says: every attempt begins with it."""
    attachments: tuple[Attachment, ...] = ()
    """What goes with its prompt."""
    passed: int = 0
    """How many that came later went before it, because the model that they need was loaded; as many as may be where
    the user has said when it is to be sent."""
    keeps: int | None = None
    """It asks for a summary, and so many exchanges before it stay as they are."""
    sums_up: int | None = None
    """Messages that the summary was to be made of when it was asked for."""
    lined_up: int | None = None
    """Since when it could begin if there were room: a number that grows."""
    pool_server: ServerName = DEFAULT_SERVER
    """Which server of the pool it is sent to; empty where no pool has a part in it."""
    avoids: frozenset[ServerName] = frozenset()
    """Where in the pool it broke off, since it waited last for a server to be back."""
    adopted: bool = False
    """It waited in an earlier run: it is sent once the server is known to be there."""

    @property
    def begun(self) -> bool:
        """True when an attempt of this turn was made, and not only of an earlier one that asked the same."""
        return self.request is not None

    @property
    def sent(self) -> bool:
        """True when its prompt is in the tree: nothing of its conversation can be sent before it."""
        return self.again or self.begun

    @property
    def stream(self) -> StreamId:
        """The attempt under way, or the last one; number 0 before the first of this turn."""
        return StreamId(self.id, self.attempt if self.begun else 0)

    @property
    def model(self) -> str:
        """The model that was asked last; empty before the first attempt."""
        return self.request.model if self.request is not None else ""

    @property
    def streaming(self) -> bool:
        """True while a reader is at work for it."""
        return self.state in STREAMING

    @property
    def waits(self) -> bool:
        """True while it is in the outbox."""
        return self.state in _WAITING

    @property
    def holds_slot(self) -> bool:
        """True while it counts against max_concurrent_streams: a retry keeps its place."""
        return self.streaming or self.state is TurnState.RETRYING

    @property
    def fixed(self) -> str:
        """Why its prompt cannot be changed; empty when it can."""
        if not self.waits:
            return BEING_ANSWERED
        return SENT_BEFORE if self.sent else ""

    @property
    def accepted(self) -> TurnAccepted:
        """What the UI is told of it first."""
        about = self.prompt, self.again, self.continues, self.attachments, self.keeps, self.sums_up
        return TurnAccepted(self.conversation, self.id, *about)

    def move(self, event: TurnEvent) -> None:
        """Follow the turn table. Raises IllegalTransition."""
        self.state = advance(self.state, event)
        if self.state is TurnState.QUEUED:
            self.tries = self.garbled = 0

    def step_back(self) -> None:
        """The attempt that was to begin was told to nobody: stand where the one before it ended, or wait again."""
        self.attempt, self.tries = self.attempt - 1, self.tries - 1
        if self.tries:
            self.state = TurnState.RETRYING
        else:
            self.state, self.request = TurnState.QUEUED, None


class TurnBook:
    """All live turns, in the order in which they were accepted, or were then brought by the user.

    Of one conversation, a turn whose prompt is in the tree is always the first.
    """

    def __init__(self) -> None:
        self._turns: dict[TurnId, Turn] = {}

    def __iter__(self) -> Iterator[Turn]:
        """All live turns, safe against changes on the way."""
        return iter(tuple(self._turns.values()))

    def __len__(self) -> int:
        return len(self._turns)

    def add(self, turn: Turn) -> None:
        """Take a new turn in, behind all others."""
        self._turns[turn.id] = turn

    def remove_ended(self, turn: Turn) -> None:
        """Let go of a turn that has ended."""
        assert turn.state in ENDED
        del self._turns[turn.id]

    def get(self, turn: TurnId | None) -> Turn | None:
        """The live turn of this name; None if there is none."""
        return None if turn is None else self._turns.get(turn)

    def current(self, stream: StreamId) -> Turn | None:
        """The turn whose attempt under way is `stream`; None for news of the past, which are to be dropped."""
        turn = self._turns.get(stream.turn)
        return turn if turn is not None and turn.holds_slot and turn.stream == stream else None

    def of(self, conversation: ConversationId) -> list[Turn]:
        """The live turns of one conversation, in order."""
        return _of(self, conversation)

    def in_state(self, state: TurnState) -> list[Turn]:
        """The live turns in one state, in order."""
        return [turn for turn in self if turn.state is state]

    @property
    def waiting(self) -> list[Turn]:
        """The live turns that are in the outbox, in order."""
        return [turn for turn in self if turn.waits]

    def numbered(self, number: int) -> Turn | None:
        """The turn with this number, counted from 1 over all; None if there is none."""
        return tuple(self._turns.values())[number - 1] if 1 <= number <= len(self._turns) else None

    def put_at(self, turn: Turn, number: int) -> None:
        """Put a turn to where this number is, or as near to it as what was sent before in its conversation allows."""
        order = [other for other in self if other is not turn]
        order.insert(number - 1, turn)
        own = iter(sorted(_of(order, turn.conversation), key=lambda one: not one.sent))
        order = [next(own) if one.conversation == turn.conversation else one for one in order]
        self._turns = {one.id: one for one in order}
        self._line_up_anew()

    def _line_up_anew(self) -> None:
        """The user has put turns into another order: it is the one in which conversations are due, too. Of each the
        first is, whichever that is now."""
        stamps = sorted(turn.lined_up for turn in self if turn.lined_up is not None)
        due = {turn.conversation for turn in self if turn.lined_up is not None}
        for turn in self:
            turn.lined_up = None
        firsts = {turn.conversation: turn for turn in reversed(tuple(self)) if turn.conversation in due}
        places = [turn for turn in self if firsts.get(turn.conversation) is turn]
        for turn, stamp in zip(places, stamps, strict=False):
            turn.lined_up = stamp

    def put_first(self, turn: Turn) -> None:
        """Put a turn before all others of its conversation that can be sent after it."""
        order = list(self)
        first = next(one for one in order if one.conversation == turn.conversation and (one is turn or not one.sent))
        self.put_at(turn, order.index(first) + 1)

    def obstacle(
        self, turn: Turn, conversation: Conversation, surveyed: bool, shows: bool = False
    ) -> WaitReason | None:
        """Why a queued turn could not start now, were there all the room in the world; None when it could.

        `surveyed`: its server was looked at; `shows`: it has images, and a look may say that the model sees none.
        """
        if next(one for one in self._turns.values() if one.conversation == turn.conversation) is not turn:
            return WaitReason.EARLIER_PROMPT
        if not surveyed and (turn.adopted or shows):
            return WaitReason.SURVEY
        if conversation.model is None:
            return WaitReason.MODEL_UNKNOWN if surveyed else WaitReason.SURVEY
        return None


def _of(turns: Iterable[Turn], conversation: ConversationId) -> list[Turn]:
    return [turn for turn in turns if turn.conversation == conversation]

"""The turns that have not ended: what the Coordinator knows of each, and which may run."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from protocol.chat import ChatRequest, Conversation
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.turn import ENDED, STREAMING, TurnEvent, TurnState, advance
from protocol.ui import WaitReason


@dataclass
class Turn:
    """A prompt under way. Only the Coordinator's thread touches it."""

    id: TurnId
    conversation: ConversationId
    prompt: str
    state: TurnState = TurnState.QUEUED
    attempt: int = 0
    """Number of the attempt under way, or of the last one."""
    tries: int = 0
    """Attempts since the turn was last admitted: what the RetryPolicy counts."""
    request: ChatRequest | None = None
    """What was sent when it was last admitted, and is sent again by a retry; None before."""
    waits_for: WaitReason | None = field(default=None)
    """What the user was last told that it waits for."""
    cancelled: bool = False
    """It was told to stop: whatever is still on its way from its stream, no attempt follows."""

    @property
    def stream(self) -> StreamId:
        """The attempt under way, or the last one."""
        return StreamId(self.id, self.attempt)

    @property
    def model(self) -> str:
        """The model that was asked last; empty before the first attempt."""
        return self.request.model if self.request is not None else ""

    @property
    def streaming(self) -> bool:
        """True while a reader is at work for it."""
        return self.state in STREAMING

    @property
    def holds_slot(self) -> bool:
        """True while it counts against max_concurrent_streams: a retry keeps its place."""
        return self.streaming or self.state is TurnState.RETRYING

    def move(self, event: TurnEvent) -> None:
        """Follow the turn table. Raises IllegalTransition."""
        self.state = advance(self.state, event)
        if self.state is TurnState.QUEUED:
            self.tries = 0


class TurnBook:
    """All live turns, in the order in which they were accepted."""

    def __init__(self, max_concurrent_streams: int) -> None:
        self._max_concurrent_streams = max_concurrent_streams
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

    def current(self, stream: StreamId) -> Turn | None:
        """The turn whose attempt under way is `stream`; None for news of the past, which are to be dropped."""
        turn = self._turns.get(stream.turn)
        return turn if turn is not None and turn.attempt == stream.attempt else None

    def of(self, conversation: ConversationId) -> list[Turn]:
        """The live turns of one conversation, in order."""
        return [turn for turn in self if turn.conversation == conversation]

    def in_state(self, state: TurnState) -> list[Turn]:
        """The live turns in one state, in order."""
        return [turn for turn in self if turn.state is state]

    def obstacle(self, turn: Turn, conversation: Conversation, surveyed: bool) -> WaitReason | None:
        """Why a queued turn cannot start now; None when it can."""
        if self.of(turn.conversation)[0] is not turn:
            return WaitReason.EARLIER_PROMPT
        if conversation.model is None:
            return WaitReason.MODEL_UNKNOWN if surveyed else WaitReason.SURVEY
        if sum(other.holds_slot for other in self) >= self._max_concurrent_streams:
            return WaitReason.STREAM_LIMIT
        return None

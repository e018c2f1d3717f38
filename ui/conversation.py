"""A conversation as the screen knows it: plain data, grown by events, with a log of what changed."""

from dataclasses import dataclass, field
from enum import StrEnum

from protocol.chat import ToolCall
from protocol.errors import Failure
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.reply import Broken, Finished, Reply
from protocol.turn import STREAMING, TurnState
from protocol.ui import ReplyGrew, TurnAccepted, TurnEnded, TurnMoved, TurnQueued, WaitReason


@dataclass
class Attempt:
    """One attempt at a reply, as far as it came. Times are seconds of the UI's clock."""

    stream: StreamId
    model: str = ""
    thinking: list[str] = field(default_factory=list)
    """In pieces, in order; only ever appended to. The same holds for `answer`."""
    answer: list[str] = field(default_factory=list)
    tool_calls: list[ToolCall] = field(default_factory=list)
    chunks: int = 0
    first_chunk: float | None = None
    last_chunk: float | None = None
    thought_for: float | None = None
    """Seconds from the first thought to the answer; None while it thinks, and where it did not."""

    @property
    def rate(self) -> float | None:
        """Chunks a second, which is about tokens a second; None while there are too few to tell."""
        if self.first_chunk is None or self.last_chunk is None or self.last_chunk - self.first_chunk < 0.5:
            return None
        return (self.chunks - 1) / (self.last_chunk - self.first_chunk)

    def holds(self, reply: Reply) -> bool:
        """Tell whether these pieces are that reply."""
        mine = Reply("".join(self.answer), "".join(self.thinking), tuple(self.tool_calls))
        return mine == reply


@dataclass
class Turn:
    """A prompt and the reply to it."""

    id: TurnId
    prompt: str
    since: float
    """When it came into its state."""
    state: TurnState = TurnState.QUEUED
    wait: WaitReason | None = None
    """Why it is queued, where that was said."""
    attempt: Attempt | None = None
    failure: Failure | None = None
    """Why it retries, waits for the server, or failed."""
    delay: float = 0.0
    """Seconds from `since` to the retry."""


class NoticeKind(StrEnum):
    """How serious a notice is."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


@dataclass
class Notice:
    """Something to read that is no part of the talk."""

    text: str
    kind: NoticeKind = NoticeKind.NOTICE


Entry = Turn | Notice


@dataclass
class Conversation:
    """The entries of one conversation, in the order they began; they are only ever appended to."""

    id: ConversationId | None = None
    """None for the one that stands in until the engine has begun the first."""
    model: str | None = None
    entries: list[Entry] = field(default_factory=list)
    open: dict[TurnId, int] = field(default_factory=dict)
    """The turns that have not ended, in order, with their places in `entries`."""
    rate: float | None = None
    """Tokens a second of the last reply."""
    changed: set[int] = field(default_factory=set)
    """Places of the entries that came or changed since `changes` was called."""

    def changes(self) -> list[int]:
        """Take the places of what changed since the last call, in order."""
        places = sorted(self.changed)
        self.changed.clear()
        return places

    @property
    def current(self) -> Turn | None:
        """The turn under way, else the first that waits; None when nothing is to come."""
        turns = self.open_turns
        under_way = (turn for turn in turns if turn.state is not TurnState.QUEUED)
        return next(under_way, turns[0] if turns else None)

    @property
    def open_turns(self) -> list[Turn]:
        """The turns that have not ended, in order."""
        found = [self.entries[place] for place in self.open.values()]
        return [entry for entry in found if isinstance(entry, Turn)]

    @property
    def queued(self) -> int:
        """How many prompts wait behind the current turn."""
        current = self.current
        return sum(1 for turn in self.open_turns if turn.state is TurnState.QUEUED and turn is not current)

    @property
    def streams(self) -> int:
        """How many replies are being read."""
        return sum(1 for turn in self.open_turns if turn.state in STREAMING)

    def post(self, notice: Notice) -> None:
        """Append a notice; one that was said just now is not said again."""
        if self.entries and self.entries[-1] == notice:
            return
        self.changed.add(len(self.entries))
        self.entries.append(notice)

    def accept(self, event: TurnAccepted, now: float) -> None:
        """Append a turn."""
        self.open[event.turn] = len(self.entries)
        self.changed.add(len(self.entries))
        self.entries.append(Turn(event.turn, event.prompt, now))

    def queue(self, event: TurnQueued, now: float) -> None:
        """A turn waits."""
        turn = self._touch(event.turn)
        if turn is not None:
            turn.state, turn.wait, turn.since = TurnState.QUEUED, event.reason, now

    def move(self, event: TurnMoved, now: float) -> None:
        """A turn came into another state; a new stream begins the reply anew."""
        turn = self._touch(event.stream.turn)
        if turn is None:
            return
        if turn.state is not event.state or event.state is TurnState.RETRYING:
            turn.since = now
        turn.state, turn.wait = event.state, None
        turn.failure, turn.delay = event.failure, event.delay
        if event.state in STREAMING:
            attempt = _attempt(turn, event.stream)
            attempt.model = event.model or attempt.model or self.model or ""

    def grow(self, event: ReplyGrew, now: float) -> None:
        """The next pieces of a reply came. What an earlier attempt left behind is dropped."""
        turn = self._touch(event.stream.turn)
        if turn is None or (turn.attempt is not None and turn.attempt.stream.attempt > event.stream.attempt):
            return
        attempt = _attempt(turn, event.stream)
        attempt.model = attempt.model or self.model or ""
        attempt.chunks += len(event.chunks)
        attempt.first_chunk = now if attempt.first_chunk is None else attempt.first_chunk
        attempt.last_chunk = now
        _extend(attempt.thinking, "".join(chunk.thinking for chunk in event.chunks))
        _extend(attempt.answer, "".join(chunk.text for chunk in event.chunks))
        attempt.tool_calls.extend(call for chunk in event.chunks for call in chunk.tool_calls)
        if attempt.answer and attempt.thinking:
            _stop_thinking(attempt, now)
        self.rate = attempt.rate

    def end(self, event: TurnEnded, now: float) -> None:
        """A turn is over, and this is its reply."""
        turn = self._touch(event.stream.turn)
        if turn is None:
            return
        del self.open[turn.id]
        turn.state, turn.wait, turn.since = event.state, None, now
        turn.failure = event.ending.failure if isinstance(event.ending, Broken) else None
        turn.attempt = self._settled(turn.attempt, event, now)
        if isinstance(event.ending, Finished):
            self.rate = event.ending.metrics.tokens_per_second or self.rate

    def _settled(self, attempt: Attempt | None, event: TurnEnded, now: float) -> Attempt | None:
        if attempt is None and event.reply.empty:
            return None
        if attempt is None or not attempt.holds(event.reply):
            known = attempt or Attempt(event.stream, self.model or "")
            attempt = Attempt(event.stream, known.model, first_chunk=known.first_chunk, thought_for=known.thought_for)
            _extend(attempt.thinking, event.reply.thinking)
            _extend(attempt.answer, event.reply.text)
            attempt.tool_calls.extend(event.reply.tool_calls)
        if attempt.thinking:
            _stop_thinking(attempt, now)
        return attempt

    def _touch(self, turn: TurnId) -> Turn | None:
        place = self.open.get(turn)
        if place is None:
            return None
        self.changed.add(place)
        entry = self.entries[place]
        assert isinstance(entry, Turn)
        return entry


def _attempt(turn: Turn, stream: StreamId) -> Attempt:
    if turn.attempt is None or turn.attempt.stream != stream:
        turn.attempt = Attempt(stream, turn.attempt.model if turn.attempt else "")
    return turn.attempt


def _extend(pieces: list[str], piece: str) -> None:
    if piece:
        pieces.append(piece)


def _stop_thinking(attempt: Attempt, now: float) -> None:
    if attempt.thought_for is None and attempt.first_chunk is not None:
        attempt.thought_for = now - attempt.first_chunk

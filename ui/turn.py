"""A turn as the screen knows it: a prompt, and one version of the reply to it, grown by events."""

from dataclasses import dataclass, field

from protocol.chat import Attachment, ToolCall
from protocol.errors import Failure
from protocol.frames import Metrics
from protocol.identity import DEFAULT_SERVER, ServerName, StreamId, TurnId
from protocol.reply import Broken, Ending, Finished, Reply, Stopped
from protocol.tree import Place
from protocol.turn import STREAMING, TurnState
from protocol.ui import Exchange, ReplyGrew, TurnEnded, TurnMoved, TurnQueued, WaitReason
from ui.pieces import Pieces

_ONLY = Place()
_FENCES = ("```", "~~~")


@dataclass
class Attempt:
    """One attempt at a reply, as far as it came. Times are seconds of the UI's clock."""

    stream: StreamId
    model: str = ""
    thinking: Pieces = field(default_factory=Pieces)
    answer: Pieces = field(default_factory=Pieces)
    tool_calls: list[ToolCall] = field(default_factory=list)
    chunks: int = 0
    first_chunk: float | None = None
    last_chunk: float | None = None
    thinking_over: bool = False
    """True when there was thinking, and the answer, or the end, has come."""
    thought_for: float | None = None
    """Seconds from the first thought to the answer, where the time is known."""
    began: float | None = None
    """When it was asked for, where that was seen."""
    server: ServerName = DEFAULT_SERVER
    """Which server of the pool it was sent to; empty where it is bound to one."""
    cold: bool = False
    """The server said, as it was asked for or since, that its model was not loaded."""
    metrics: Metrics | None = None
    """What the server counted, where it did."""
    has_code: bool = False
    """A fence has come."""
    misfit: str = ""
    """In what it does not fit the format that was asked for."""
    images: list[Attachment] = field(default_factory=list)
    measured: float = 0.0
    """Seconds from the question to the first piece of the reply, as they are kept; 0 where nobody measured them."""
    _end: str = field(default="", compare=False, repr=False)
    """As much of the answer's end as may begin a fence."""

    @property
    def first_token(self) -> float | None:
        """Seconds from the question to the first piece of the reply, where they are kept, or both were seen."""
        if self.measured:
            return self.measured
        return self.first_chunk - self.began if self.first_chunk is not None and self.began is not None else None

    @property
    def rate(self) -> float | None:
        """Chunks a second, which is about tokens a second; None while there are too few to tell."""
        if self.first_chunk is None or self.last_chunk is None or self.last_chunk - self.first_chunk < 0.5:
            return None
        return (self.chunks - 1) / (self.last_chunk - self.first_chunk)

    @property
    def says_anything(self) -> bool:
        """False while nothing has come."""
        return bool(self.answer or self.thinking or self.tool_calls or self.images)

    def holds(self, reply: Reply) -> bool:
        """Tell whether these pieces are that reply."""
        said = str(self.answer), str(self.thinking), tuple(self.tool_calls), tuple(self.images)
        return Reply(*said) == reply

    def share(self, reply: Reply) -> None:
        """These pieces are that reply: keep the strings that others keep, too."""
        self.answer.share(reply.text)
        self.thinking.share(reply.thinking)

    def grow(self, event: ReplyGrew, now: float) -> None:
        """Append the next pieces."""
        self.chunks += len(event.chunks)
        self.first_chunk = now if self.first_chunk is None else self.first_chunk
        self.last_chunk = now
        self.thinking.append("".join(chunk.thinking for chunk in event.chunks))
        self.say("".join(chunk.text for chunk in event.chunks))
        self.tool_calls.extend(call for chunk in event.chunks for call in chunk.tool_calls)
        self.images.extend(image for chunk in event.chunks for image in chunk.images)
        if self.answer or self.images:
            self.stop_thinking(now)

    def take_counts(self, ending: Ending | None) -> None:
        """It is over: take what was counted and measured of it."""
        self.metrics, self.misfit = _counts(ending), _misfit(ending)
        self.measured = ending.first_token if isinstance(ending, Finished | Stopped) else 0.0

    def say(self, text: str) -> None:
        """Append to the answer."""
        self.answer.append(text)
        seen = self._end + text
        self.has_code = self.has_code or any(fence in seen for fence in _FENCES)
        self._end = seen[-2:]

    def stop_thinking(self, now: float | None) -> None:
        """Nothing more is thought; None where nobody knows when it began."""
        if not self.thinking or self.thinking_over:
            return
        self.thinking_over = True
        if self.first_chunk is not None and now is not None:
            self.thought_for = now - self.first_chunk


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
    first: int = 1
    """The number of the first attempt since it was asked last; 0 where it was asked again and none began yet."""
    prompt_place: Place = _ONLY
    reply_place: Place = _ONLY
    attachments: tuple[Attachment, ...] = ()
    """What goes with the prompt."""
    keeps: int | None = None
    """It asks for a summary, and so many exchanges before it stay as they are."""
    sums_up: int | None = None
    """So many messages the summary is made of."""

    @property
    def is_summary(self) -> bool:
        """True when it is a summary, and whole: it stands for what was said before."""
        return self.keeps is not None and self.state is TurnState.DONE

    @property
    def tries(self) -> int:
        """How many attempts began since it was asked last; at least one."""
        return max(1, self.attempt.stream.attempt - self.first + 1) if self.attempt and self.first else 1

    def looks_like(self, other: "Turn") -> bool:
        """Tell whether another turn that has ended would be shown just so."""
        return self.attempt is other.attempt and self._looks == other._looks

    @property
    def _looks(self) -> tuple[object, ...]:
        said = self.id, self.prompt, self.state, self.failure, self.prompt_place, self.reply_place
        return *said, self.attachments, self.keeps, self.sums_up

    def ask_again(self, now: float) -> None:
        """It waits for another version of its reply; the one that is there stays until that begins."""
        self.state, self.wait, self.since = TurnState.QUEUED, None, now
        self.failure, self.delay, self.first = None, 0.0, 0

    def queue(self, event: TurnQueued, now: float) -> None:
        """It waits."""
        self.state, self.wait, self.since = TurnState.QUEUED, event.reason, now

    def move(self, event: TurnMoved, now: float, model: str) -> None:
        """It came into another state; a new stream begins the reply anew. `model` is that of the conversation."""
        if self.state is not event.state or event.state is TurnState.RETRYING:
            self.since = now
        self.state, self.wait = event.state, None
        self.failure, self.delay = event.failure, event.delay
        if event.state in STREAMING:
            attempt = self._attempt_of(event.stream)
            attempt.model = event.model or attempt.model or model
            attempt.server = event.server or attempt.server
            if event.state is TurnState.CONNECTING and attempt.first_chunk is None:
                attempt.began = now

    def grow(self, event: ReplyGrew, now: float, model: str) -> None:
        """The next pieces of the reply came. What an earlier attempt left behind is dropped."""
        if self.attempt is not None and self.attempt.stream.attempt > event.stream.attempt:
            return
        attempt = self._attempt_of(event.stream)
        attempt.model = attempt.model or model
        attempt.grow(event, now)

    def end(self, event: TurnEnded, now: float, model: str) -> None:
        """It is over, and this is its reply."""
        self.state, self.wait, self.since = event.state, None, now
        self.failure = event.ending.failure if isinstance(event.ending, Broken) else None
        self.attempt = self._settled(event, model)
        if self.attempt is not None:
            self.attempt.stop_thinking(now)
            if self.attempt.stream == event.stream:
                self.attempt.take_counts(event.ending)

    def _attempt_of(self, stream: StreamId) -> Attempt:
        if self.attempt is None or self.attempt.stream != stream:
            self.attempt = Attempt(stream, self.attempt.model if self.attempt else "")
            self.first = self.first or stream.attempt
        return self.attempt

    def _settled(self, event: TurnEnded, model: str) -> Attempt | None:
        attempt = self.attempt
        if attempt is None and event.reply.empty:
            return None
        if attempt is not None and event.as_told:
            return attempt
        if attempt is not None and attempt.stream.attempt > event.stream.attempt:
            return attempt
        if attempt is not None and attempt.holds(event.reply):
            attempt.share(event.reply)
            return attempt
        known = attempt or Attempt(event.stream, model)
        whole = _whole(event.stream, known.model, event.reply, known.first_chunk, known.thought_for)
        whole.began, whole.server, whole.cold = known.began, known.server, known.cold
        return whole


def turn_of(exchange: Exchange, now: float, known: Turn | None = None) -> Turn:
    """Make a turn of an exchange that was told whole. `known` is what is there of it: itself if it is the same, and
    the times of its reply if that is the same."""
    seen = known.attempt if known is not None and known.attempt is not None else None
    attempt = seen if seen and seen.stream == exchange.stream and seen.holds(exchange.reply) else _told(exchange)
    failure = exchange.ending.failure if isinstance(exchange.ending, Broken) else None
    prompt, places = exchange.prompt, (exchange.prompt_place, exchange.reply_place)
    turn = Turn(exchange.turn, prompt, now, exchange.state, None, attempt, failure, 0.0, 1, *places)
    turn.attachments, turn.keeps, turn.sums_up = exchange.attachments, exchange.keeps, exchange.sums_up
    return known if known is not None and known.looks_like(turn) else turn


def _told(exchange: Exchange) -> Attempt | None:
    if not exchange.stream.attempt:
        return None
    attempt = _whole(exchange.stream, exchange.model, exchange.reply)
    attempt.stop_thinking(None)
    attempt.take_counts(exchange.ending)
    return attempt


def _whole(
    stream: StreamId, model: str, reply: Reply, first_chunk: float | None = None, thought_for: float | None = None
) -> Attempt:
    attempt = Attempt(stream, model, first_chunk=first_chunk, thought_for=thought_for)
    attempt.thinking_over = thought_for is not None
    attempt.thinking.append(reply.thinking)
    attempt.say(reply.text)
    attempt.tool_calls.extend(reply.tool_calls)
    attempt.images.extend(reply.images)
    attempt.share(reply)
    return attempt


def _counts(ending: Ending | None) -> Metrics | None:
    counted = ending.metrics if isinstance(ending, Finished) else Metrics()
    return counted if counted != Metrics() else None


def _misfit(ending: Ending | None) -> str:
    return ending.misfit if isinstance(ending, Finished) else ""

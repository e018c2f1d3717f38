"""The Accumulator: joins what the readers bring."""

from collections.abc import Callable
from io import StringIO
from typing import assert_never

from actors.actor import Actor
from actors.credit import Credit, cost
from actors.vitals import Vitals
from protocol.accumulator import (
    AbandonAll,
    AbandonReply,
    AccumulatorMessage,
    BeginReply,
    FramesArrived,
    StreamBroken,
    StreamEnded,
)
from protocol.address import Address
from protocol.chat import Attachment, ToolCall
from protocol.continuation import Continuation
from protocol.coordinator import AllAbandoned, NewsOfActors, ReplyFinished, ReplyProgressed
from protocol.errors import Failure, ReplyTooLong
from protocol.frames import Chunk
from protocol.identity import ConversationId, StreamId
from protocol.limits import ResourceLimits
from protocol.reply import Broken, Ending, Finished, Reply, Stopped
from protocol.ui import ReplyGrew, UiEvent

NewsOfReplies = ReplyProgressed | ReplyFinished | AllAbandoned


class PartialReply:
    """The text under way of one stream. `partial` is the text it goes on with; it began at this time, in seconds."""

    def __init__(self, conversation: ConversationId, partial: str, began: float) -> None:
        self.conversation = conversation
        self.began = began
        self.first_token = 0.0
        self.joint = Continuation(partial)
        self.thought = False
        self.answered = False
        self.size = 0
        self._text = StringIO(newline="")
        self._thinking = StringIO(newline="")
        self._tool_calls: list[ToolCall] = []
        self._images: list[Attachment] = []

    def note(self, chunks: tuple[Chunk, ...]) -> None:
        """Take in what kind of pieces the model has sent, shown or held back."""
        self.thought = self.thought or any(chunk.thinking for chunk in chunks)
        self.answered = self.answered or any(chunk.text or chunk.tool_calls or chunk.images for chunk in chunks)

    def add(self, chunk: Chunk) -> None:
        """Append the next piece."""
        self._text.write(chunk.text)
        self._thinking.write(chunk.thinking)
        self._tool_calls.extend(chunk.tool_calls)
        self._images.extend(chunk.images)
        self.size += chunk.size

    def reply(self) -> Reply:
        """Return what came so far."""
        calls, images = tuple(self._tool_calls), tuple(self._images)
        return Reply(self._text.getvalue(), self._thinking.getvalue(), calls, images)


class Accumulator(Actor[AccumulatorMessage]):
    """Owns the text under way of every stream, and says when a reply began, grew and ended.

    What belongs to a stream that is over, or never began, is dropped: that rule is `_find`, and nowhere else. `clock`
    tells seconds that never go back; without one, nobody learns when the first piece of a reply came.
    """

    def __init__(
        self,
        coordinator: Address[NewsOfReplies],
        ui: Address[UiEvent],
        supervisor: Address[NewsOfActors],
        credit: Credit,
        limits: ResourceLimits,
        vitals: Vitals | None = None,
        clock: Callable[[], float] = float,
    ) -> None:
        super().__init__(supervisor, vitals)
        self._clock = clock
        self._coordinator = coordinator
        self._ui = ui
        self._credit = credit
        self._max_size = limits.max_reply_bytes
        self._replies: dict[StreamId, PartialReply] = {}

    def act(self, message: AccumulatorMessage) -> None:
        match message:
            case BeginReply(stream=stream, conversation=conversation, prefix=prefix):
                self._begin(stream, conversation, prefix)
            case FramesArrived(stream=stream, chunks=chunks):
                try:
                    self._grow(stream, chunks)
                finally:
                    self._credit.give_back(stream, sum(cost(chunk) for chunk in chunks))
            case StreamEnded(stream=stream, completion=completion):
                waited = self._first_token(stream)
                self._finish(stream, Finished(completion.reason, completion.metrics, first_token=waited))
            case StreamBroken(stream=stream, failure=failure):
                self._finish(stream, Broken(failure))
            case AbandonReply(stream=stream):
                self._finish(stream, Stopped(self._first_token(stream)))
            case AbandonAll():
                for stream in tuple(self._replies):
                    self._finish(stream, Stopped(self._first_token(stream)))
                self._coordinator.tell(AllAbandoned())
            case _:
                assert_never(message)

    def recover(self, message: AccumulatorMessage, failure: Failure) -> None:
        """Break the stream that the message was about, with what came of it. The others go on."""
        streams = tuple(self._replies) if isinstance(message, AbandonAll) else (message.stream,)
        for stream in streams:
            reply = self._replies.pop(stream, None)
            came = reply.reply() if reply is not None else Reply()
            self._coordinator.tell(ReplyFinished(stream, came, Broken(failure)))
        if isinstance(message, AbandonAll):
            self._coordinator.tell(AllAbandoned())

    def _find(self, stream: StreamId) -> PartialReply | None:
        return self._replies.get(stream)

    def _begin(self, stream: StreamId, conversation: ConversationId, prefix: Reply) -> None:
        reply = self._replies[stream] = PartialReply(conversation, prefix.text, self._clock())
        if not prefix.empty:
            self._show(stream, reply, (Chunk(prefix.text, prefix.thinking, prefix.tool_calls, prefix.images),))

    def _grow(self, stream: StreamId, chunks: tuple[Chunk, ...]) -> None:
        reply = self._find(stream)
        if reply is None:
            return
        thought, answered = reply.thought, reply.answered
        reply.note(chunks)
        if not (thought or answered) and (reply.thought or reply.answered):
            reply.first_token = self._clock() - reply.began
        self._show(stream, reply, reply.joint.take(chunks))
        if reply.thought and not thought and not answered:
            self._coordinator.tell(ReplyProgressed(stream, answering=False))
        if reply.answered and not answered:
            self._coordinator.tell(ReplyProgressed(stream, answering=True))
        if reply.size > self._max_size:
            self._finish(stream, Broken(_too_long(self._max_size).failure))

    def _show(self, stream: StreamId, reply: PartialReply, chunks: tuple[Chunk, ...]) -> None:
        for chunk in chunks:
            reply.add(chunk)
        if chunks:
            self._ui.tell(ReplyGrew(reply.conversation, stream, chunks))

    def _first_token(self, stream: StreamId) -> float:
        reply = self._find(stream)
        return reply.first_token if reply is not None else 0.0

    def _finish(self, stream: StreamId, ending: Ending) -> None:
        reply = self._find(stream)
        if reply is None:
            return
        held = reply.joint.finish(whole=isinstance(ending, Finished))
        if held:
            self._show(stream, reply, (Chunk(held),))
        self._coordinator.tell(ReplyFinished(stream, reply.reply(), ending))
        del self._replies[stream]


def _too_long(limit: int) -> ReplyTooLong:
    return ReplyTooLong(f"The reply grew past the limit of {limit:,} characters and was ended.", "What came is kept.")

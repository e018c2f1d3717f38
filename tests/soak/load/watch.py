"""Someone who looks at everything and remembers nothing, so that what grows is not the one who measures."""

from queue import SimpleQueue

from protocol.identity import StreamId
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, EngineFailed, InputRefused, ReplyGrew, TurnEnded, TurnMoved, UiEvent

PATIENCE = 120.0
"""Seconds: a million chunks take their time."""


class Watch:
    """An `Address[UiEvent]`. It counts, and hands on the few events that a load waits for."""

    def __init__(self) -> None:
        self.started: SimpleQueue[ConversationStarted] = SimpleQueue()
        self.ended: SimpleQueue[TurnEnded | InputRefused | EngineFailed] = SimpleQueue()
        """Ends of turns; what else is in it must not happen."""
        self.reached: SimpleQueue[bool] = SimpleQueue()
        """True when the chunks that `expect` has named are there, False when a reply ended before."""
        self.chunks = 0
        self.under_way: set[StreamId] = set()
        self.most_at_once = 0
        self._expected: int | None = None

    def expect(self, chunks: int) -> None:
        """Say through `reached` when so many more chunks came; 0 when a stream begins. Before a prompt is sent."""
        self._expected = self.chunks + chunks

    def tell(self, event: UiEvent, /) -> None:
        """Take note. Any thread."""
        match event:
            case ReplyGrew(chunks=chunks):
                self.chunks += len(chunks)  # one thread only, the Accumulator's, tells this
                self._look()
            case TurnMoved(stream=stream, state=TurnState.CONNECTING):
                self.under_way.add(stream)
                self.most_at_once = max(self.most_at_once, len(self.under_way))
                self._look()
            case TurnEnded(stream=stream):
                self.under_way.discard(stream)
                if self._expected is not None:
                    self._expected = None
                    self.reached.put(False)
                self.ended.put(event)
            case InputRefused() | EngineFailed():
                self.ended.put(event)
            case ConversationStarted():
                self.started.put(event)
            case _:
                pass

    def _look(self) -> None:
        if self._expected is not None and self.chunks >= self._expected:
            self._expected = None
            self.reached.put(True)

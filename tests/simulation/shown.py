"""What is shown of each attempt, against what the server has sent for it."""

from collections.abc import Callable

from protocol.errors import ActorDied, Category, Failure
from protocol.identity import MessageId, StreamId
from protocol.reply import Broken, Reply, Stopped
from protocol.turn import ENDED
from protocol.ui import ReplyGrew, TurnEnded
from tests.simulation.server import Body
from tests.simulation.talks import Live, Said


class Shown:
    """Part of the ledger. `complain` is called with what must not be."""

    def __init__(self, bodies: dict[StreamId, Body], complain: Callable[[str], None]) -> None:
        self.streams: list[StreamId] = []
        """Every attempt, in order."""
        self.over: set[StreamId] = set()
        """Nothing more may come of these."""
        self.as_told: set[MessageId] = set()
        """Replies of which nobody knew the whole at the end."""
        self.broken: set[StreamId] = set()
        """The Accumulator has failed at these: of what they brought, some may never have been shown."""
        self._replies: dict[StreamId, Reply] = {}
        self._abandoned: set[StreamId] = set()
        self._bodies = bodies
        self._complain = complain

    def begin(self, stream: StreamId) -> None:
        """An attempt begins, and nothing of it is shown."""
        self.streams.append(stream)
        self._replies[stream] = Reply()

    def abandon(self, stream: StreamId) -> None:
        """The Accumulator has let go of it."""
        self._abandoned.add(stream)

    def grow(self, event: ReplyGrew, live: Live) -> Reply | None:
        """More of it is shown: return the whole, unless it is over."""
        stream = event.stream
        if stream in self._abandoned or live.stream != stream:
            self._complain(f"{stream} grows after its end")
            return None
        reply = self._replies[stream]
        reply = self._replies[stream] = Reply(
            reply.text + "".join(chunk.text for chunk in event.chunks),
            reply.thinking + "".join(chunk.thinking for chunk in event.chunks),
            reply.tool_calls + tuple(call for chunk in event.chunks for call in chunk.tool_calls),
        )
        self._check_beginning(stream, reply, live)
        return reply

    def keep(self, said: Said, stream: StreamId, reply: Reply) -> None:
        """A failure of our own takes nothing away that was shown."""
        if not _begins(reply, self._replies.get(stream, said.reply)):
            self._complain(f"{said} was shown, not {reply}")
        said.reply = reply

    def end(self, event: TurnEnded, live: Live, said: Said | None) -> None:
        """This is told of the whole at the end."""
        stream = event.stream
        if event.as_told:
            self.as_told.add(stream.message)
        elif said is not None and stream in self.broken:
            self.keep(said, stream, event.reply)
        elif said is not None and of_a_death(event):
            said.reply = event.reply
        elif event.reply != self._replies[stream]:
            self._complain(f"{stream} brought {event.reply}, and {self._replies[stream]} is shown")
        ended_before = said is None or said.state in ENDED
        if not (ended_before or isinstance(event.ending, Stopped) or stream in self.broken):
            self.check_whole(stream, live, event.ending.failure if isinstance(event.ending, Broken) else None)

    def check_whole(self, stream: StreamId, live: Live, failure: Failure | None) -> None:
        """All that came is shown, unless it was our own side that ended it."""
        body = self._bodies.get(stream)
        if body is None or (failure is not None and failure.category is Category.APPLICATION):
            return
        whole = body.shown(live.prefix, failure is None)
        if self._replies[stream] != whole:
            self._complain(f"{stream} ended with {self._replies[stream]}, and the server sent {whole}")

    def check_done(self, stream: StreamId) -> None:
        """The server has said that this is the end."""
        body = self._bodies.get(stream)
        if body is None or not body.done:
            self._complain(f"{stream} is done, and nobody said so")

    def _check_beginning(self, stream: StreamId, reply: Reply, live: Live) -> None:
        body = self._bodies.get(stream)
        if body is None or not body.sent:
            if reply != live.prefix:
                self._complain(f"{stream} shows {reply} before the server said anything")
        elif not _begins(body.shown(live.prefix, True), reply) and not _begins(body.shown(live.prefix, None), reply):
            self._complain(f"{stream} shows {reply}, which is no beginning of {body.shown(live.prefix, None)}")


def of_a_death(event: TurnEnded) -> bool:
    """The Accumulator is dead, and nobody else knows what the stream had brought."""
    return isinstance(event.ending, Broken) and event.ending.failure.kind == ActorDied.__name__


def _begins(whole: Reply, part: Reply) -> bool:
    calls = whole.tool_calls[: len(part.tool_calls)]
    return whole.text.startswith(part.text) and whole.thinking.startswith(part.thinking) and calls == part.tool_calls

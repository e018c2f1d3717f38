"""The simulated server: answers of every shape, cut at any byte, with what can go wrong on the way."""

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from actors.cancel import CancelToken
from actors.source import ChatBody
from protocol.chat import ChatRequest, Role, ToolCall
from protocol.continuation import Continuation
from protocol.errors import ChinwagError, ConnectionLost, ServerBusy, ServerRefusal, ServerSilent, ServerUnreachable
from protocol.frames import Chunk
from protocol.identity import POOL, ServerName, StreamId
from protocol.models import InstalledModel, RunningModel, ServerSurvey
from protocol.ollama_chat import ollama_chat_decoder
from protocol.reply import Reply
from tests.simulation.fibers import Fiber
from tests.simulation.plan import Answer, Fault
from tests.simulation.scheduler import Injected, Scheduler

NAME = "simulated"
IDLE = 60.0
"""Seconds of silence that are borne."""
_GLYPHS = ("a", "é", "語", "🦉", "\u202e", "\u2028", 'q"\\', "ö\n", "  ", "\u0308")
_OPENING = {
    Fault.REFUSED: ServerUnreachable(f"No server answers at {NAME} (connection refused).", "Start it."),
    Fault.BUSY: ServerBusy(f"{NAME} is busy.", "Try again.", 503),
    Fault.REFUSAL: ServerRefusal("It cannot do that.", "Ask for something else.", 400),
    Fault.MISSING: ServerRefusal("model 'x' not found", "Get it.", 404),
}
_WEDGE = {
    Fault.GARBAGE: b"<html>no</html>\n",
    Fault.WRONG_TYPE: b'{"message":{"role":"assistant","content":7},"done":false}\n',
    Fault.ERROR_LINE: b'{"error":"out of memory"}\n',
    Fault.LONG_LINE: b'{"message":{"content":"' + b"x" * 5000 + b'"}}\n',
}


NAMES = {
    1: (ServerName(""),),
    2: (ServerName(""), ServerName("b")),
    3: (ServerName("a"), ServerName("b"), ServerName("c")),
}
"""Of so many servers, where there is no pool."""
IN_POOL = tuple(ServerName(name) for name in "abcdefgh")
"""Where there is one."""


class Body:
    """One answer under way: what was to be sent, and how much of it was."""

    def __init__(self, stream: StreamId, answer: Answer, request: ChatRequest, number: int) -> None:
        self.stream = stream
        self.server = request.server
        self.answer = answer
        self.sent = 0
        """Bytes."""
        self.over = False
        """The body came to its end."""
        self.torn = False
        """The server went away."""
        last = request.messages[-1]
        self.partial = last.content if last.role is Role.ASSISTANT else ""
        self.chunks = _chunks(answer, number, self.partial)
        self.data, self._ends = _encode(self.chunks, answer)

    @property
    def brought(self) -> Reply:
        """What whole lines of it say so far."""
        there = [chunk for chunk, end in zip(self.chunks, self._ends, strict=True) if self.sent >= end - int(self.over)]
        calls = tuple(call for chunk in there for call in chunk.tool_calls)
        return Reply("".join(chunk.text for chunk in there), "".join(chunk.thinking for chunk in there), calls)

    @property
    def done(self) -> bool:
        """It was said that it is done."""
        return b'"done": true' in self.data[: self.sent]

    @property
    def end(self) -> int:
        """So many bytes are sent before the fault; every other early end is between two lines."""
        answer = self.answer
        if answer.fault not in (Fault.RESET, Fault.SILENCE, Fault.EARLY_END, Fault.READER_DIES):
            return len(self.data)
        end = int(len(self.data) * answer.where)
        between = answer.fault is Fault.EARLY_END and int(answer.where * 1000) % 2 == 0
        return self.data.rfind(b"\n", 0, end) + 1 if between else end

    def shown(self, prefix: Reply, whole: bool | None) -> Reply:
        """What is to be seen of it, behind what it goes on with. `whole` is None while it is under way."""
        brought, joint = self.brought, Continuation(prefix.text)
        text = joint.add(brought.text) + ("" if whole is None else joint.finish(whole))
        return Reply(prefix.text + text, prefix.thinking + brought.thinking, prefix.tool_calls + brought.tool_calls)


class SimulatedServer:
    """Is there or away, has models, and answers one request after another as the plan says."""

    def __init__(self, answers: Sequence[Answer], models: int, servers: int = 1, pool: int = 0) -> None:
        self.names = IN_POOL[:servers] if pool else NAMES[servers]
        """The first is the default."""
        self.pool = self.names[:pool]
        """Those that are the pool."""
        self._asked: dict[ServerName, str] = {}
        """For which model each was asked last: it has that loaded."""
        self.down = set[ServerName]()
        """Those that are away."""
        self.faulty = True
        """False once the storm is over."""
        self.bodies: dict[StreamId, Body] = {}
        self.models = tuple(f"tiny{number}:1b" for number in range(models))
        self._answers = answers

    def next_answer(self) -> Answer:
        """How the next request will be answered."""
        return self._answers[len(self.bodies) % len(self._answers)] if self.faulty else Answer()

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """See `Catalogue.survey`: of the default."""
        return self.look_at(self.names[0], cancel)

    def look_at(self, name: ServerName, cancel: CancelToken) -> ServerSurvey:
        """Look at one of them."""
        cancel.check()
        if name in self.down:
            return ServerSurvey(NAME, failure=_OPENING[Fault.REFUSED].failure)
        asked = self._asked.get(name)
        running = (RunningModel(asked),) if asked is not None else ()
        installed = tuple(InstalledModel(one) for one in self.models_of(name))
        return ServerSurvey(NAME, "1", installed, running if self.pool else None)

    def models_of(self, name: ServerName) -> tuple[str, ...]:
        """The second has another model, the third has one more; of a pool each lacks one, if there are several."""
        if name == POOL:
            return self.models_of(self.pool[0])
        place = self.names.index(name)
        if self.pool:
            lacks = place % (len(self.models) + 1)
            return tuple(one for number, one in enumerate(self.models, 1) if number != lacks or len(self.models) == 1)
        return (*(() if place == 1 else self.models), *(() if place == 0 else (f"own{place}:1b",)))

    def load(self, name: ServerName, model: str) -> None:
        """It is asked for this model."""
        self._asked[name] = model

    def go_away(self, name: ServerName) -> None:
        """Break every connection to one of them, which takes no other."""
        self.down.add(name)
        for body in self.bodies.values():
            body.torn = body.torn or body.server == name


class SimulatedCatalogue:
    """Satisfies `Catalogue` for one server."""

    def __init__(self, server: SimulatedServer, name: ServerName) -> None:
        self._server = server
        self._name = name

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """See `Catalogue.survey`."""
        return self._server.look_at(self._name, cancel)


class SimulatedSource:
    """Satisfies `ChatSource` for one stream. Its waiting hands the baton back."""

    def __init__(self, scheduler: Scheduler, server: SimulatedServer, stream: StreamId, chance: random.Random) -> None:
        self._scheduler = scheduler
        self._server = server
        self._stream = stream
        self._chance = chance
        self._fiber: Fiber | None = None
        self._asleep = 0
        """The pause in which it waits here."""

    @contextmanager
    def open(self, request: ChatRequest, cancel: CancelToken) -> Iterator[ChatBody]:
        """Send a request; see `ChatSource.open`."""
        answer = self._server.next_answer()
        body = Body(self._stream, answer, request, len(self._server.bodies))
        self._server.bodies[self._stream] = body
        self._server.load(request.server, request.model)
        self._fiber = self._scheduler.running
        with cancel.unblocking(self._unblock):
            self._wait(answer.first_byte, cancel)
            if request.server in self._server.down:
                raise _again(_OPENING[Fault.REFUSED])
            if answer.fault in _OPENING:
                raise _again(_OPENING[answer.fault])
            yield ChatBody(self._read(body, cancel), ollama_chat_decoder)

    def _read(self, body: Body, cancel: CancelToken) -> Iterator[bytes]:
        answer, stop = body.answer, body.end
        while body.sent < stop:
            self._wait(self._chance.random() * answer.pause, cancel)
            self._check(body)
            piece = body.data[body.sent : min(stop, body.sent + 1 + self._chance.randrange(answer.piece))]
            body.sent += len(piece)
            yield piece
        if answer.fault is Fault.RESET:
            raise _lost()
        if answer.fault is Fault.SILENCE:
            self._wait(IDLE, cancel)
            raise ServerSilent(f"The server at {NAME} was silent for longer than the time limit.", "Try again.")
        if answer.fault is Fault.READER_DIES:
            raise Injected("the reader was to die")
        body.over = True
        cancel.check()

    def _wait(self, seconds: float, cancel: CancelToken) -> None:
        cancel.check()
        if seconds:
            self._asleep = self._scheduler.running.pauses + 1
            self._scheduler.sleep(seconds)
        cancel.check()

    def _unblock(self) -> None:
        """Wake the reader, if it waits here and not somewhere else."""
        if self._fiber is not None:
            self._fiber.wake_from(self._asleep)

    def _check(self, body: Body) -> None:
        if body.torn:
            raise _lost()


def _lost() -> ConnectionLost:
    return ConnectionLost(f"The connection to {NAME} broke (connection reset by peer).", "Try again.")


def _again(error: ChinwagError) -> ChinwagError:
    """The same without a traceback of its own: one object raised in many places would collect them."""
    failure = error.failure
    return type(error)(failure.summary, failure.advice, failure.status)


def _chunks(answer: Answer, number: int, partial: str) -> list[Chunk]:
    """The pieces of an answer: words that occur in no other."""
    words = [f"{_GLYPHS[(number + at) % len(_GLYPHS)]}{number}.{at} " for at in range(answer.words)]
    if partial and answer.goes_on == "again":
        words = [partial[:7], partial[7:], *words]
    if partial and answer.goes_on == "anew":
        words = ["Anew: ", *words]
    thoughts = [Chunk(thinking=f"hm{number}.{at} ") for at in range(answer.thoughts)]
    calls = [
        Chunk(tool_calls=(ToolCall(f"call{number}", json.dumps({"at": at}, separators=(",", ":"))),))
        for at in range(answer.calls)
    ]
    long = [Chunk("long " * 100) for _ in range(20)] if answer.fault is Fault.TOO_LONG else []
    return [*thoughts, *(Chunk(word) for word in words if word), *long, *calls]


def _encode(chunks: list[Chunk], answer: Answer) -> tuple[bytes, list[int]]:
    """The body, and for each chunk the number of bytes after which it is whole."""
    lines = [_line(chunk, plain=at % 2 == 0) for at, chunk in enumerate(chunks)]
    done = json.dumps({"done": True, "done_reason": answer.reason, "message": {"content": ""}}).encode() + b"\n"
    wedge = _WEDGE.get(answer.fault)
    broken_at = int(len(lines) * answer.where) if wedge is not None or answer.fault is Fault.HALF_LINE else None
    data, ends = b"", []
    for at, line in enumerate([*lines, done]):
        if at == broken_at:
            data += wedge if wedge is not None else line[: len(line) // 2]
            ends += [10**9] * (len(lines) - at)
            return data, ends
        data += line
        ends.append(len(data))
    if answer.fault is Fault.DONE_TWICE:
        data += done + _line(Chunk("after the end"), plain=True)
    return data, ends[: len(lines)]


def _line(chunk: Chunk, plain: bool) -> bytes:
    message: dict[str, object] = {"role": "assistant", "content": chunk.text}
    if chunk.thinking:
        message["thinking"] = chunk.thinking
    if chunk.tool_calls:
        message["tool_calls"] = [
            {"function": {"name": call.name, "arguments": json.loads(call.arguments)}} for call in chunk.tool_calls
        ]
    line = json.dumps({"model": "m", "message": message, "done": False}, ensure_ascii=plain, separators=(",", ":"))
    return line.encode() + b"\n"

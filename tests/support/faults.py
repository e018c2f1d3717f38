"""Faults of a server, and what becomes of a prompt that meets one: the whole engine, over real sockets."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event

from actors.source import Server
from protocol.coordinator import RetryNow, Submit
from protocol.identity import ConversationId, StreamId
from protocol.limits import ResourceLimits
from protocol.reply import Broken
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from protocol.turn import TurnState
from protocol.ui import EngineFailed, ReplyGrew, ServerChanged, TurnEnded, TurnMoved
from tests.support.answers import ndjson_chat
from tests.support.chatting import Chat, chatting, openai_over_http, over_http
from tests.support.journal import Request
from tests.support.openai_answers import sse_chat
from tests.support.replay_server import ReplayServer, Script
from tests.support.wire import Answer

HOUR = 3600.0
WORKS = ndjson_chat(["Fine."])
OPENAI_WORKS = sse_chat(["Fine."])
"""What a server says when it works again."""
_LONG = 200
_NO_NAME = re.compile(r"(No server answers at URL) \([^()]*name[^()]*\)")
"""Each system has its own words for a name that is not known."""


@dataclass(frozen=True)
class Attempt:
    """What the user knows of one attempt when it is over."""

    state: TurnState
    """What the turn came to by it."""
    text: str = ""
    """What came, and is kept; the beginning and the length of what is long."""
    says: str = ""
    """What happened and what to do about it; URL in the place of the server's address."""


@dataclass(frozen=True)
class Outcome:
    """What became of a prompt."""

    attempts: tuple[Attempt, ...]
    requests: int
    """How many requests the server read."""
    afterwards: Attempt = Attempt(TurnState.DONE, "Fine.")
    """What becomes of the prompt that waits, or else of the next one, when the server works again."""


@dataclass(frozen=True)
class Stage:
    """A server with a fault."""

    source: Server
    url: str
    requests: Callable[[], int]
    mend: Callable[[], None]
    """Have it work."""
    limits: ResourceLimits = field(default_factory=ResourceLimits)


@dataclass(frozen=True)
class Fault:
    """A fault by its name, what it is, and what must become of a prompt that meets it."""

    name: str
    stage: Callable[[], AbstractContextManager[Stage]]
    outcome: Outcome


def scripted(
    name: str,
    outcome: Outcome,
    *script: Script,
    limits: ResourceLimits | None = None,
    models: tuple[str, ...] | None = None,
    openai: bool = False,
) -> Fault:
    """A fault of a server that answers the first request with the first script, and so on; the last repeats. It names
    these `models`, or those that were recorded."""
    return Fault(name, lambda: _scripted_stage(script, limits or ResourceLimits(), models, openai), outcome)


scripted_openai = partial(scripted, openai=True)
"""The same of a server that speaks as OpenAI's does."""


def live_through(fault: Fault) -> Outcome:
    """Submit a prompt while the fault is there, and another, or wait, when it is mended."""
    settings = EngineSettings(retry=RetryPolicy(attempts=2, base=0.0, patience=0.05), survey_interval=HOUR)
    with fault.stage() as stage, chatting(stage.source, settings_with(settings, stage.limits)) as chat:
        talk = chat.begin()
        chat.ui.until(ServerChanged)
        chat.system.coordinator.tell(Submit(talk, "Hi"))
        attempts = _until_settled(chat, stage.url)
        requests = stage.requests()
        stage.mend()
        return Outcome(attempts, requests, _afterwards(chat, talk, attempts, stage.url))


def settings_with(settings: EngineSettings, limits: ResourceLimits) -> EngineSettings:
    """The same settings with other limits."""
    return EngineSettings(limits=limits, retry=settings.retry, survey_interval=settings.survey_interval)


@contextmanager
def _scripted_stage(
    script: tuple[Script, ...], limits: ResourceLimits, models: tuple[str, ...] | None, openai: bool
) -> Iterator[Stage]:
    works, afterwards = Event(), OPENAI_WORKS if openai else WORKS
    with ReplayServer(*(_until(works, each, afterwards) for each in script), models=models) as server:
        source = openai_over_http(server.port, limits) if openai else over_http(server.port, limits)
        yield Stage(source, server.url, lambda: len(server.chats), works.set, limits)
        server.connections_are(0)


def _until(works: Event, script: Script, afterwards: Answer) -> Script:
    def choose(request: Request) -> Answer:
        if works.is_set():
            return afterwards
        return script(request) if callable(script) else script

    return choose


def _afterwards(chat: Chat, talk: ConversationId, attempts: tuple[Attempt, ...], url: str) -> Attempt:
    if attempts[-1].state is TurnState.WAITING_FOR_SERVER:
        chat.system.coordinator.tell(RetryNow(talk))
    else:
        chat.system.coordinator.tell(Submit(talk, "And now?"))
    (*_, last) = _until_settled(chat, url)
    return last


def _until_settled(chat: Chat, url: str) -> tuple[Attempt, ...]:
    """The attempts until the turn ends, or waits for the server."""
    attempts: list[Attempt] = []
    texts: dict[StreamId, str] = {}
    while True:
        match chat.ui.next():
            case ReplyGrew(stream=stream, chunks=chunks):
                texts[stream] = texts.get(stream, "") + "".join(chunk.text for chunk in chunks)
            case TurnMoved(stream=stream, state=state, failure=failure) if failure is not None:
                attempts.append(_attempt(state, texts.get(stream, ""), str(failure), url))
                if state is TurnState.WAITING_FOR_SERVER:
                    return tuple(attempts)
            case TurnEnded(stream=stream, state=state, reply=reply, ending=ending):
                assert reply.text == texts.get(stream, ""), "what is kept is not what was shown"
                says = str(ending.failure) if isinstance(ending, Broken) else ""
                return (*attempts, _attempt(state, reply.text, says, url))
            case EngineFailed(failure=failure):
                raise AssertionError(f"the engine failed: {failure}")
            case _:
                pass


def _attempt(state: TurnState, text: str, says: str, url: str) -> Attempt:
    return Attempt(state, brief(text), _NO_NAME.sub(r"\1 (no name)", says.replace(url, "URL")))


def brief(text: str) -> str:
    """A text as an outcome holds it: of what is long, the beginning and the length."""
    return text if len(text) <= _LONG else f"{text[:10]}... {len(text)} characters"


def fine(text: str, requests: int = 1) -> Outcome:
    """The fault is none to the user."""
    return Outcome((Attempt(TurnState.DONE, text),), requests)


def ends(says: str, text: str = "", requests: int = 1) -> Outcome:
    """The turn fails at once, with what came."""
    return Outcome((Attempt(TurnState.FAILED, text, says),), requests)


def tried_twice(says: str, requests: int = 2) -> Outcome:
    """The network failed: the same again, then the turn fails."""
    return Outcome((Attempt(TurnState.RETRYING, "", says), Attempt(TurnState.FAILED, "", says)), requests)


def waits(says: str, requests: int = 2) -> Outcome:
    """The server is away: the same again, then the prompt waits for it."""
    return Outcome((Attempt(TurnState.RETRYING, "", says), Attempt(TurnState.WAITING_FOR_SERVER, "", says)), requests)


def garbled(says: str, text: str = "", requests: int = 3) -> Outcome:
    """What came is no chat: begun anew, then asked for as a whole, then the turn fails. Every attempt is kept."""
    anew = Attempt(TurnState.RETRYING, text, says)
    return Outcome((anew, anew, Attempt(TurnState.FAILED, text, says)), requests)


def mended(says: str, text: str, requests: int = 2, before: str = "") -> Outcome:
    """The first attempt fails, with the text `before`, and the next one brings the reply."""
    return Outcome((Attempt(TurnState.RETRYING, before, says), Attempt(TurnState.DONE, text)), requests)

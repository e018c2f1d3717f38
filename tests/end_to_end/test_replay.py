"""Every recorded chat goes through HTTP, the server of its dialect, StreamReader and Accumulator without a byte lost.

What must come out is computed from the recorded bytes by `tests.support.recordings`, which does not know the project's
decoders. The recordings of `POST /api/chat` and of `POST /v1/chat/completions` are replayed as they were cut by the
server, all at once, one byte at a time, and cut anew at random.
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.accumulator import Accumulator, NewsOfReplies
from actors.actor import stop
from actors.cancel import CancelToken
from actors.credit import Credit
from actors.ollama_server import OllamaServer
from actors.openai_server import OpenAiServer
from actors.source import Server
from actors.stream_reader import StreamReader
from protocol.accumulator import BeginReply
from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.coordinator import NewsOfActors, ReplyFinished
from protocol.errors import Category, Failure
from protocol.frames import Metrics
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.limits import ResourceLimits
from protocol.ollama_host import ServerUrl
from protocol.reply import Broken, Finished, Reply, Stopped
from protocol.server_settings import ServerSettings
from protocol.stream_reader import OpenStream
from protocol.ui import ReplyGrew, UiEvent
from tests.support.addresses import PATIENCE, QueueAddress
from tests.support.answers import Cut, replay
from tests.support.journal import Request
from tests.support.leaks import nothing_left
from tests.support.openai_answers import expect_openai, openai_recordings
from tests.support.recordings import Expected, Recording, chat_recordings, recording
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer

BUSY = frozenset({429, 502, 503, 504})
TALK, STREAM = ConversationId("talk"), StreamId(TurnId("turn"), 1)
ALL = (*chat_recordings(), *openai_recordings())
OPENAI = frozenset(each.name for each in openai_recordings())
NAMES = [each.name for each in ALL]
CUTS = st.builds(lambda some, rest: [*some, rest], st.lists(st.integers(1, 400), max_size=60), st.integers(40, 4000))
"""Sizes in bytes, of which the last stands for the rest too."""


class Outcome(NamedTuple):
    """How a stream ended, in words that the recordings can be put into as well."""

    ended_by: str
    reason: str | None
    metrics: Metrics | None
    kind: str
    status: int | None
    says: str
    """Of a failure: its first sentence."""


class Stage:
    """A server that gives the next answer to whoever asks, and the actors that read it."""

    def __init__(self) -> None:
        self.server = ReplayServer(self._answer)
        self._next: Answer = ()

    def perform(self, answer: Answer, openai: bool) -> tuple[ReplyFinished, Reply]:
        """Replay an answer in its dialect; what the Coordinator was told of it, and what the UI was shown."""
        self._next = answer
        coordinator, ui, supervisor = (
            QueueAddress[NewsOfReplies](),
            QueueAddress[UiEvent](),
            QueueAddress[NewsOfActors](),
        )
        limits = ResourceLimits()
        credit = Credit(limits.chunk_buffer_size)
        accumulator = Accumulator.start(coordinator, ui, supervisor, credit, limits)
        accumulator.tell(BeginReply(STREAM, TALK))
        source: Server
        if openai:
            source = OpenAiServer(ServerSettings(ServerUrl(port=self.server.port, path="/v1")), limits.time, "1")
        else:
            source = OllamaServer(ServerSettings(ServerUrl(port=self.server.port)), limits.time, "1")
        reader = StreamReader.start(STREAM, source, accumulator, supervisor, credit, CancelToken(), limits)
        reader.tell(OpenStream(STREAM, ChatRequest("any", (ChatMessage(Role.USER, "Hi"),))))
        finished = coordinator.until(ReplyFinished)
        assert stop(reader, PATIENCE)
        assert stop(accumulator, PATIENCE)
        assert (supervisor.drain(), credit.in_flight(STREAM)) == ([], 0)
        return finished, _shown(ui)

    def _answer(self, request: Request) -> Answer:
        return self._next


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    made = Stage()
    with nothing_left(), made.server:
        yield made


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_says_what_its_bytes_say(stage: Stage, name: str) -> None:
    check(stage, recording(name), None)


@pytest.mark.parametrize("name", NAMES)
def test_it_says_the_same_when_its_body_comes_all_at_once(stage: Stage, name: str) -> None:
    check(stage, recording(name), "whole")


@pytest.mark.parametrize("name", NAMES)
def test_it_says_the_same_one_byte_at_a_time(stage: Stage, name: str) -> None:
    check(stage, recording(name), "one byte")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(NAMES), cut=CUTS)
def test_it_says_the_same_however_it_is_cut(stage: Stage, name: str, cut: list[int]) -> None:
    check(stage, recording(name), cut)


def test_the_recordings_end_in_every_way_there_is() -> None:
    assert {each.expected.ended_by for each in chat_recordings()} == {"done", "error_line", "status", "eof"}
    assert {expect_openai(each).ended_by for each in openai_recordings()} == {"done", "status", "eof"}
    assert len(NAMES) > 110


def check(stage: Stage, recorded: Recording, cut: Cut | None) -> None:
    """Replay a recording and compare everything with what its bytes say."""
    openai = recorded.name in OPENAI
    expected = expect_openai(recorded) if openai else recorded.expected
    finished, shown = stage.perform(replay(recorded, cut), openai)
    reply = finished.reply
    calls = tuple((call.name, json.loads(call.arguments), call.id) for call in reply.tool_calls)
    assert (reply.text, reply.thinking, calls) == (expected.text, expected.thinking, expected.tool_calls)
    assert shown == reply
    assert _outcome(finished, stage.server.url) == _expected_outcome(recorded, expected)


def _shown(ui: QueueAddress[UiEvent]) -> Reply:
    grown = [event for event in ui.drain() if isinstance(event, ReplyGrew)]
    chunks = [chunk for event in grown for chunk in event.chunks]
    return Reply(
        "".join(chunk.text for chunk in chunks),
        "".join(chunk.thinking for chunk in chunks),
        tuple(call for chunk in chunks for call in chunk.tool_calls),
    )


def _outcome(finished: ReplyFinished, url: str) -> Outcome:
    match finished.ending:
        case Finished(reason=reason, metrics=metrics):
            return Outcome("done", reason, metrics, "", None, "")
        case Broken(failure=failure):
            said = failure.summary.replace(url, "URL")
            if failure.status is not None:  # what that means is the business of tests/protocol/test_recorded_errors.py
                said = said[said.index(f"(status {failure.status})") :]
            return Outcome(_ended_by(failure), None, None, failure.kind, failure.status, said)
        case Stopped():
            raise AssertionError("nobody stopped it")


def _ended_by(failure: Failure) -> str:
    if failure.status is not None:
        return "status"
    return "error_line" if failure.category is Category.SERVER else "eof"


def _expected_outcome(recorded: Recording, expected: Expected) -> Outcome:
    status = recorded.status
    match expected.ended_by:
        case "done":
            return Outcome("done", expected.done_reason, Metrics(**(expected.metrics or {})), "", None, "")
        case "status":
            return Outcome("status", None, None, _kind(status), status, _refusal(status, expected.error or ""))
        case "error_line":
            words = (expected.error or "").rstrip(".")
            summary = f"The server ended the reply with an error: {words}."
            return Outcome("error_line", None, None, "ServerRefusal", None, summary)
        case "eof":
            broke = "The connection to URL broke (it ended before the reply did)."
            summary = "The server's reply ended before it was done." if recorded.complete else broke
            return Outcome("eof", None, None, "ConnectionLost", None, summary)


def _kind(status: int) -> str:
    return "ServerBusy" if status in BUSY else "ServerRefusal"


def _refusal(status: int, words: str) -> str:
    words = words.strip()
    if not words:
        return f"(status {status})."
    return f"(status {status}): {words}{'' if words.endswith(('.', '!', '?')) else '.'}"

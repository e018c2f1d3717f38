"""The loads: what is done, much of it, and what must have come of it."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from actors.conversations import REMEMBERED
from actors.shutdown import STOP_SECONDS
from actors.source import Server
from actors.system import System
from protocol.coordinator import DiscardConversation, StartConversation
from protocol.identity import ConversationId
from protocol.input_handler import CancelPressed, TextSubmitted
from protocol.limits import ResourceLimits
from protocol.settings import EngineSettings
from protocol.turn import TurnState
from protocol.ui import TurnEnded
from tests.soak.load.server import PIECE, WORD
from tests.soak.load.watch import PATIENCE, Watch
from tests.support.chatting import MODEL, over_http
from tests.support.engine import ScriptedServer

SEED = 20261122
_ROOM = ResourceLimits(max_queued_prompts=100_000)

Work = Callable[[int], None]
"""Do so much."""


@dataclass(frozen=True)
class Load:
    """Something to do very often, in two halves that are compared."""

    name: str
    half: int
    """How much is done before the first look, and again before the second."""
    quick: int
    """The same, where there is little time."""
    open: Callable[[int], AbstractContextManager[Work]]
    """Begin, with a server at this port."""
    grows: int = 0
    """Bytes that each may keep by design, because it stays in the tree of messages."""


class Talk:
    """An engine, and somebody who keeps nothing of what it says."""

    def __init__(self, server: Server, data_dir: Path | None = None) -> None:
        self.watch = Watch()
        settings = EngineSettings(limits=_ROOM, data_dir=data_dir, survey_interval=3600.0)
        self.system = System(self.watch, settings, server, _NoMemory(), clock=_quick_clock)
        self._kept = data_dir is not None

    def begin(self) -> ConversationId:
        """Begin a conversation."""
        self.system.coordinator.tell(StartConversation(MODEL))
        return self.begun()

    def begun(self) -> ConversationId:
        """Wait for the next conversation that begins."""
        return self.watch.started.get(timeout=PATIENCE).conversation

    def submit(self, conversation: ConversationId, prompt: str) -> None:
        """Type a prompt."""
        self.system.input.tell(TextSubmitted(conversation, prompt))

    def ended(self) -> TurnEnded:
        """Wait for the next end of a turn."""
        end = self.watch.ended.get(timeout=PATIENCE)
        assert isinstance(end, TurnEnded), end
        return end

    def answered(self, conversation: ConversationId, prompt: str) -> str:
        """Send a prompt and return the reply, which must come to its end."""
        self.submit(conversation, prompt)
        end = self.ended()
        assert end.state is TurnState.DONE, end
        return end.reply.text

    def forget(self, conversation: ConversationId) -> ConversationId:
        """Delete the conversation that is shown, and return the one that takes its place."""
        if self._kept:
            self.system.input.tell(TextSubmitted(conversation, "/delete"))
        else:
            self.system.coordinator.tell(DiscardConversation(conversation))
        return self.begun()

    def stop(self) -> None:
        """Stop the engine; nobody may be late."""
        report = self.system.stop(STOP_SECONDS)
        assert report.late == (), report
        assert not self.watch.under_way


def _quick_clock() -> float:
    """Nobody types as fast as these loads: by the real clock the InputHandler would refuse it."""
    return 1e6 * time.monotonic()


class _NoMemory:
    """Remembers no model: a file for each stream is not what is measured."""

    def load(self) -> str | None:
        return None

    def save(self, name: str) -> None:
        pass


@contextmanager
def talking(server: Server, data_dir: Path | None = None) -> Iterator[Talk]:
    """An engine for the length of the block."""
    talk = Talk(server, data_dir)
    try:
        yield talk
    finally:
        talk.stop()


@contextmanager
def one_stream(port: int) -> Iterator[Work]:
    """So many chunks in one stream, and then the next stream."""
    with talking(over_http(port)) as talk:
        talk.begin()

        def work(count: int) -> None:
            conversation = talk.begin()
            before = talk.watch.chunks
            assert talk.answered(conversation, f"flood {count}") == WORD * (count // PIECE * PIECE)
            assert talk.watch.chunks - before >= count // PIECE * PIECE
            for _ in range(REMEMBERED + 1):  # then nobody knows it any more
                conversation = talk.forget(conversation)

        yield work


@contextmanager
def streams(port: int, kept: bool = False) -> Iterator[Work]:
    """One stream after another, each in a conversation that is deleted afterwards."""
    with tempfile.TemporaryDirectory() as folder, talking(over_http(port), Path(folder) if kept else None) as talk:
        conversation = talk.begin()

        def work(count: int) -> None:
            nonlocal conversation
            for _ in range(count):
                assert talk.answered(conversation, "words 20") == WORD * 20
                conversation = talk.forget(conversation)

        yield work


@contextmanager
def one_conversation(port: int, kept: bool) -> Iterator[Work]:
    """One exchange after another in one conversation, which keeps them all."""
    with tempfile.TemporaryDirectory() as folder, talking(over_http(port), Path(folder) if kept else None) as talk:
        conversation = talk.begin()

        def work(count: int) -> None:
            for number in range(count):
                assert talk.answered(conversation, f"words {20 + number % 2}")  # not twice the same, as by two Enters

        yield work


@contextmanager
def queued(port: int) -> Iterator[Work]:
    """Many prompts at once, each in a conversation of its own."""
    with talking(over_http(port)) as talk:

        def work(count: int) -> None:
            conversations = [talk.begin() for _ in range(count)]
            for conversation in conversations:
                talk.submit(conversation, "words 20")
            ends = [talk.ended() for _ in conversations]
            assert {end.conversation for end in ends} == set(conversations)
            assert {end.state for end in ends} == {TurnState.DONE}
            assert talk.watch.most_at_once == _ROOM.max_concurrent_streams
            for conversation in conversations:
                talk.system.coordinator.tell(DiscardConversation(conversation))
            talk.begun()  # in the place of the one that was shown

        yield work


@contextmanager
def cancels(port: int) -> Iterator[Work]:
    """Streams that are cancelled: before they begin, while nothing comes, and after so many chunks."""
    chance = random.Random(SEED)
    with talking(over_http(port)) as talk:
        conversation = talk.begin()

        def work(count: int) -> None:
            nonlocal conversation
            for _ in range(count):
                _cancel_one(talk, conversation, chance)
                conversation = talk.forget(conversation)

        yield work


def _cancel_one(talk: Talk, conversation: ConversationId, chance: random.Random) -> None:
    words = chance.randrange(1, 30)
    prompt, most = chance.choice(
        [("hold", 0), (f"stall {words}", words), (f"words {words}", words), ("endless", 40), ("words 1000", 900)]
    )
    chunks = chance.choice([None, 0, chance.randint(0, most)])
    if chunks is not None:
        talk.watch.expect(chunks)
    talk.submit(conversation, prompt)
    if chunks is not None:
        talk.watch.reached.get(timeout=PATIENCE)
    talk.system.input.tell(CancelPressed(conversation))
    end = talk.ended()
    assert end.state is TurnState.CANCELLED or (end.state is TurnState.DONE and prompt.startswith("words")), end


@contextmanager
def starts(port: int, kept: bool) -> Iterator[Work]:
    """Engines that start and stop, every other one in the middle of a reply."""
    with tempfile.TemporaryDirectory() as folder:

        def work(count: int) -> None:
            for number in range(count):
                with talking(over_http(port), Path(folder) if kept else None) as talk:
                    conversation = talk.begin()
                    if number % 2:
                        talk.watch.expect(1)
                        talk.submit(conversation, "endless")
                        talk.watch.reached.get(timeout=PATIENCE)

        yield work


@contextmanager
def without_http(port: int) -> Iterator[Work]:
    """Streams from a source in this process, so that nothing but the engine is measured."""
    server = ScriptedServer(*_LINES)
    with talking(server) as talk:
        conversation = talk.begin()

        def work(count: int) -> None:
            nonlocal conversation
            for _ in range(count):
                assert talk.answered(conversation, "go") == WORD * len(_LINES[:-1])
                server.requests.clear()  # it remembers them all
                conversation = talk.forget(conversation)

        yield work


_LINES = (*(b'{"message":{"content":"word "},"done":false}\n',) * 20, b'{"done":true}\n')

LOADS = (
    Load("a million chunks in one stream", 1_000_000, 30_000, one_stream),
    Load("streams, one after another", 5_000, 60, streams),
    Load("streams, kept on disk", 1_000, 30, partial(streams, kept=True)),
    Load("streams without HTTP", 5_000, 200, without_http),
    Load("exchanges in one conversation", 1_000, 60, partial(one_conversation, kept=False), 8192),
    Load("exchanges, kept on disk", 500, 30, partial(one_conversation, kept=True), 8192),
    Load("streams queued over the limit", 200, 40, queued),
    Load("cancels at random moments", 2_500, 60, cancels),
    Load("starts and stops", 500, 15, partial(starts, kept=False)),
    Load("starts and stops, with the disk", 250, 10, partial(starts, kept=True)),
)

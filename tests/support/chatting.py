"""The whole engine at work, with a test in the place of the face."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from actors.librarian import ModelMemory
from actors.model_memory import FileModelMemory
from actors.ollama_server import OllamaServer
from actors.openai_server import OpenAiServer
from actors.shutdown import ShutdownReport
from actors.source import Server
from actors.system import System
from protocol.coordinator import CancelConversation, StartConversation, Submit
from protocol.identity import ConversationId, TurnId
from protocol.limits import ResourceLimits
from protocol.ollama_host import ServerUrl
from protocol.server_settings import Dialect, ServerSettings
from protocol.settings import EngineSettings
from protocol.supervision import RestartPolicy
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, TurnAccepted, TurnEnded, TurnMoved, TurnQueued, UiEvent, WaitReason
from tests.support.addresses import PATIENCE, QueueAddress

MODEL = "tiny:1b"
RESTARTS = RestartPolicy()
QUICK = PATIENCE / 2
"""What a stop is given in tests; a right one needs a hundredth."""


class Chat:
    """A running engine, and what its UI is told."""

    def __init__(
        self,
        server: Server,
        settings: EngineSettings | None = None,
        ui: QueueAddress[UiEvent] | None = None,
        memory: ModelMemory | None = None,
        restarts: RestartPolicy = RESTARTS,
    ) -> None:
        self.ui = ui or QueueAddress[UiEvent]()
        numbers = count(1)
        chosen = settings or EngineSettings()
        remembered = memory or FileModelMemory(chosen.state_file)
        self.system = System(self.ui, chosen, server, remembered, new_id=lambda: str(next(numbers)), restarts=restarts)

    def begin(self, model: str | None = MODEL) -> ConversationId:
        """Begin a conversation."""
        self.system.coordinator.tell(StartConversation(model))
        return self.ui.until(ConversationStarted).conversation

    def submit(self, conversation: ConversationId, prompt: str = "Hi") -> TurnId:
        """Put a prompt into the queue."""
        self.system.coordinator.tell(Submit(conversation, prompt))
        return self.ui.until(TurnAccepted).turn

    def cancel(self, conversation: ConversationId) -> None:
        """Cancel what is under way."""
        self.system.coordinator.tell(CancelConversation(conversation))

    def reaches(self, state: TurnState) -> TurnMoved:
        """Wait until a turn comes to this state."""
        while (moved := self.ui.until(TurnMoved)).state is not state:
            pass
        return moved

    def waits_for(self, reason: WaitReason) -> TurnQueued:
        """Wait until a turn waits for this reason."""
        while (queued := self.ui.until(TurnQueued)).reason is not reason:
            pass
        return queued

    def ended(self) -> TurnEnded:
        """Wait for the next end of a turn."""
        return self.ui.until(TurnEnded)

    def stop(self, seconds: float = QUICK) -> ShutdownReport:
        """Stop the engine."""
        return self.system.stop(seconds)


@contextmanager
def chatting(server: Server, settings: EngineSettings | None = None) -> Iterator[Chat]:
    """Run an engine for the length of the block; whoever is late at its end fails the test."""
    chat = Chat(server, settings)
    try:
        yield chat
    finally:
        assert chat.stop().late == ()


def over_http(port: int, limits: ResourceLimits | None = None, scheme: str = "http") -> OllamaServer:
    """A server on this machine, with the usual time limits."""
    return OllamaServer(ServerSettings(ServerUrl(scheme, port=port)), (limits or ResourceLimits()).time, "1")


def openai_over_http(port: int, limits: ResourceLimits | None = None) -> OpenAiServer:
    """A server on this machine that speaks as OpenAI's does, with the usual time limits."""
    settings = ServerSettings(ServerUrl(port=port, path="/v1"), dialect=Dialect.OPENAI)
    return OpenAiServer(settings, (limits or ResourceLimits()).time, "1")

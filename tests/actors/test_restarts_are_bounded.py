"""The whole engine, a part of which fails more often than it may be begun anew: that is said once, and the rest lives.

And what `/debug` says of a part that is stuck.
"""

import threading
from pathlib import Path

import pytest

from actors.shutdown import STOP_SECONDS
from protocol.accumulator import FramesArrived
from protocol.coordinator import CancelAll, StartConversation
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.input_handler import CommandPressed, TextSubmitted
from protocol.models import InstalledModel, ServerSurvey
from protocol.reply import Broken
from protocol.settings import EngineSettings
from protocol.supervision import NEVER, RestartPolicy
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    EngineFailed,
    EngineRecovered,
    ModelSet,
    NoticePosted,
    ServerChanged,
    UiEvent,
)
from tests.support.addresses import PATIENCE, QueueAddress
from tests.support.chatting import MODEL, Chat
from tests.support.engine import NONSENSE, ScriptedServer
from tests.support.leaks import nothing_left
from ui.model import Model
from ui.turn import Turn

REPLY = (b'{"message":{"content":"Hi"},"done":false}\n', b'{"done":true}\n')
HERE = ServerSurvey("scripted", models=(InstalledModel(MODEL),))
MOST = RestartPolicy(most=2)
POISON: dict[str, object] = {
    "coordinator": NONSENSE,
    "archivist": NONSENSE,
    "input_handler": CommandPressed(ConversationId("none"), NONSENSE),  # type: ignore[arg-type]
    "accumulator": FramesArrived(StreamId(TurnId("none"), 1), (NONSENSE,)),  # type: ignore[arg-type]
    "librarian": NONSENSE,
    "timekeeper": NONSENSE,
}
"""What each part fails at, by the name of its port, and can begin anew after."""
FATAL = {"coordinator", "archivist", "input_handler"}
"""Without these no prompt is taken any more."""


@pytest.mark.parametrize("name", POISON)
def test_past_the_bound_it_is_said_once_and_what_was_there_is_shown(name: str, tmp_path: Path) -> None:
    part = name.title().replace("_", "")
    with nothing_left():
        chat = Chat(ScriptedServer(*REPLY, survey=HERE), EngineSettings(data_dir=tmp_path), restarts=MOST)
        talk = chat.begin()
        chat.system.input.tell(TextSubmitted(talk, "first"))
        assert chat.ended().state is TurnState.DONE
        for _ in range(MOST.most + 1):
            getattr(chat.system._ports, name).tell(POISON[name])
        failed = chat.ui.until(EngineFailed)
        assert failed.failure.summary.startswith(f"The {part} failed (")
        report = chat.stop(STOP_SECONDS)
        assert (report.late, report.seconds < STOP_SECONDS) == ((), True)
        told = [*chat.ui.taken, *chat.ui.drain()]
    assert sum(isinstance(event, EngineRecovered) for event in told) == MOST.most
    assert [event for event in told if isinstance(event, EngineFailed)] == [failed]
    screen = Model()
    for event in told:
        screen.apply(event, 0.0)
    shown = [entry for entry in screen.conversations[talk].entries if isinstance(entry, Turn)]
    assert [(turn.prompt, str(turn.attempt.answer)) for turn in shown if turn.attempt] == [("first", "Hi")]
    assert (failed.fatal, screen.broken) == (name in FATAL, name in FATAL)


class StuckUi(QueueAddress[UiEvent]):
    """A face that breaks its promise: it blocks whoever tells it that a conversation begins, until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.released, self.blocks = threading.Event(), threading.Event(), False

    def tell(self, message: UiEvent, /) -> None:
        if self.blocks and isinstance(message, ConversationStarted):
            self.entered.set()
            assert self.released.wait(PATIENCE)
        super().tell(message)


@pytest.mark.parametrize("kept", [True, False])
def test_the_engine_is_described_while_the_coordinator_is_stuck(kept: bool, tmp_path: Path) -> None:
    ui = StuckUi()
    with nothing_left():
        chat = Chat(ScriptedServer(*REPLY, survey=HERE), EngineSettings(data_dir=tmp_path if kept else None), ui)
        talk = chat.begin()
        ui.until(ServerChanged)
        ui.blocks = True
        chat.system.coordinator.tell(StartConversation())
        assert ui.entered.wait(PATIENCE)
        chat.system.coordinator.tell(CancelAll())
        chat.system.input.tell(TextSubmitted(talk, "/debug"))
        lines = ui.until(NoticePosted).text.splitlines()
        ui.released.set()
        assert chat.stop().late == ()
    assert lines[1].split() == ["Coordinator", "1", "0", "0"]
    assert lines[2].endswith(" s at StartConversation")


def test_the_engine_is_described_with_its_dead_letters() -> None:
    with nothing_left():
        chat = Chat(ScriptedServer(*REPLY), restarts=NEVER)
        talk = chat.begin()
        chat.ui.until(ServerChanged)
        chat.system.coordinator.tell(NONSENSE)  # type: ignore[arg-type]
        chat.ui.until(EngineFailed)
        assert described(chat, talk, "/debug")[1].split() == ["Coordinator", "0", "0", "0", "+"]
        for _ in range(3):
            chat.system.coordinator.tell(CancelAll())
        assert described(chat, talk, "/debug ")[1].split() == ["Coordinator", "0", "3", "0", "+"]
        assert chat.stop().late == ()


def test_a_prompt_without_a_model_fails_with_words_when_the_librarian_is_dead() -> None:
    with nothing_left():
        chat = Chat(ScriptedServer(*REPLY, survey=RuntimeError("broken")), restarts=NEVER)
        talk = chat.begin(None)
        chat.ui.until(EngineFailed)
        chat.submit(talk)
        ending = chat.ended().ending
        assert isinstance(ending, Broken)
        assert ending.failure.advice == "Name a model with /model NAME."
        chat.system.input.tell(TextSubmitted(talk, f"/model {MODEL}"))
        chat.ui.until(ModelSet)
        chat.submit(talk, "again")
        assert chat.ended().state is TurnState.DONE
        assert chat.stop().late == ()


def described(chat: Chat, talk: ConversationId, typed: str) -> list[str]:
    """What /debug says. The same text at once would be a finger that bounced."""
    chat.system.input.tell(TextSubmitted(talk, typed))
    return chat.ui.until(NoticePosted).text.splitlines()

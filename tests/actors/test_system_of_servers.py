"""The whole engine with several servers: each has a Librarian of its own, and none waits for another."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from actors.cancel import CancelToken
from actors.model_memory import FileModelMemory
from actors.system import System
from protocol.commands import Debug
from protocol.coordinator import StartConversation, Submit
from protocol.identity import ConversationId, ServerName
from protocol.input_handler import CommandPressed
from protocol.models import InstalledModel, ServerSurvey
from protocol.server_commands import ChooseServer
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings
from protocol.ui import ConversationStarted, ModelSet, NoticePosted, TurnEnded, UiEvent
from tests.support.addresses import PATIENCE, QueueAddress
from tests.support.engine import ScriptedServer
from tests.support.leaks import nothing_left

MILL, BARN = ServerName("mill"), ServerName("barn")
REPLY = b'{"message":{"content":"Here."},"done":true,"done_reason":"stop"}\n'


class Silent(ScriptedServer):
    """Accepts, and says nothing until it is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self._free = threading.Event()

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        with cancel.unblocking(self._free.set):
            assert self._free.wait(PATIENCE)
        cancel.check()
        raise AssertionError("nobody cancelled")


@contextmanager
def running(mill: ScriptedServer, barn: ScriptedServer) -> Iterator[tuple[System, QueueAddress[UiEvent]]]:
    """An engine with two servers, of which the first is the default."""
    ui, memory = QueueAddress[UiEvent](), FileModelMemory(None)
    settings = EngineSettings(ServerSettings(name=MILL), others=(ServerSettings(name=BARN),))
    with nothing_left():
        system = System(ui, settings, mill, memory, others={BARN: (barn, memory)})
        try:
            yield system, ui
        finally:
            assert system.stop().late == ()


def begin(system: System, ui: QueueAddress[UiEvent]) -> ConversationId:
    system.coordinator.tell(StartConversation())
    return ui.until(ConversationStarted).conversation


def test_a_server_that_is_silent_delays_nothing_at_another() -> None:
    barn = ScriptedServer(REPLY, survey=ServerSurvey("barn", models=(InstalledModel("tiny"),)))
    with running(Silent(), barn) as (system, ui):
        here = begin(system, ui)
        system.coordinator.tell(ChooseServer(here, BARN))
        assert ui.until(ModelSet) == ModelSet(here, "tiny")
        system.coordinator.tell(Submit(here, "Where are you?"))
        assert ui.until(TurnEnded).reply.text == "Here."
        assert [request.server for request in barn.requests] == [BARN]


def test_debug_shows_a_row_for_each_server() -> None:
    with running(ScriptedServer(), ScriptedServer()) as (system, ui):
        here = begin(system, ui)
        system.input.tell(CommandPressed(here, Debug()))
        while not (words := ui.until(NoticePosted).text).startswith("part"):
            pass
        assert [line.split()[0] for line in words.splitlines()].count("Librarian") == 1
        assert any(line.startswith(" at barn") for line in words.splitlines())

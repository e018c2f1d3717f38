"""One short answer of a model, for nobody to read: it shows that the model loads."""

from msgspec.structs import replace

from protocol.coordinator import StartConversation
from protocol.parameters import Parameters
from protocol.server_names import ServerNames
from protocol.settings import EngineSettings
from protocol.turn import TurnState
from protocol.ui import TurnEnded
from ui.ask import Asking, Engine
from ui.ask_forewarning import AskForewarning
from ui.ask_printers import JsonPrinter
from ui.event_queue import EventQueue
from ui.exit_status import DONE
from ui.paper import Paper

_PROMPT = "Answer with one word: are you there?"
_SHORT = Parameters.of_options({"num_predict": 4})


class _Nowhere:
    """Satisfies `Paper`, and prints nothing."""

    def out(self, text: str) -> None:
        """See `Paper`."""

    def err(self, text: str) -> None:
        """See `Paper`."""


class _Judge(JsonPrinter):
    """Keeps only what was wrong."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(paper)
        self.said = ""

    def end(self, event: TurnEnded) -> int:
        """See `Printer`."""
        return DONE if event.state in (TurnState.DONE, TurnState.CUT) else super().end(event)

    def fail(self, failure: object) -> None:
        """See `Printer`."""
        self.said = str(failure)


def for_one_answer(settings: EngineSettings) -> EngineSettings:
    """Return settings with which nothing is kept, and nobody is waited for."""
    return replace(settings, wait_for_server=False, data_dir=None, state_file=None, trace_file=None)


def ask_once(engine: Engine, events: EventQueue, model: str) -> tuple[int, str]:
    """Have a model answer; return the exit status of that, and what was wrong. Waits as long as loading takes."""
    judge = _Judge(_Nowhere())
    unwarned = AskForewarning(ServerNames(), wanted=False)
    asking = Asking(engine, events, judge, lambda _: None, unwarned)
    status = asking.run(StartConversation(model, parameters=_SHORT), _PROMPT)
    return status, judge.said

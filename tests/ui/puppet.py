"""The full screen with an engine of strings: `python -m tests.ui.puppet [MODE]` in a terminal.

The engine says what it is told. MODE makes it misbehave: `refuse` does not start, `crash` raises as it starts, `held`
starts when a key was pressed.
"""

import itertools
import logging
import os
import sys
import threading

from protocol.address import Address
from protocol.attaching import ImagesWanted, PathsPasted, TextWritten
from protocol.commands import Edit
from protocol.errands import CommandRan, FilesGathered, FilesSeen, ImagesSaved
from protocol.errors import ActorDied, InterfaceError
from protocol.frames import Chunk, Metrics
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.input_handler import CancelPressed, CommandPressed, DraftChanged, InputHandlerMessage, TextSubmitted
from protocol.models import ServerSurvey
from protocol.reply import Finished, Reply, Stopped
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    EngineFailed,
    InputRecalled,
    InputRefused,
    KeepingFailed,
    NoticePosted,
    PromptOffered,
    QuitRequested,
    ReplyGrew,
    ServerChanged,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    UiEvent,
)
from tests.ui.contest import answers, begins, says
from ui.screen_chat import run_chat

TALK = ConversationId("talk")
ALPHA = """\
Because of **Rayleigh scattering**. Sunlight holds all colours, and the molecules of the air scatter short waves far \
more than long ones.

- blue: 450 nm
- red: 700 nm

The ratio is about `(700/450)^4`, or 5.9.
"""
BETA = """\
The sky is blue because the air scatters short waves of *sunlight* more than long ones.

```python
def ratio(red: float, blue: float) -> float:
    return (red / blue) ** 4
```

So it is 5.9 times
"""


class Puppet:
    """Answers in the UI thread itself."""

    def __init__(self, ui: Address[UiEvent], mode: str) -> None:
        self._ui = ui
        self._mode = mode
        self._turns = itertools.count(1)
        self._open: StreamId | None = None
        ui.tell(ServerChanged(ServerSurvey("puppet")))
        ui.tell(ConversationStarted(TALK, "echo"))
        ui.tell(InputRecalled(("written yesterday", "fly me\nto the moon")))

    @property
    def input(self) -> Address[InputHandlerMessage]:
        return self

    def tell(self, message: InputHandlerMessage, /) -> None:
        match message:
            case CancelPressed():
                self._end(TurnState.CANCELLED, "")
            case CommandPressed(command=Edit()):
                self._ui.tell(PromptOffered(TALK, TurnId("1"), "the offered prompt"))
            case CommandPressed(command=command):
                self._ui.tell(NoticePosted(TALK, f"pressed {command}"))
            case DraftChanged() | TextWritten() | PathsPasted() | ImagesWanted():
                pass
            case FilesSeen() | FilesGathered() | CommandRan() | ImagesSaved():
                pass
            case TextSubmitted(text="/long"):
                self._ui.tell(NoticePosted(TALK, "\n".join(f"line {number}" for number in range(1, 61))))
            case TextSubmitted(text="/full"):
                self._ui.tell(KeepingFailed("The disk is full."))
            case TextSubmitted(text=text, edits=edits, urgent=urgent) if edits or urgent:
                self._ui.tell(NoticePosted(TALK, f"edits {edits}, urgent {urgent}: {text}"))
            case TextSubmitted(text="/compare"):
                self._compare()
            case TextSubmitted(text="/quit"):
                self._ui.tell(QuitRequested("bye.", 3))
            case TextSubmitted(text="/nonsense"):
                self._ui.tell(UiEvent)  # type: ignore[arg-type]
            case TextSubmitted(text="/fail"):
                self._ui.tell(EngineFailed(ActorDied("The engine broke.").failure, fatal=True))
            case TextSubmitted(text=text) if text == "refuse this":
                self._ui.tell(InputRefused(TALK, text, "No reason."))
            case TextSubmitted(text=text):
                self._begin(text)

    def _compare(self) -> None:
        """Three answer, a fourth never does; one of them breaks."""
        events = (
            *begins("alpha:1b", "beta:2b", "gamma:3b", "delta:4b"),
            *answers("alpha:1b", ALPHA),
            *says("beta:2b", BETA),
            *answers("gamma:3b", "The sky", TurnState.FAILED),
        )
        for event in events:
            self._ui.tell(event)

    def _begin(self, text: str) -> None:
        self._open = StreamId(TurnId(str(next(self._turns))), 1)
        self._ui.tell(TurnAccepted(TALK, self._open.turn, text))
        self._ui.tell(TurnMoved(TALK, self._open, TurnState.ANSWERING, "echo"))
        if text == "wait":
            return
        self._ui.tell(ReplyGrew(TALK, self._open, (Chunk(f"you said {text}"),)))
        self._end(TurnState.DONE, f"you said {text}")

    def _end(self, state: TurnState, text: str) -> None:
        if self._open is not None:
            ending = Stopped() if state is TurnState.CANCELLED else Finished("stop", Metrics())
            self._ui.tell(TurnEnded(TALK, self._open, state, Reply(text), ending))
            self._open = None

    def stop(self) -> None:
        pass


def start_puppet(ui: Address[UiEvent], mode: str) -> Puppet:
    """Start the engine, or fail as the mode says."""
    if mode == "refuse":
        raise InterfaceError("The strings are \x1b]0;torn\x07.", "Tie them.")
    if mode == "crash":
        raise RuntimeError("boom")
    if mode == "held":
        os.read(0, 1)
    return Puppet(ui, mode)


def main(mode: str) -> int:
    """Run the chat and return its exit status."""
    logging.basicConfig(filename=os.devnull)
    status = run_chat(
        lambda ui: start_puppet(ui, mode), sys.stdin, sys.stdout, sys.stderr, os.environ, sys.stderr.fileno()
    )
    assert threading.active_count() == 1
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:] or [""]))

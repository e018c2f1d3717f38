"""The whole screen without a terminal: events go in, keys are pressed, and pictures come out."""

import urwid
from urwid.testing import press, render_text

from protocol.ui import ReplyGrew, UiEvent
from tests.support.addresses import Recorder
from ui.face import Face
from ui.model import Model
from ui.outgoing import Written

Size = tuple[int, int]


class Stage:
    """A face that is shown after each event, at a time that stands still unless it is told."""

    def __init__(self, *events: UiEvent, size: Size = (80, 24)) -> None:
        self.size = size
        self.now = 0.0
        self.model = Model()
        self.sent: Recorder[Written] = Recorder()
        self.face = Face(self.sent.tell)
        self.pictures: list[urwid.Canvas] = []
        self.take(*events)

    def take(self, *events: UiEvent) -> "Stage":
        """Have each event shown in a frame of its own."""
        for event in events:
            self.model.apply(event, self.now)
            self.frame(only_growth=isinstance(event, ReplyGrew))
        return self

    def frame(self, only_growth: bool = False) -> urwid.Canvas:
        """Draw."""
        self.face.show(self.model, self.now, only_growth=only_growth)
        self.pictures.append(self.face.render(self.size, True))
        return self.pictures[-1]

    def later(self, seconds: float) -> "Stage":
        """Have time pass."""
        self.now += seconds
        self.frame()
        return self

    def press(self, *keys: str) -> list[str]:
        """Press keys; return those that are for somebody else."""
        unused = press(self.face, self.size, *keys)
        self.frame()
        return unused

    def rows(self, size: Size | None = None) -> list[str]:
        """What is on the screen, without the blanks at the ends of rows."""
        return render_text(self.face, size or self.size, focus=True, strip=True)

"""A transcript on a small screen."""

from urwid.testing import render_text

from protocol.turn import TurnState
from protocol.ui import UiEvent
from tests.ui.talk import accepted, grew, moved, started
from ui.model import Model
from ui.transcript import Transcript

SIZE = (40, 10)


class Page:
    """A transcript and the model it shows."""

    def __init__(self, size: tuple[int, int] = SIZE) -> None:
        self.size = size
        self.model = Model()
        self.transcript = Transcript()
        self.now = 0.0

    def take(self, *events: UiEvent) -> "Page":
        """Apply the events a second apart and show the outcome."""
        for event in events:
            self.now += 1.0
            self.model.apply(event, self.now)
        self._show()
        return self

    def rows(self) -> list[str]:
        """Return what is drawn."""
        drawn = render_text(self.transcript, self.size, strip=True)
        while self.transcript.behind:  # the program paints another frame then
            self._show()
            drawn = render_text(self.transcript, self.size, strip=True)
        return drawn

    def scroll(self, rows: int) -> "Page":
        """Scroll as a key does: after the screen was drawn."""
        self.rows()
        self.transcript.scroll(rows, self.size)
        return self

    def _show(self) -> None:
        self.transcript.show(self.model.shown, self.model.model_name, "here")

    def text(self) -> list[str]:
        """Return what is drawn, without the empty rows below."""
        rows = self.rows()
        while rows and not rows[-1]:
            rows.pop()
        return rows


def numbered(count: int, start: int = 1) -> str:
    return "".join(f"{number}\n" for number in range(start, start + count))


def long_talk(lines: int = 30) -> Page:
    return Page().take(started(), accepted("1"), moved("1", TurnState.ANSWERING), grew("1", numbered(lines)))

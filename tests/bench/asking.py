"""A prompt that was asked in a window, and what came of it."""

from tests.bench.laboratory import Laboratory
from tests.bench.notebook import Notebook
from tests.bench.process import cpu_seconds
from tests.bench.replies import reply_to
from tests.bench.window import Window

ENTER, NEW_CHAT = "\r", "\x0e"

_LONGER_THAN_A_PAUSE = 0.7
"""Seconds: more than any program rests between two frames."""


class Asking:
    """Types a prompt, and then presses Enter: what is measured begins there."""

    def __init__(self, lab: Laboratory, window: Window, prompt: str) -> None:
        self._lab = lab
        self._window = window
        self._prompt = prompt
        self._last_word = reply_to(prompt).last_word
        window.type(prompt)
        window.read_until_quiet(0.15)
        self.start = window.written
        """The place from which on the answer is looked for."""
        self._spent = cpu_seconds(window.pid)
        self.at = window.type(ENTER)
        """When Enter was pressed, in seconds."""

    def spent(self) -> float:
        """Seconds of processor time of the program since Enter."""
        return cpu_seconds(self._window.pid) - self._spent

    def shown(self) -> float:
        """Read until the last word of the answer is there; return when."""
        return self._window.wait_for(self._last_word, self.start)

    def first_shown(self) -> float:
        """Read until the first word is there; return when."""
        return self._window.wait_for(reply_to(self._prompt).chunks[0].strip(), self.start)

    def sent(self) -> tuple[float, ...]:
        """Read until the whole answer was sent; return when each chunk was, in seconds."""
        return self._lab.wait("sent", self._prompt, self.at, self._window).stamps

    def ends_well(self) -> bool:
        """Whether the end is on the screen, now that the answer has ended and the screen is at rest."""
        self.sent()
        self._window.read_until_quiet(_LONGER_THAN_A_PAUSE)
        return self._last_word in self._window.screen()

    def latencies(self) -> tuple[list[float], int]:
        """From each chunk's leave to its word's arrival, in milliseconds, and how many words never came."""
        words = [each.strip() for each in reply_to(self._prompt).chunks]
        shown = self._window.times_of(words, self.start)
        sent = dict(zip(words, self.sent(), strict=True))
        return [(at - sent[word]) * 1000 for word, at in shown.items()], len(words) - len(shown)


def note_end(asking: Asking, book: Notebook) -> None:
    """Note whether the end is on the screen: 1 if it is missing."""
    book.note("ends", 0 if asking.ends_well() else 1)

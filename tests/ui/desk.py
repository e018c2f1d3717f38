"""A composer to write at."""

from urwid.testing import press, render_text

from tests.support.addresses import Recorder
from ui.composer import Composer
from ui.outgoing import Written

SIZE = (20, 4)


class Desk:
    """A composer and what it sent."""

    def __init__(self, *keys: str) -> None:
        self.written: Recorder[Written] = Recorder()
        self.composer = Composer(self.written.tell)
        self.press(*keys)

    @property
    def sent(self) -> list[str]:
        """The texts that were sent."""
        return [written.text for written in self.written.told]

    def press(self, *keys: str) -> list[str]:
        """Press keys; longer texts than a key's name are typed with `type`."""
        return press(self.composer, SIZE, *keys)

    def type(self, text: str) -> "Desk":
        """Type the characters of a text."""
        self.press(*text)
        return self

    def rows(self) -> list[str]:
        """Return what is drawn in the rows wanted, at most four."""
        rows = min(SIZE[1], self.composer.rows_wanted(SIZE[0]))
        return render_text(self.composer, (SIZE[0], rows), focus=True, strip=True)

"""Searching the texts sent before, from the latest to the oldest, as the words for it are typed."""

import urwid

from ui.caption import one_line
from ui.history import History
from ui.palette import Role
from ui.paragraph import Paragraph
from ui.sanitiser import sanitise

_SEARCH = "(search) "
_MISSED = "(not found) "
_LEAST_EXCERPT = 12
_MOST_WORDS = 200
_LOOKED_AT = 4
"""Characters that are looked at for each column of an excerpt: blanks may be left out."""
_BLANKS = str.maketrans("\n\t", "  ")
_BEFORE = 10
"""Characters shown before the place where the words were found."""


class Recall:
    """One search, and the text found so far. UI thread only."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._words = ""
        self._missed = False
        self.place: int | None = None
        """Where in the history the text is that was found last; None while nothing was."""

    def narrow(self, more: str) -> None:
        """Search for more words: the text that was found may have them too."""
        self._words = (self._words + sanitise(more).translate(_BLANKS))[:_MOST_WORDS]
        self._search(len(self._history) - 1 if self.place is None else self.place)

    def widen(self) -> None:
        """Take the last character of the words away, and search anew."""
        self._words = self._words[:-1]
        self.place, self._missed = None, False
        if self._words:
            self._search(len(self._history) - 1)

    def older(self) -> None:
        """Go on to an older text that says something else."""
        if self.place is None:
            self._search(len(self._history) - 1)
        else:
            self._search(self.place - 1, self._history[self.place])

    def lengthen(self, count: int) -> None:
        """So many texts came before all others: what was found has another place; what was not may be among them."""
        if self.place is not None:
            self.place += count
        elif self._words:
            self._search(count - 1)

    def draw(self, columns: int) -> urwid.CompositeCanvas:
        """Draw one row: the words, the cursor behind them, and where they were found."""
        head = _MISSED if self._missed else _SEARCH
        words = _tail(self._words, max(1, columns - len(head) - _LEAST_EXCERPT))
        room = columns - len(head) - _width(words) - 2
        found = "" if self.place is None else _excerpt(self._history[self.place], self._words, room)
        line = Paragraph([(Role.GUTTER, head), words, (Role.MARK, ": "), found], wrap=urwid.WrapMode.CLIP)
        canvas = urwid.CompositeCanvas(line.render((columns,)))
        canvas.cursor = (min(columns - 1, len(head) + _width(words)), 0)
        return canvas

    def _search(self, latest: int, other_than: str | None = None) -> None:
        wanted = self._words.lower()
        for place in range(latest, -1, -1):
            text = self._history[place]
            if text != other_than and wanted in text.lower():
                self.place, self._missed = place, False
                return
        self._missed = True


def _excerpt(text: str, words: str, columns: int) -> str:
    """Return the part of a text where the words are, on one line."""
    found = max(0, text.lower().find(words.lower()))
    start = 0 if found + len(words) <= columns - _BEFORE else max(0, found - _BEFORE)
    lead = "..." if start else ""
    return lead + one_line(text[start : start + _LOOKED_AT * columns], columns - len(lead))


def _tail(text: str, columns: int) -> str:
    while _width(text) > columns:
        text = text[1:]
    return text


def _width(text: str) -> int:
    return urwid.calc_width(text, 0, len(text))

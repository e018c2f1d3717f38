"""The candidates of a completion as rows above the text, and the one that is marked."""

import urwid

from ui.caption import end_of_line, one_line
from ui.completion import Candidate, Completion
from ui.palette import Role
from ui.paragraph import Paragraph

MOST_ROWS = 5
_MARGIN = 2
_GAP = 2
_PATH = "@"


class Candidates:
    """Some candidates, of which one may be marked. UI thread only."""

    def __init__(self, completion: Completion) -> None:
        self.completion = completion
        self._place: int | None = None

    @property
    def marked(self) -> Candidate | None:
        """The one that Enter takes; None while nobody has walked there."""
        return None if self._place is None else self.completion.candidates[self._place]

    @property
    def rows(self) -> int:
        """How many rows they take where there is room."""
        return min(MOST_ROWS, len(self.completion.candidates))

    def walk(self, step: int) -> None:
        """Mark the next one, or the one before if -1; after the last comes the first."""
        count = len(self.completion.candidates)
        start = (-1 if step > 0 else count) if self._place is None else self._place
        self._place = (start + step) % count

    def draw(self, columns: int, rows: int) -> urwid.Canvas:
        """Draw as many as there is room for, with the marked one among them."""
        place = self._place or 0
        top = max(0, min(place - rows // 2, len(self.completion.candidates) - rows))
        shown = self.completion.candidates[top : top + rows]
        drawn = [_row(one, columns, one is self.marked) for one in shown]
        return urwid.CanvasCombine([(canvas, None, False) for canvas in drawn])


def _row(candidate: Candidate, columns: int, marked: bool) -> urwid.Canvas:
    room = max(1, columns - _MARGIN)
    shorten = end_of_line if candidate.text.startswith(_PATH) else one_line
    text = shorten(candidate.text, room)
    width = urwid.calc_width(text, 0, len(text))
    left = room - width - _GAP
    detail = one_line(candidate.detail, left) if left > 0 else ""
    used = width + (_GAP + urwid.calc_width(detail, 0, len(detail)) if detail else 0)
    filled = " " * (room - used)
    roles = (Role.SELECTED, Role.SELECTED) if marked else (Role.TEXT, Role.MARK)
    gap = " " * _GAP if detail else ""
    runs = [(roles[0], " " * _MARGIN + text), (roles[1], f"{gap}{detail}{filled}")]
    return Paragraph(runs, wrap=urwid.WrapMode.CLIP).render((columns,))

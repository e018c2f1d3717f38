"""Some lines of a text, picked with the keys."""

from collections.abc import Callable

import urwid

from ui.caption import one_line
from ui.palette import Role
from ui.paragraph import Paragraph
from ui.sanitiser import sanitise


class LinePicker(urwid.Widget):
    """A box widget: the lines of a text as they were written, of which some next to each other are marked.

    UI thread only. `picked` is called with their text, `close` where nothing is wanted.
    """

    _sizing = frozenset({urwid.BOX})
    _selectable = True

    def __init__(self, text: str, picked: Callable[[str], None], close: Callable[[], None]) -> None:
        super().__init__()
        self._lines = sanitise(text).split("\n")
        self._picked = picked
        self._close = close
        self._at = self._top = 0
        self._from: int | None = None
        """Where marking began; None while only the line itself is marked."""
        self._page = 1

    @property
    def marked(self) -> range:
        """Which lines are marked, from 0 on."""
        first, last = sorted((self._at, self._at if self._from is None else self._from))
        return range(first, last + 1)

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]  # noqa: ARG002
        """Handle a key; return one that means nothing here."""
        self._invalidate()
        match key:
            case "up" | "k":
                self._move(-1)
            case "down" | "j":
                self._move(1)
            case "page up":
                self._move(-self._page)
            case "page down":
                self._move(self._page)
            case "home" | "g":
                self._move(-len(self._lines))
            case "end" | "G":
                self._move(len(self._lines))
            case " " | "v":
                self._from = self._at if self._from is None else None
            case "enter" | "c" | "y":
                self._picked("\n".join(self._lines[line] for line in self.marked))
            case "esc" | "q" | "ctrl c" | "ctrl g":
                self._close()
            case _:
                return key
        return None

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]  # noqa: ARG002
        """Draw what there is room for."""
        columns, rows = size
        if not columns or not rows:
            return urwid.SolidCanvas(" ", columns, rows)
        self._page = max(1, rows - 1)
        self._top = max(self._at - self._page + 1, min(self._top, self._at))
        marked = self.marked
        head = f"Lines {marked[0] + 1} to {marked[-1] + 1} of {len(self._lines)}"
        drawn = [_row(head, columns, Role.GUTTER)]
        for line in range(self._top, min(len(self._lines), self._top + rows - 1)):
            drawn.append(_row(self._lines[line], columns, Role.SELECTED if line in marked else Role.TEXT))
        whole = urwid.CanvasCombine([(canvas, None, False) for canvas in drawn])
        whole.pad_trim_top_bottom(0, rows - whole.rows())
        return whole

    def _move(self, count: int) -> None:
        self._at = max(0, min(len(self._lines) - 1, self._at + count))


def _row(line: str, columns: int, role: Role) -> urwid.Canvas:
    """One row, whose indentation stays; what does not fit is cut."""
    spaced = line.expandtabs(4)
    indent = len(spaced) - len(spaced.lstrip(" "))
    shown = " " * min(indent, columns) + one_line(spaced[indent : indent + 4 * columns], max(0, columns - indent))
    padded = shown + " " * max(0, columns - urwid.calc_width(shown, 0, len(shown)))
    return Paragraph((role, padded), wrap=urwid.WrapMode.CLIP).render((columns,))

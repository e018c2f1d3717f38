"""A list to choose from that gets shorter as one types."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import urwid

from ui.caption import one_line
from ui.palette import Role
from ui.paragraph import Paragraph
from ui.paste import Pasted
from ui.sanitiser import sanitise

_MARGIN = 2
_GAP = 2
_MOST_WORDS = 200
_BLANKS = str.maketrans("\n\t", "  ")


@dataclass(frozen=True)
class Choice:
    """One of what there is to choose from."""

    label: str
    choose: Callable[[], None]
    """Called when it is chosen, after the list is closed."""
    detail: str = ""
    """Said at the right, or below where there is no room."""
    below: str = ""
    """Said below."""
    fixed: bool = False
    """It is shown whatever is typed: somebody else has found it for these words."""
    name: str = ""
    """What it is called in one word: it comes first where that begins as what is typed does."""


class Chooser(urwid.Widget):
    """A box widget: what it is about and what is typed, then the choices in which all typed words occur.

    UI thread only. `close` is called when it is done; `hear` with what is typed, whenever that changes.
    """

    _sizing = frozenset({urwid.BOX})
    _selectable = True

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        close: Callable[[], None],
        empty: str = "nothing",
        words: str = "",
        hear: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__()
        self.words = words
        """What is typed."""
        self._title = title
        self._empty = empty
        self._close = close
        self._hear = hear
        self._choices: Sequence[Choice] = choices
        self._found = _matching(choices, words)
        self._place = self._top = self._page = 0

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer other choices. What is marked stays marked, if it is among them."""
        marked = self._found[self._place].label if self._found else ""
        self._choices = choices
        self._found = _matching(choices, self.words)
        labels = [choice.label for choice in self._found]
        self._place = labels.index(marked) if marked in labels else 0
        self._invalidate()

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]  # noqa: ARG002
        """Handle a key; return one that means nothing here."""
        self._invalidate()
        if isinstance(key, Pasted):
            self._type(self.words + key.text)
            return None
        match key:
            case "esc" | "ctrl c" | "ctrl d" | "ctrl g":
                self._close()
            case "enter":
                self._choose()
            case "up" | "ctrl p" | "shift tab":
                self._move(-1)
            case "down" | "ctrl n" | "tab":
                self._move(1)
            case "page up":
                self._move(-max(1, self._page - 1))
            case "page down":
                self._move(max(1, self._page - 1))
            case "home":
                self._move(-len(self._found))
            case "end":
                self._move(len(self._found))
            case "backspace":
                self._type(self.words[:-1])
            case "ctrl u":
                self._type("")
            case "ctrl w":
                self._type(self.words.rstrip().rpartition(" ")[0])
            case _ if len(key) == 1:
                self._type(self.words + key)
            case _:
                return key
        return None

    def mouse_event(  # type: ignore[override]
        self,
        size: tuple[int, int],
        event: str,
        button: int,
        col: int,  # noqa: ARG002
        row: int,
        focus: bool,  # noqa: ARG002
    ) -> bool:
        """Choose what is pressed; the wheel moves the mark."""
        self._invalidate()
        if "press" not in event:
            return False
        if button in (4, 5):
            self._move(1 if button == 5 else -1)
            return True
        at = 1
        for place in range(self._top, len(self._found)):
            at += len(_rows(self._found[place], size[0]))
            if 0 < row < at:
                self._place = place
                self._choose()
                return True
        return False

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        """Draw what there is room for, with the marked choice among it."""
        columns, rows = size
        if not columns or not rows:
            return urwid.SolidCanvas(" ", columns, rows)
        drawn: list[urwid.Canvas] = [self._head(columns, focus)]
        self._page = 0
        self._keep_mark_in(columns, rows - 1)
        for place in range(self._top, len(self._found)):
            lines = _rows(self._found[place], columns)
            if len(drawn) + len(lines) > rows:
                break
            self._page += 1
            drawn += [_drawn(line, columns, place == self._place) for line in lines]
        if not self._found and rows > 1:
            drawn.append(
                _drawn([(Role.MARK, " " * _MARGIN + one_line(self._empty, columns - _MARGIN))], columns, False)
            )
        whole = urwid.CanvasCombine([(canvas, None, number == 0) for number, canvas in enumerate(drawn[:rows])])
        whole.pad_trim_top_bottom(0, rows - whole.rows())
        return whole

    def _head(self, columns: int, focus: bool) -> urwid.Canvas:
        """The title, what is typed, the cursor behind it, and how many there are."""
        count = f"{len(self._found)}/{len(self._choices)}"
        lead = f"{self._title}: "
        room = max(1, columns - len(lead) - len(count) - _GAP - 1)
        words = _tail(sanitise(self.words), room)
        used = len(lead) + _width(words)
        gap = " " * max(1, columns - used - len(count))
        line = Paragraph([(Role.GUTTER, lead), words, gap, (Role.MARK, count)], wrap=urwid.WrapMode.CLIP)
        canvas = urwid.CompositeCanvas(line.render((columns,)))
        canvas.cursor = (min(columns - 1, used), 0) if focus else None
        return canvas

    def _keep_mark_in(self, columns: int, rows: int) -> None:
        """Scroll as little as needed for the mark to be seen."""
        top = self._place
        used = len(_rows(self._found[top], columns)) if self._found else 0
        while top > self._top and (used := used + len(_rows(self._found[top - 1], columns))) <= rows:
            top -= 1
        self._top = top

    def _move(self, count: int) -> None:
        self._place = max(0, min(len(self._found) - 1, self._place + count))

    def _type(self, words: str) -> None:
        self.words = sanitise(words).translate(_BLANKS)[:_MOST_WORDS]
        self._found = _matching(self._choices, self.words)
        self._place = self._top = 0
        if self._hear is not None:
            self._hear(self.words)

    def _choose(self) -> None:
        if self._found:
            chosen = self._found[self._place]
            self._close()
            chosen.choose()


def _matching(choices: Sequence[Choice], words: str) -> list[Choice]:
    """Return the choices in which all words occur: those first that begin so, then those of which a word does."""
    wanted = words.casefold().split()
    if not wanted:
        return [choice for choice in choices if not choice.fixed]
    ranked = [(_rank(choice, wanted), choice) for choice in choices]
    found = [(rank, choice) for rank, choice in ranked if rank is not None]
    return [choice for _, choice in sorted(found, key=lambda pair: pair[0])]


def _rank(choice: Choice, wanted: list[str]) -> int | None:
    if choice.fixed:
        return 3
    label = choice.label.casefold()
    text = f"{label} {choice.detail} {choice.below}".casefold()
    if not all(word in text for word in wanted):
        return None
    if label.startswith(wanted[0]) or choice.name.startswith(wanted[0].removeprefix("/")):
        return 0
    return 1 if any(word.startswith(wanted[0]) for word in label.split()) else 2


def _rows(choice: Choice, columns: int) -> list[list[tuple[Role, str]]]:
    """The label and the detail on one row where there is room, else below each other."""
    room = max(1, columns - _MARGIN)
    detail = one_line(choice.detail, room - _MARGIN)
    beside = room - _width(detail) - _GAP if detail else room
    label = one_line(choice.label, room)
    if detail and beside >= _width(label):
        gap = " " * (room - _width(label) - _width(detail))
        rows = [[(Role.TEXT, " " * _MARGIN + label + gap), (Role.MARK, detail)]]
    else:
        rows = [[(Role.TEXT, " " * _MARGIN + label)]]
        rows += [[(Role.MARK, " " * 2 * _MARGIN + detail)]] if detail else []
    below = one_line(choice.below, room - _MARGIN)
    return [*rows, [(Role.MARK, " " * 2 * _MARGIN + below)]] if below else rows


def _drawn(line: list[tuple[Role, str]], columns: int, marked: bool) -> urwid.Canvas:
    if not marked:
        return Paragraph(list(line), wrap=urwid.WrapMode.CLIP).render((columns,))
    text = "".join(text for _, text in line)
    filled = text + " " * max(0, columns - _width(text))
    return Paragraph((Role.STATUS_STRONG, filled), wrap=urwid.WrapMode.CLIP).render((columns,))


def _tail(text: str, columns: int) -> str:
    while _width(text) > columns:
        text = text[1:]
    return text


def _width(text: str) -> int:
    return urwid.calc_width(text, 0, len(text))

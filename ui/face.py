"""The whole screen: strip, transcript, status line and composer, one below the other."""

import logging
from collections.abc import Callable

import urwid

from ui.chooser import Chooser
from ui.comparison_pane import ComparisonPane
from ui.completion import Knowledge
from ui.composer import Composer
from ui.copy_mode import CopyMode
from ui.key_words import key_words
from ui.keymap import DEFAULT_KEYMAP, Keymap
from ui.keys import Action
from ui.missing_model import missing_words
from ui.model import Model
from ui.outgoing import Written
from ui.palette import Role
from ui.paragraph import paragraph
from ui.reading import SCROLLING, Reading
from ui.rows import RowCache, stacked
from ui.status import Segment, StatusLine, segments, with_mode
from ui.strip import Strip, tabs
from ui.transcript import Transcript

LEAST_COLUMNS = 40
LEAST_ROWS = 10

_COMPOSER_SHARE = 3
_WHEEL_ROWS = 3
_MARGINS = 2
_TOLD_EVERY = 0.25
"""Seconds between two looks at how fast replies grow."""
_CHOOSING = "Enter chooses, Esc leaves"
_NOT_FOR_LISTS = frozenset({Action.REDRAW, Action.SUSPEND, Action.MOUSE})
_WHEEL = {4: -_WHEEL_ROWS, 5: _WHEEL_ROWS}

_logger = logging.getLogger(__name__)


class Face(urwid.Widget):
    """A box widget. It shows a model, and hands keys to the part they are for. UI thread only.

    A part that fails to draw or to handle a key says so in its place; the others go on.
    """

    _sizing = frozenset({urwid.BOX})
    _selectable = True
    no_cache = ("render",)

    def __init__(
        self,
        send: Callable[[Written], None],
        go_to: Callable[[int], None] = lambda _: None,
        keymap: Keymap = DEFAULT_KEYMAP,
        knowledge: Knowledge | None = None,
        pasted: Callable[[str], None] = lambda _: None,
        may_send: Callable[[Written], bool] = lambda _: True,
    ) -> None:
        """`go_to` is called with the number of an open conversation that is clicked, `pasted` with what is pasted,
        `may_send` before anything is sent: False leaves it where it is written."""
        super().__init__()
        self.composer = Composer(send, keymap, knowledge, pasted, may_send)
        self._keymap = keymap
        self._words = key_words(keymap)
        self._reading = Reading(self._words)
        self._strip = Strip()
        self._list: Chooser | None = None
        """What is chosen from now, in the place of the transcript."""
        self._go_to = go_to
        self._copying: CopyMode | None = None
        self._status = StatusLine()
        self._parts: list[Segment] = []
        self._told_at = 0.0
        self._failure = ""
        self._rows = RowCache()

    def show(self, model: Model, now: float, hint: str = "", only_growth: bool = False) -> None:
        """Take over what changed in the model. Where that is only that replies grew, what is said of them may wait."""
        try:
            self._reading.show(model, now, only_growth)
            self.composer.invite(model.shown.current is not None, len(model.comparing), self._obstacle(model))
            self.composer.show(model.shown)
            if self._copying is not None:
                self._copying.refresh()
            if not only_growth or now - self._told_at >= _TOLD_EVERY:
                self._told_at = now
                self._strip.show(tabs(model.open_conversations, model.shown, model.answered_by_many))
                self._parts = self._said(model, now, self._failure or hint)
        except Exception as error:
            _logger.exception("A change cannot be shown")
            self._failure = f"a change cannot be shown: {error}"
        self._invalidate()

    def _obstacle(self, model: Model) -> str:
        return missing_words(model.shown, model.survey, self._words.chooses_model)

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        """Draw the parts; a screen that is too small gets one sentence instead."""
        columns, rows = size
        if columns < LEAST_COLUMNS or rows < LEAST_ROWS:
            return _too_small(columns, rows)
        top, above, below = self._split(size)
        self._status.show(with_mode(self._parts, self._mode(columns)))
        middle, bottom = self._middle, self._bottom
        parts = [
            *([_drawn(self._strip, (columns,), (columns, top), False)] if top else []),
            _drawn(middle, (columns, above), (columns, above), focus and middle is self._list),
            _drawn(self._status, (columns,), (columns, 1), False),
            _drawn(bottom, (columns, below), (columns, below), focus and self._writes),
        ]
        self._rows.next_frame()
        return stacked([part for part in parts if part.rows()], self._rows, columns)

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]
        """Handle a key that chooses, scrolls or writes; return any other."""
        self._failure = ""
        self.comparison.forget_note()
        try:
            if self._list is not None:
                return self._press_in_list(self._list, key)
            if self._copying is not None:
                self._copying.keypress((size[0], self._split(size)[1]), key)
                self._invalidate()
                return None
            return None if self._scroll(key, size) else self.composer.keypress(size, key)
        except Exception as error:
            _logger.exception("The key %r failed", key)
            self._failure = f"that key failed: {error}"
            return None

    def mouse_event(  # type: ignore[override]
        self, size: tuple[int, int], event: str, button: int, col: int, row: int, focus: bool
    ) -> bool:
        """Scroll with the wheel, go where the strip is clicked, put the cursor where the composer is."""
        top, above, below = self._split(size)
        if row < top:
            number = self._strip.number_at(size[0], col) if "press" in event else None
            if number is not None:
                self._go_to(number)
            return number is not None
        if self._list is not None:
            return row < top + above and self._list.mouse_event((size[0], above), event, button, col, row - top, focus)
        if self._copying is not None:
            return False
        if button in _WHEEL and "press" in event:
            self._reading.wheel(_WHEEL[button], col, (size[0], above))
            return True
        if row < top + above:
            return "press" in event and self._reading.press(col, row - top)
        row -= top + above + 1
        return row >= 0 and self.composer.mouse_event((size[0], below), event, button, col, row, focus)

    def copy(self, size: tuple[int, int], make: Callable[[Transcript], CopyMode]) -> None:
        """Have something marked to be copied; keys go there."""
        self._copying = make(self._reading.transcript)
        self._copying.begin((size[0], self._split(size)[1]))
        self._invalidate()

    def stop_copying(self) -> None:
        """Keys do again what they always do."""
        self._copying = None
        self._reading.stop_marking()
        self._invalidate()

    def jump(self, size: tuple[int, int], step: int, code: bool) -> None:
        """Go to another message, or piece of code."""
        self._reading.jump(step, code, (size[0], self._split(size)[1]))

    def find(self, size: tuple[int, int], place: int, words: str, reply: bool) -> None:
        """Go to where some words are said, in the prompt of an entry or in the reply to it."""
        self._reading.find(place, words, reply, (size[0], self._split(size)[1]))

    def open_list(self, chooser: Chooser) -> None:
        """Have something chosen; keys go there."""
        self._list = chooser
        self._invalidate()

    def close_list(self) -> None:
        """Show the transcript again."""
        self._list = None
        self._invalidate()

    @property
    def comparison(self) -> ComparisonPane:
        """What is seen of answers that are compared, in the place of the chat."""
        return self._reading.comparison

    @property
    def reads(self) -> Transcript:
        """What can be copied from: the chat, or the answer in focus."""
        return self._reading.transcript

    @property
    def follows(self) -> bool:
        """True while the end of the chat is kept in view."""
        return self._reading.follows

    @property
    def behind(self) -> bool:
        """True when another frame is wanted, to show what was too much for the last one."""
        return self._reading.behind

    @property
    def growing(self) -> int:
        """How many replies grow on the screen; at least one."""
        return max(1, self._reading.growing)

    def follow(self) -> None:
        """Show the end of the chat."""
        self._reading.follow()

    def show_last_entry(self, size: tuple[int, int]) -> None:
        """Show the beginning of the last entry, which may be longer than the screen."""
        self._reading.show_last_entry((size[0], self._split(size)[1]))

    def toggle_thinking(self) -> None:
        """Fold the thinking of all replies, or show it."""
        self._reading.toggle_thinking()

    def _mode(self, columns: int) -> str:
        """What the keys do, where that is not as usual, in as many words as there is room for."""
        if self._list is not None:
            return _CHOOSING
        if self._copying is None:
            return self.composer.mode
        words = self._copying.words
        return next((one for one in words if len(one) <= columns - _MARGINS), words[-1])

    @property
    def _middle(self) -> urwid.Widget:
        """What is below the strip."""
        if self._copying is not None:
            return self._list or self._copying.picker or self.reads
        return self._list or self._reading.widget

    @property
    def _writes(self) -> bool:
        """False while keys go elsewhere than where one writes."""
        return self._list is None and (self._copying is None or self._copying.name is not None)

    @property
    def _bottom(self) -> urwid.Widget:
        """What is below the status line."""
        name = self._copying.name if self._copying is not None else None
        return self.composer if name is None else urwid.Filler(name, valign="top")

    def _split(self, size: tuple[int, int]) -> tuple[int, int, int]:
        """Return the rows of the strip, of the transcript and of the composer; one row is between the last two."""
        columns, rows = size
        top = self._strip.rows((columns,))
        below = min(self.composer.rows_wanted(columns), max(1, rows // _COMPOSER_SHARE))
        return top, max(0, rows - top - 1 - below), below

    def _press_in_list(self, chooser: Chooser, key: str) -> str | None:
        """A key that means nothing there does nothing elsewhere, but for those that are for the screen as a whole."""
        unused = chooser.keypress((0, 0), key)
        self._invalidate()
        return unused if unused is not None and self._keymap.action_of(unused) in _NOT_FOR_LISTS else None

    def _scroll(self, key: str, size: tuple[int, int]) -> bool:
        """Scroll if that is what the key is for. The parts are measured only then: that lays the whole text out."""
        writing = bool(self.composer.text) or self.composer.searching
        action = self._reading.meant_by(key, self._keymap.action_of(key), writing)
        if action not in SCROLLING:
            return False
        self._invalidate()
        return self._reading.scrolls(action, (size[0], self._split(size)[1]))

    def _said(self, model: Model, now: float, hint: str) -> list[Segment]:
        """What the status line says of the chat, or of the answers that are compared."""
        view = self.comparison.view
        if view is not None:
            from ui.comparison_status import comparison_segments  # nothing is compared before the first paint

            return comparison_segments(model, view, hint, self._words, self.comparison.differs)
        return segments(model, now, hint, self._words)


def _drawn(part: urwid.Widget, size: tuple[int] | tuple[int, int], room: tuple[int, int], focus: bool) -> urwid.Canvas:
    """Draw a part in a size of its own, which fills the room there is for it."""
    try:
        return part.render(size, focus)
    except Exception as error:
        _logger.exception("A part of the screen cannot be drawn")
        sentence = paragraph(Role.ERROR, f"(this part of the screen cannot be drawn: {error})")
        return urwid.Filler(sentence, valign="top").render(room)


def _too_small(columns: int, rows: int) -> urwid.Canvas:
    if not columns or not rows:
        return urwid.SolidCanvas(" ", columns, rows)
    sentence = f"chinwag needs {LEAST_COLUMNS}x{LEAST_ROWS}; this is {columns}x{rows}"
    return urwid.Filler(urwid.Text(sentence), valign="top").render((columns, rows))

"""Where the user writes: several lines, readline's keys, history, and pastes that never send."""

from collections.abc import Callable, Sequence

import urwid

from protocol.identity import ConversationId
from protocol.ui import PromptOffered
from ui.history import History
from ui.key_words import key_words
from ui.keymap import DEFAULT_KEYMAP, Keymap
from ui.keys import Action
from ui.outgoing import Written
from ui.palette import Role
from ui.paragraph import legible, paragraph
from ui.paste import Folder, Pasted
from ui.recall import Recall
from ui.sanitiser import sanitise

GUTTER = 2
"""Columns left of the text."""

_UNDO_STEPS = 200
_LEAVES = ("esc", "ctrl g")


class _Editor(urwid.Edit):
    def __init__(
        self, keymap: Keymap, undo_limit: int, kill_buffer: list[str | bytes], placeholder: tuple[Role, str]
    ) -> None:
        self._command_map = keymap.editing_keys()
        super().__init__(multiline=True, undo_limit=undo_limit, kill_buffer=kill_buffer, placeholder=placeholder)


class Composer(urwid.Widget):
    """A box widget that shows the part of its text where the cursor is. UI thread only."""

    _sizing = frozenset({urwid.BOX})
    _selectable = True

    def __init__(self, send: Callable[[Written], None], keymap: Keymap = DEFAULT_KEYMAP) -> None:
        super().__init__()
        self._send = send
        self._keymap = keymap
        self._words = key_words(keymap)
        self._history = History()
        self._offer: PromptOffered | None = None
        """The prompt that is being edited."""
        self._recall: Recall | None = None
        """The search that is under way."""
        self._folder = Folder()
        self._edit = _Editor(keymap, undo_limit=_UNDO_STEPS, kill_buffer=[], placeholder=(Role.MARK, "Write here"))
        self._gutters = [urwid.Filler(paragraph(Role.GUTTER, mark), valign="top") for mark in (">", "*")]
        self._top = 0

    @property
    def text(self) -> str:
        """What is written."""
        return self._edit.get_edit_text()

    @property
    def searching(self) -> bool:
        """True while the texts sent before are searched."""
        return self._recall is not None

    @property
    def mode(self) -> str:
        """What Enter and Esc do here, where that is not as usual."""
        if self._recall is not None:
            return self._words.searches
        return self._words.edits if self._offer is not None else ""

    def rows_wanted(self, columns: int) -> int:
        """How many rows the whole text takes, at least one."""
        if self._recall is not None:
            return 1
        inner = max(1, columns - GUTTER)
        try:
            return self._edit.rows((inner,))
        except Exception:  # noqa: BLE001 - see Paragraph
            self._make_legible(inner)
            return self._edit.rows((inner,))

    def put_back(self, text: str) -> None:
        """Return a text that was refused: to be mended where nothing is written, else to be found with Up."""
        if not self.text:
            self._replace(self._folder.fold(text))

    def begin(self, text: str) -> None:
        """Write this for the user, who goes on with it; what was written is set aside."""
        self.set_aside()
        self._replace(text)

    def set_aside(self) -> None:
        """Clear the text; Up brings it back. It is no edit any more."""
        unchanged = self._offer is not None and self._folder.unfold(self.text) == sanitise(self._offer.prompt)
        self._history.add("" if unchanged else self.text)
        self._recall = self._offer = None
        self._replace("")

    def remember(self, texts: Sequence[str]) -> None:
        """Take texts of earlier runs, the oldest first, into the history. What is being written stays."""
        known = len(self._history)
        self._history.recall([self._folder.fold(sanitise(text)) for text in texts])
        if self._recall is not None:
            self._recall.lengthen(len(self._history) - known)
            self._invalidate()

    def offer(self, offer: PromptOffered) -> None:
        """Put a prompt here to be edited; what was written is set aside."""
        self.set_aside()
        self._offer = offer
        self._replace(self._folder.fold(sanitise(offer.prompt)))

    def withdraw_from(self, shown: ConversationId | None) -> None:
        """Another conversation may be shown: what is written is no edit of a prompt that is elsewhere."""
        if self._offer is not None and self._offer.conversation != shown:
            self._offer = None
            self._invalidate()

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        """Draw the rows around the cursor."""
        columns, rows = size
        if columns <= GUTTER or not rows:
            return urwid.SolidCanvas(" ", columns, rows)
        if self._recall is not None:
            return _padded(self._recall.draw(columns), rows)
        canvas = urwid.CompositeCanvas(self._draw_text(columns - GUTTER, focus))
        self._keep_cursor_in(rows, columns - GUTTER, canvas.rows())
        canvas.trim(self._top)
        if canvas.rows() > rows:
            canvas.trim(0, rows)
        else:
            canvas.pad_trim_top_bottom(0, rows - canvas.rows())
        gutter = self._gutters[self._offer is not None].render((GUTTER, rows))
        return urwid.CanvasJoin([(gutter, None, False, GUTTER), (canvas, None, True, columns - GUTTER)])

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]
        """Handle a key that writes, edits, sends or recalls; return any other."""
        self._invalidate()
        if self._recall is not None and self._search(self._recall, key):
            return None
        if isinstance(key, Pasted):
            self._edit.insert_text(self._folder.fold(sanitise(key.text)))
            return None
        inner = (max(1, size[0] - GUTTER),)
        match self._keymap.action_of(key):
            case Action.SEND:
                self._submit()
            case Action.SEND_NOW if self.text.strip():
                self._submit(urgent=True)
            case Action.NEW_LINE:
                self._edit.keypress(inner, "enter")
            case Action.SEARCH:
                self._recall = Recall(self._history)
            case Action.CANCEL if self._offer is not None:
                self.set_aside()
            case Action.END_OF_INPUT if self.text:
                self._edit.keypress(inner, "delete")
            case Action.OLDER:
                if self._edit.keypress(inner, "up"):
                    self._replace_known(self._history.older(self.text))
            case Action.NEWER:
                if self._edit.keypress(inner, "down"):
                    self._replace_known(self._history.newer(self.text))
            case None:
                clean = sanitise(key)
                return self._edit.keypress(inner, clean) if clean else None
            case _:
                return key
        return None

    def mouse_event(  # type: ignore[override]
        self, size: tuple[int, int], event: str, button: int, col: int, row: int, focus: bool
    ) -> bool:
        """Put the cursor where the mouse is pressed."""
        self._leave_search(take=True)
        inner = (max(1, size[0] - GUTTER),)
        return bool(self._edit.mouse_event(inner, event, button, max(0, col - GUTTER), row + self._top, focus))

    def _draw_text(self, columns: int, focus: bool) -> urwid.Canvas:
        try:
            return self._edit.render((columns,), focus)
        except Exception:  # noqa: BLE001 - see Paragraph
            self._make_legible(columns)
            return self._edit.render((columns,), focus)

    def _make_legible(self, columns: int) -> None:
        before = legible(self.text[: self._edit.edit_pos], columns)
        self._edit.set_edit_text(legible(self.text, columns), edit_pos=len(before))

    def _submit(self, urgent: bool = False) -> None:
        text, offer = self.text, self._offer
        if not text.strip():
            return
        self._history.add(text)
        self._offer = None
        self._replace("")
        self._send(Written(self._folder.unfold(text), offer, urgent))

    def _search(self, recall: Recall, key: str) -> bool:
        """Handle a key of the search; any other ends it, takes what was found, and is still to be handled."""
        if isinstance(key, Pasted):
            recall.narrow(key.text)
        elif key in _LEAVES:
            self._leave_search(take=False)
        elif self._keymap.action_of(key) is Action.SEARCH:
            recall.older()
        elif key == "backspace":
            recall.widen()
        elif len(key) == 1:
            recall.narrow(key)
        else:
            self._leave_search(take=True)
            return self._keymap.action_of(key) is Action.SEND
        return True

    def _leave_search(self, take: bool) -> None:
        recall, self._recall = self._recall, None
        if take and recall is not None and recall.place is not None:
            self._replace_known(self._history.go(recall.place, self.text))
        self._invalidate()

    def _replace_known(self, text: str | None) -> None:
        if text is not None:
            self._replace(text)

    def _replace(self, text: str) -> None:
        clean = sanitise(text)
        self._edit.set_edit_text(clean, edit_pos=len(clean))
        self._invalidate()

    def _keep_cursor_in(self, rows: int, columns: int, total: int) -> None:
        cursor = self._edit.get_cursor_coords((columns,))
        row = cursor[1] if cursor else 0
        self._top = min(max(self._top, row - rows + 1, 0), row, max(0, total - rows))


def _padded(canvas: urwid.CompositeCanvas, rows: int) -> urwid.CompositeCanvas:
    if rows > 1:
        canvas.pad_trim_top_bottom(0, rows - 1)
    return canvas

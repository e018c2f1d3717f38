"""Where the user writes: several lines, readline's keys, history, and pastes that never send."""

from collections.abc import Callable

import urwid

from ui.history import History
from ui.keys import Action, action_of, editing_keys
from ui.palette import Role
from ui.paragraph import legible, paragraph
from ui.paste import Folder, Pasted
from ui.sanitiser import sanitise

GUTTER = 2
"""Columns left of the text."""

_UNDO_STEPS = 200


class _Editor(urwid.Edit):
    _command_map = editing_keys()


class Composer(urwid.Widget):
    """A box widget that shows the part of its text where the cursor is. UI thread only."""

    _sizing = frozenset({urwid.BOX})
    _selectable = True

    def __init__(self, send: Callable[[str], None]) -> None:
        super().__init__()
        self._send = send
        self._history = History()
        self._folder = Folder()
        self._edit = _Editor(
            multiline=True,
            undo_limit=_UNDO_STEPS,
            kill_buffer=[],
            placeholder=(Role.MARK, "Write here"),
        )
        self._gutter = urwid.Filler(paragraph(Role.GUTTER, ">"), valign="top")
        self._top = 0

    @property
    def text(self) -> str:
        """What is written."""
        return self._edit.get_edit_text()

    def rows_wanted(self, columns: int) -> int:
        """How many rows the whole text takes, at least one."""
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

    def set_aside(self) -> None:
        """Clear the text; Up brings it back."""
        self._history.add(self.text)
        self._replace("")

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        """Draw the rows around the cursor."""
        columns, rows = size
        if columns <= GUTTER or not rows:
            return urwid.SolidCanvas(" ", columns, rows)
        canvas = urwid.CompositeCanvas(self._draw_text(columns - GUTTER, focus))
        self._keep_cursor_in(rows, columns - GUTTER, canvas.rows())
        canvas.trim(self._top)
        if canvas.rows() > rows:
            canvas.trim(0, rows)
        else:
            canvas.pad_trim_top_bottom(0, rows - canvas.rows())
        gutter = self._gutter.render((GUTTER, rows))
        return urwid.CanvasJoin([(gutter, None, False, GUTTER), (canvas, None, True, columns - GUTTER)])

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]
        """Handle a key that writes, edits, sends or recalls; return any other."""
        self._invalidate()
        if isinstance(key, Pasted):
            self._edit.insert_text(self._folder.fold(sanitise(key.text)))
            return None
        inner = (max(1, size[0] - GUTTER),)
        match action_of(key):
            case Action.SEND:
                self._submit()
            case Action.NEW_LINE:
                self._edit.keypress(inner, "enter")
            case Action.END_OF_INPUT if self.text:
                self._edit.keypress(inner, "delete")
            case Action.OLDER:
                if self._edit.keypress(inner, "up"):
                    self._recall(self._history.older(self.text))
            case Action.NEWER:
                if self._edit.keypress(inner, "down"):
                    self._recall(self._history.newer(self.text))
            case None:
                return self._edit.keypress(inner, sanitise(key))
            case _:
                return key
        return None

    def mouse_event(  # type: ignore[override]
        self, size: tuple[int, int], event: str, button: int, col: int, row: int, focus: bool
    ) -> bool:
        """Put the cursor where the mouse is pressed."""
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

    def _submit(self) -> None:
        text = self.text
        if not text.strip():
            return
        self._history.add(text)
        self._replace("")
        self._send(self._folder.unfold(text))

    def _recall(self, text: str | None) -> None:
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

"""The text that is being written, with its cursor: it is drawn whatever it is made of."""

import urwid

from ui.keymap import Keymap
from ui.palette import Role
from ui.paragraph import legible
from ui.sanitiser import sanitise

_UNDO_STEPS = 200


class Editor(urwid.Edit):
    """A flow widget of several lines with the editing keys of the keymap. UI thread only."""

    def __init__(self, keymap: Keymap, invitation: str) -> None:
        """`invitation` is said while nothing is written."""
        self._command_map = keymap.editing_keys()
        super().__init__(multiline=True, undo_limit=_UNDO_STEPS, kill_buffer=[], placeholder=(Role.MARK, invitation))
        self.top = 0
        """The first row that was drawn last."""

    @property
    def before_cursor(self) -> str:
        """The text up to the cursor."""
        return str(self.edit_text)[: self.edit_pos]

    def invite(self, words: str) -> None:
        """Say this while nothing is written."""
        if self.placeholder != (Role.MARK, words):
            self.placeholder = (Role.MARK, words)

    def insert_text(self, text: str) -> None:
        """Write a text at the cursor; where no key does that, it is a step of its own, to be undone."""
        with self._editing():
            super().insert_text(text)

    def write_over(self, start: int, end: int, text: str) -> None:
        """Put an untrusted text in the place of a part of what is written; the cursor comes behind it.

        That is a step to be undone.
        """
        clean = sanitise(text)
        whole = str(self.edit_text)
        with self._editing():
            self.set_edit_text(whole[:start] + clean + whole[end:], edit_pos=start + len(clean))

    def rows_wanted(self, columns: int) -> int:
        """How many rows the whole text takes."""
        try:
            return self.rows((columns,))
        except Exception:  # noqa: BLE001 - see Paragraph
            self._make_legible(columns)
            return self.rows((columns,))

    def draw(self, columns: int, rows: int, focus: bool) -> urwid.CompositeCanvas:
        """Draw the rows around the cursor."""
        canvas = urwid.CompositeCanvas(self._draw_all(columns, focus))
        self._keep_cursor_in(rows, columns, canvas.rows())
        canvas.trim(self.top)
        if canvas.rows() > rows:
            canvas.trim(0, rows)
        else:
            canvas.pad_trim_top_bottom(0, rows - canvas.rows())
        return canvas

    def _draw_all(self, columns: int, focus: bool) -> urwid.Canvas:
        try:
            return self.render((columns,), focus)
        except Exception:  # noqa: BLE001 - see Paragraph
            self._make_legible(columns)
            return self.render((columns,), focus)

    def _make_legible(self, columns: int) -> None:
        before = legible(self.before_cursor, columns)
        self.set_edit_text(legible(str(self.edit_text), columns), edit_pos=len(before))

    def _keep_cursor_in(self, rows: int, columns: int, total: int) -> None:
        cursor = self.get_cursor_coords((columns,))
        row = cursor[1] if cursor else 0
        self.top = min(max(self.top, row - rows + 1, 0), row, max(0, total - rows))

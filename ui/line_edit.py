"""One line to be written, with the editing keys of the composer."""

import urwid

from ui.keymap import Keymap
from ui.palette import Role


class LineEdit(urwid.Edit):
    """A flow widget of one row behind a caption. UI thread only."""

    def __init__(self, caption: str, text: str, keymap: Keymap) -> None:
        self._command_map = keymap.editing_keys()
        super().__init__((Role.GUTTER, caption), text, wrap=urwid.WrapMode.CLIP, kill_buffer=[])

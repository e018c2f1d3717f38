"""Copying what was said: by choosing it, or the last reply or code at once."""

from collections.abc import Callable
from pathlib import Path

from ui.clipboard import Clipboard
from ui.copy_mode import CopyMode, SaveImage, copied
from ui.face import Face
from ui.keymap import DEFAULT_KEYMAP, Keymap

_NO_REPLY = "there is no reply to copy yet"
_NO_CODE = "there is no code to copy yet"


class Copier:
    """Copies from what a face shows. UI thread only. Files are saved in `folder`, unless their names say otherwise."""

    def __init__(
        self,
        face: Face,
        clipboard: Clipboard,
        folder: Path,
        keymap: Keymap = DEFAULT_KEYMAP,
        save: SaveImage = lambda *_: None,
    ) -> None:
        """`save` has an image saved in a folder, under a name."""
        self._face = face
        self._clipboard = clipboard
        self._folder = folder
        self._keymap = keymap
        self._save = save

    def begin(self, size: tuple[int, int], say: Callable[[str], None]) -> None:
        """Have something chosen on a screen of this size; `say` is told what came of it."""

        def leave(words: str) -> None:
            self._face.stop_copying()
            say(words)

        self._face.copy(
            size,
            lambda transcript: CopyMode(
                transcript, self._clipboard, self._folder, leave, say, self._keymap, self._save
            ),
        )

    def reply(self) -> str:
        """Copy the last reply, and say so."""
        for view in reversed(self._face.reads.views):
            if view.reply:
                return copied(view.reply, "the reply", self._clipboard)
        return _NO_REPLY

    def code(self) -> str:
        """Copy the last code of all, and say so."""
        for view in reversed(self._face.reads.views):
            for item in reversed(view.items):
                if item.code:
                    return copied(item.text, "code", self._clipboard)
        return _NO_CODE

"""The copy mode: marks what can be copied, by keys only, and copies or saves it."""

from collections.abc import Callable
from pathlib import Path

from protocol.chat import Attachment
from ui.clipboard import Clipboard
from ui.keymap import Keymap
from ui.line_edit import LineEdit
from ui.line_picker import LinePicker
from ui.marker import Marker
from ui.paste import Pasted
from ui.sanitiser import sanitise
from ui.saving import proposed_image_name, proposed_name, save
from ui.selection import Item, Selection
from ui.transcript import Transcript

_KEYS = (
    "Enter copies, arrows move, 1-9 code, m all, v lines, s saves, Esc leaves",
    "Enter 1-9 code m all v line s file Esc",
)
_PICKING = ("Enter copies, arrows move, Space marks, Esc goes back", "Enter copies, Space marks, Esc")
_NAMING = ("Enter saves, Esc goes back",)
SaveImage = Callable[[Attachment, str, str], None]
"""Has an image saved in a folder, under a name; what came of it is said elsewhere."""
_NOTHING = "there is nothing to copy yet"
_NO_CODE = "there is no other code"
_NO_NUMBER = "this message has no code {number}"
_OVER = "{name} is there already: Enter again writes over it"


class CopyMode:
    """Takes the keys while it is there. UI thread only.

    `leave` ends it, with something to say; `say` says something meanwhile.
    """

    def __init__(
        self,
        transcript: Transcript,
        clipboard: Clipboard,
        folder: Path,
        leave: Callable[[str], None],
        say: Callable[[str], None],
        keymap: Keymap,
        save_image: SaveImage = lambda *_: None,
    ) -> None:
        self._save_image = save_image
        self._transcript = transcript
        self._clipboard = clipboard
        self._folder = folder
        self._leave = leave
        self._say = say
        self._keymap = keymap
        self._selection = Selection(lambda: transcript.views)
        self.picker: LinePicker | None = None
        """What is shown in the place of the transcript, while lines are picked."""
        self.name: LineEdit | None = None
        """What is shown in the place of the composer, while a name for a file is written."""
        self._over = ""
        """The name of the file that Enter writes over."""

    @property
    def words(self) -> tuple[str, ...]:
        """What the keys do now, in more words and in fewer."""
        if self.name is not None:
            return _NAMING
        return _PICKING if self.picker is not None else _KEYS

    def begin(self, size: tuple[int, int]) -> None:
        """Mark the last code, or the last of what can be copied, in a transcript of this size."""
        if self._selection.item is None:
            self._leave(_NOTHING)
        else:
            self._show(size)

    def refresh(self) -> None:
        """See what became of the marked item; where it is gone, so is the mode."""
        if self._selection.refresh():
            self._mark()
        else:
            self._end("what was marked is gone")

    def keypress(self, size: tuple[int, int], key: str) -> None:
        """Handle a key; `size` is that of the transcript."""
        if self.name is not None:
            self._write_name(self.name, size, key)
        elif self.picker is not None:
            self.picker.keypress(size, key)
        elif self._selection.refresh():
            self._select(size, key)
        else:
            self._end("what was marked is gone")

    def _select(self, size: tuple[int, int], key: str) -> None:
        match key:
            case "up" | "k":
                self._step(-1, size)
            case "down" | "j":
                self._step(1, size)
            case "page up" | "left" | "meta k":
                self._go(self._selection.to_message(-1), "this is the first message", size)
            case "page down" | "right" | "meta j":
                self._go(self._selection.to_message(1), "this is the last message", size)
            case "n" | "tab":
                self._go(self._selection.to_code(1), _NO_CODE, size)
            case "p" | "shift tab":
                self._go(self._selection.to_code(-1), _NO_CODE, size)
            case _ if key in "123456789":
                self._go(self._selection.to_numbered(int(key)), _NO_NUMBER.format(number=key), size)
            case _:
                self._act(key)

    def _go(self, found: bool, otherwise: str, size: tuple[int, int]) -> None:
        if found:
            self._show(size)
        else:
            self._say(otherwise)

    def _act(self, key: str) -> None:
        item = self._selection.item
        if item is None:
            return
        match key:
            case "enter" | "c" | "y":
                self._copy(item.text, "code" if item.code else "text")
            case "m":
                self._copy(self._selection.message, "message")
            case "v" | " ":
                self.picker = LinePicker(item.text, lambda text: self._copy(text, "text"), self._stop_picking)
            case "V":
                message = self._selection.message
                self.picker = LinePicker(message, lambda text: self._copy(text, "text"), self._stop_picking)
            case "s":
                self._begin_name(item)
            case "esc" | "q" | "ctrl c" | "ctrl g":
                self._end("")
            case _:
                pass

    def _step(self, step: int, size: tuple[int, int]) -> None:
        """Move to what is next; in something that is higher than the screen, move on in it first."""
        item = self._selection.item
        if item is not None and self._transcript.hides(self._selection.view, item, step, size):
            self._transcript.scroll(step * max(1, size[1] - 2), size)
        else:
            self._selection.step(step)
            self._show(size)

    def _show(self, size: tuple[int, int]) -> None:
        self._mark()
        if self._selection.item is not None:
            self._transcript.reveal(self._selection.view, self._selection.item, size)

    def _mark(self) -> None:
        item = self._selection.item
        if item is not None:
            here = self._transcript.views[self._selection.view].items
            self._transcript.mark(Marker(item, {one.begins_with: one.number for one in here if one.number}))

    def _copy(self, text: str, what: str) -> None:
        self._end(copied(text, what, self._clipboard))

    def _stop_picking(self) -> None:
        self.picker = None

    def _begin_name(self, item: Item) -> None:
        image = item.attachment if item.attachment is not None and item.attachment.is_image else None
        proposed = (
            proposed_image_name(image.media_type, self._folder)
            if image is not None
            else proposed_name(item.language if item.code else "md", self._folder)
        )
        self.name = LineEdit("save as: ", proposed, self._keymap)

    def _write_name(self, name: LineEdit, size: tuple[int, int], key: str) -> None:
        match key:
            case _ if isinstance(key, Pasted):
                name.insert_text(" ".join(sanitise(key.text).split()))
            case "enter":
                self._save(name.edit_text)
            case "esc" | "ctrl c" | "ctrl g":
                self.name = None
            case _:
                name.keypress((size[0],), sanitise(key))

    def _save(self, name: str) -> None:
        item = self._selection.item
        if item is None or not name.strip():
            return
        if item.attachment is not None and item.attachment.is_image:
            self._save_image(item.attachment, str(self._folder), name.strip())
            self._end("")
            return
        try:
            where = save(item.text, name, self._folder, over=self._over == name)
        except FileExistsError:
            self._over = name
            self._say(_OVER.format(name=name.strip()))
        except OSError as error:
            self._say(f"{name.strip()} cannot be written: {error.strerror}. Choose another name.")
        else:
            self._end(f"saved to {where}")

    def _end(self, words: str) -> None:
        self._transcript.mark(None)
        self._leave(words)


def copied(text: str, what: str, clipboard: Clipboard) -> str:
    """Copy a text and say so, in words that begin with how much it was."""
    lines = text.count("\n") + 1
    size = f"{lines} lines" if lines > 1 else "1 line"
    return f"copied {size} of {what} {clipboard.copy(text)}"

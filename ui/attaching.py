"""What is written and pasted, told to the engine where it may name files: nobody here looks at a disk."""

from collections.abc import Callable, Sequence

from protocol.address import Address
from protocol.attaching import ImagesWanted, PathsPasted, TextWritten
from protocol.chat import Attachment
from protocol.input_handler import InputHandlerMessage
from protocol.mentions import Mention
from ui.composer import Composer
from ui.keyboard import Key
from ui.pacer import SetAlarm

_MARK = "@"
DELAY = 0.15
"""Seconds after a key in which no other one has to come for what is written to be looked at."""


class Attaching:
    """Watches one composer. UI thread only. `changed` is called where something else goes with what is written."""

    def __init__(self, composer: Composer, set_alarm: SetAlarm, changed: Callable[[], None]) -> None:
        self._composer = composer
        self._set_alarm = set_alarm
        self._changed = changed
        self._engine: Address[InputHandlerMessage] | None = None
        self._told: tuple[Mention, ...] = ()
        self._is_due = False

    def connect(self, engine: Address[InputHandlerMessage]) -> None:
        """There is somebody to tell."""
        self._engine = engine

    def watch(self, keys: Sequence[Key] = ()) -> None:
        """These keys are pressed: what they change is told in a moment. Most letters change nothing of interest."""
        of_interest = any(key == _MARK or len(key) > 1 for key in keys)
        if not self._is_due and (of_interest or _MARK in self._composer.text or self._told):
            self._is_due = True
            self._set_alarm(DELAY, self._tell)

    def paste(self, text: str) -> None:
        """This was pasted."""
        from ui.dragged import dragged_paths

        paths, shown = dragged_paths(text), self._composer.tray.conversation.id
        if paths and self._engine is not None and shown is not None:
            self._engine.tell(PathsPasted(shown, text, paths))

    def save(self, image: Attachment, folder: str, name: str) -> None:
        """Have an image saved."""
        shown = self._composer.tray.conversation.id
        if self._engine is not None and shown is not None:
            self._engine.tell(ImagesWanted(shown, (image,), folder, name))

    def _tell(self) -> None:
        self._is_due = False
        if self._composer.settle():
            self._changed()
        tray = self._composer.tray
        words, shown = tray.words, tray.conversation.id
        if words != self._told and self._engine is not None and shown is not None:
            self._told = words
            if words:
                self._engine.tell(TextWritten(shown, words))

"""The tray: what goes with what is being written, on one row above it."""

from collections.abc import Sequence

import urwid

from protocol.chat import Attachment
from protocol.errands import Sight
from protocol.mentions import Mention, means, unknown
from ui.caption import one_line
from ui.conversation import Conversation
from ui.palette import Role
from ui.paragraph import Paragraph

ASKS = "Enter sends it, Esc drops it"
"""What is asked once a command has run."""
_READING = "reading the files: Esc stops it"
_MANY = 500
"""Columns, where it does not matter how many there are."""


class Tray:
    """Plain data, and how it is drawn. UI thread only."""

    def __init__(self) -> None:
        self.conversation = Conversation()
        """The one that is shown."""
        self.kept: tuple[Attachment, ...] = ()
        """What goes with the prompt that is edited."""
        self.text = ""
        """What is written."""
        self._told: tuple[Role, str] = Role.LABEL, ""
        self._state: tuple[object, ...] = ()
        self._at: dict[int, tuple[Role, str]] = {}
        """What is said of this state, by columns: it is asked for several times in a frame, and mostly stays."""
        self._read: tuple[str, tuple[Attachment, ...], tuple[Mention, ...]] = "", (), ()
        """Text and attachments that were read last, and the words that were found."""

    def show(self, conversation: Conversation, kept: tuple[Attachment, ...], text: str) -> bool:
        """Take over what is shown and written; True where something else is said than before."""
        before = self._told
        self.conversation, self.kept, self.text = conversation, kept, text
        self._told = self._said(_MANY)
        return self._told != before

    @property
    def outputs(self) -> Sequence[Attachment]:
        """What commands printed, and what else waits to be sent or dropped."""
        return self.conversation.outputs

    @property
    def asks(self) -> bool:
        """True while Enter on an empty text means something: to send these outputs."""
        return bool(self.outputs)

    @property
    def words(self) -> tuple[Mention, ...]:
        """Words of the text that may name files which are still to be read."""
        if "@" not in self.text:
            return ()
        if self._read[:2] != (self.text, self.kept):
            self._read = self.text, self.kept, unknown(self.text, self.kept)
        return self._read[2]

    @property
    def sights(self) -> list[Sight]:
        """What was found so far of the files that words of the text name."""
        seen, words = self.conversation.mentioned, self.words
        found = seen.sights if seen is not None and words else ()
        return [one for one in found if any(one.name in word.spellings or means(word, one.name) for word in words)]

    @property
    def rows(self) -> int:
        """How many rows it takes where there is room."""
        return 1 if self._said(_MANY)[1] else 0

    def drop(self) -> None:
        """Let go of the outputs."""
        self.conversation.outputs.clear()

    def default_text(self) -> str:
        """What is said with outputs where nothing is written: the command that printed the last one."""
        return self.conversation.asked_to_run

    def draw(self, columns: int) -> urwid.Canvas:
        """Draw the row."""
        role, text = self._said(columns)
        line = one_line(text, columns)
        width = urwid.calc_width(line, 0, len(line))
        return Paragraph((role, line + " " * (columns - width)), wrap=urwid.WrapMode.CLIP).render((columns,))

    def _said(self, columns: int) -> tuple[Role, str]:
        about = self.conversation
        state = about.running, about.awaited, about.mentioned, self.text, self.kept, *about.outputs
        if state != self._state:
            self._state = state
            self._at.clear()
        if columns not in self._at:
            self._at[columns] = self._say(columns)
        return self._at[columns]

    def _say(self, columns: int) -> tuple[Role, str]:
        if self.conversation.running:
            from ui.tray_words import running_words  # nothing runs, and nothing is attached, before the first paint

            return Role.NOTICE, running_words(self.conversation.running, columns)
        if self.conversation.awaited:
            return Role.NOTICE, _READING
        seen, sights = self.conversation.mentioned, self.sights
        if seen is not None and seen.trouble and seen.words == self.words:
            return Role.WARNING, seen.trouble
        if not (self.kept or sights or self.outputs):
            return Role.LABEL, ""
        from ui.tray_words import summary

        return Role.LABEL, summary(self.kept, sights, self.outputs, columns)

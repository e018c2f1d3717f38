"""The tray: what goes with what is being written, on one row above it."""

from collections.abc import Sequence

import urwid
from msgspec.structs import replace

from protocol.attachments import OUTPUT, Description, description, file_size_words
from protocol.chat import Attachment
from protocol.errands import Sight
from protocol.mentions import Mention, means, unknown
from ui.attachment_label import fitted
from ui.caption import one_line
from ui.conversation import Conversation
from ui.palette import Role
from ui.paragraph import Paragraph

ASKS = "Enter sends it, Esc drops it"
"""What is asked once a command has run."""
_READING = "reading the files: Esc stops it"
_RUNNING = Description("running ", "", ": Esc stops it", is_path=False)
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
        self._told: tuple[Role, str] | None = None
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
        if self.conversation.running:
            return Role.NOTICE, fitted(replace(_RUNNING, name=self.conversation.running), columns)
        if self.conversation.awaited:
            return Role.NOTICE, _READING
        seen = self.conversation.mentioned
        if seen is not None and seen.trouble and seen.words == self.words:
            return Role.WARNING, seen.trouble
        return Role.LABEL, _summary(self.kept, self.sights, self.outputs, columns)


def _summary(kept: Sequence[Attachment], sights: Sequence[Sight], outputs: Sequence[Attachment], columns: int) -> str:
    """Say how much it is, and what: `2 files, 14 KB: photo.png, notes.txt`."""
    files = [one for one in (*kept, *outputs) if one.media_type != OUTPUT]
    count = sum(one.files for one in sights) + len(files)
    size = sum(one.size for one in sights) + sum(one.size for one in files)
    names = ", ".join([*(one.name for one in files), *(one.name for one in sights)])
    about_files = f"{count} file{'' if count == 1 else 's'}, {file_size_words(size)}: {names}" if count else ""
    printed = [fitted(description(one), columns) for one in (*kept, *outputs) if one.media_type == OUTPUT]
    return "; ".join(filter(None, [about_files, *printed]))

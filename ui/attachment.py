"""What an attachment looks like: a line that says what it is; a text can be unfolded. An image is never drawn."""

from collections.abc import Sequence

import urwid

from protocol.attachments import describe, description
from protocol.chat import Attachment
from ui.attachment_label import AttachmentLabel
from ui.blocks import GrowingText
from ui.column import Block
from ui.palette import Role
from ui.selection import Item


class AttachmentView:
    """One attachment, indented like what it goes with."""

    def __init__(self, attachment: Attachment, indent: int = 2) -> None:
        self.attachment = attachment
        self._indent = indent
        label = AttachmentLabel(description(attachment))
        self._label: Block = urwid.Padding(label, left=indent) if indent else label
        self._full: list[Block] = []

    def blocks(self, folded: bool) -> Sequence[Block]:
        """Its blocks; they stay the same."""
        if folded or self.attachment.is_image:
            return [self._label]
        self._full = self._full or self._unfolded()
        return [self._label, *self._full]

    def item(self, folded: bool) -> Item:
        """What can be copied of it, or saved: what it says, or that it is there."""
        text = describe(self.attachment) if self.attachment.is_image else self.attachment.text
        return Item(text, tuple(self.blocks(folded)), attachment=self.attachment)

    def _unfolded(self) -> list[Block]:
        text = GrowingText(Role.MARK)
        text.feed(self.attachment.text)
        return [urwid.Padding(block, left=self._indent + 2) for block in text.blocks]

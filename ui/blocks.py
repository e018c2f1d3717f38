"""Text that grows, as a column of widgets of which only the last one changes.

A widget's layout costs time in proportion to its text. So a text is cut into blocks: at the first line break after
SOFT_LIMIT characters, or, where a line is too long for that, at a blank before HARD_LIMIT. The rule looks at the text
only, never at the pieces it came in, so the same text always looks the same.
"""

import unicodedata

import urwid

from ui.palette import Role
from ui.paragraph import paragraph
from ui.sanitiser import sanitise

SOFT_LIMIT = 1_000
HARD_LIMIT = 4_000

_JOINERS = frozenset("\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")


class GrowingText:
    """Blocks for a text that comes in pieces. White space around the text, and at its growing end, takes no room."""

    def __init__(self, role: Role) -> None:
        self.blocks: list[urwid.Text] = []
        """Only appended to; all but the last are final."""
        self._role = role
        self._rest = ""
        self._open: urwid.Text | None = None

    def feed(self, piece: str) -> None:
        """Append a piece of untrusted text."""
        self._rest += sanitise(piece)
        if not self.blocks:
            self._rest = self._rest.lstrip()
        visible = len(self._rest.rstrip())
        start = 0
        while (cut := _cut(self._rest, start, visible)) is not None:
            end, following = cut
            self._show(self._rest[start:end])
            self._open = None
            start = following
        if visible > start:
            self._show(self._rest[start:visible])
        self._rest = self._rest[start:]

    def _show(self, text: str) -> None:
        if self._open is None:
            self._open = paragraph(self._role, text)
            self.blocks.append(self._open)
        elif self._open.text != text:
            self._open.set_text((self._role, text))


def _cut(text: str, start: int, visible: int) -> tuple[int, int] | None:
    """Return where the block that begins at `start` ends, and where the next one begins, if that is certain by now."""
    line_end = text.find("\n", start + SOFT_LIMIT, start + HARD_LIMIT + 1)
    if line_end >= 0:
        return (line_end, line_end + 1) if visible > line_end + 1 else None
    if len(text) - start <= HARD_LIMIT:
        return None
    blank = text.rfind(" ", start + SOFT_LIMIT, start + HARD_LIMIT)
    if blank >= 0:
        return (blank, blank + 1)
    end = start + HARD_LIMIT
    while end > start + SOFT_LIMIT and joins_the_one_before(text[end]):
        end -= 1
    return (end, end)


def joins_the_one_before(character: str) -> bool:
    """Tell whether a text must not be cut before a character."""
    return character in _JOINERS or unicodedata.combining(character) != 0

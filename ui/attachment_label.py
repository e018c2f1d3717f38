"""What an attachment is, in one row of any width: of a long name a part is left out, and the rest stays."""

import urwid

from protocol.attachments import Description
from ui.caption import end_of_line, one_line
from ui.palette import Role
from ui.paragraph import Paragraph

_LEAST = 8
"""Columns of a name that tell something; where there are fewer, the whole row is cut at its end."""
_MARKS = "[]"


class AttachmentLabel(Paragraph):
    """The row in which an attachment stands in the talk."""

    def __init__(self, description: Description) -> None:
        self._description = description
        super().__init__((Role.LABEL, _bracketed(str(description))), wrap=urwid.WrapMode.CLIP)

    def render(self, size: tuple[int] | tuple[()], focus: bool = False) -> urwid.TextCanvas:  # type: ignore[override]
        """Draw the row."""
        if size:
            words = _bracketed(fitted(self._description, size[0] - len(_MARKS)))
            if words != self.text:
                self.set_text((Role.LABEL, words))
        return super().render(size, focus)


def fitted(description: Description, columns: int) -> str:
    """Return what something is, sanitised, in at most so many columns.

    Of a path the end tells most, of a command the beginning.
    """
    whole = _clean(str(description))
    excess = _width(whole) - columns
    if excess <= 0:
        return whole
    name = _clean(description.name)
    room = _width(name) - excess
    if room < _LEAST:
        return one_line(whole, columns)
    shortened = end_of_line(name, room) if description.is_path else one_line(name, room)
    return one_line(f"{description.before}{shortened}{description.after}", columns)


def _bracketed(words: str) -> str:
    return f"{_MARKS[0]}{_clean(words)}{_MARKS[1]}"


def _clean(text: str) -> str:
    return one_line(text, 2 * len(text))


def _width(text: str) -> int:
    return urwid.calc_width(text, 0, len(text))

"""A text as a widget: sanitised, wrapped at words, and drawn whatever it is made of."""

import re
from typing import Literal

import urwid

from ui.markup import Markup, Run, role_of
from ui.palette import Role
from ui.sanitiser import sanitise
from ui.steady import UNSURE

Align = Literal["left", "center", "right"]
Wrap = Literal["space", "any", "clip"]

_LAYOUT = urwid.StandardTextLayout(tab_stop_every=4)
_LONGEST_CHARACTER = 32
_AFFECTS_WHAT_FOLLOWS = re.compile("[\u200d\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d]")
"""A joiner, and the viramas of India: where they join nothing, urwid may hide what comes next."""
_SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")


class Paragraph(urwid.Text):
    """urwid's Text, which fails on some sequences of joiners and marks that no language has, and hides what follows
    a joiner, or a virama, that joins nothing; this one does not."""

    _sound = ""
    """The text that was looked at last."""

    def rows(self, size: tuple[int], focus: bool = False) -> int:
        """Count the rows."""
        self._show_all()
        try:
            return super().rows(size, focus)
        except Exception:  # noqa: BLE001 - urwid has no name for it: ValueError, CanvasError, ...
            self._make_legible(size[0])
            return super().rows(size, focus)

    def render(self, size: tuple[int] | tuple[()], focus: bool = False) -> urwid.TextCanvas:  # type: ignore[override]
        """Draw the text."""
        self._show_all()
        try:
            return super().render(size, focus)
        except Exception:
            if not size:
                raise
            self._make_legible(size[0])
            return super().render(size, focus)

    def _show_all(self) -> None:
        text = str(self.text)
        if text is not self._sound and not text.isascii() and _AFFECTS_WHAT_FOLLOWS.search(text):
            clean = "\n".join(line if _adds_up(line.replace("\t", " ")) else _bare(line) for line in text.split("\n"))
            if clean != text:
                self._say(clean)
            self._sound = str(self.text)

    def _make_legible(self, columns: int) -> None:
        self._say(legible(str(self.text), columns))

    def _say(self, text: str) -> None:
        ink = self.attrib[0][0] if self.attrib else Role.TEXT
        self.set_text((role_of(ink) if isinstance(ink, Role | urwid.LayeredAttr) else Role.TEXT, text))


def stands_by_characters(text: str) -> bool:
    """Tell whether a text is as wide as its characters are together, wherever it is cut between two of them."""
    return "\t" not in text and (text.isascii() or not UNSURE.search(text))


def paragraph(role: Role, text: str) -> Paragraph:
    """Return a widget for an untrusted text."""
    return Paragraph((role, sanitise(text)), layout=_LAYOUT)


def markup_paragraph(markup: Markup, align: Align = "left", wrap: Wrap = "space") -> Paragraph:
    """Return a widget for pieces by role; they are clean already."""
    return Paragraph(_unsplit(markup) or "", align=align, wrap=wrap, layout=_LAYOUT)


def _unsplit(markup: Markup) -> list[Run]:
    """Return the pieces, cut between characters: a mark goes with what it is on."""
    whole: list[Run] = []
    for ink, text in markup:
        if whole and text and not text[0].isascii():
            last, said = whole[-1]
            cut = _end_of_character(said[-_LONGEST_CHARACTER:], text)
            whole[-1] = last, said + text[:cut]
            text = text[cut:]
        if text:
            whole.append((ink, text))
    return whole


def _end_of_character(before: str, text: str) -> int:
    """Return how much of a text belongs to the last character before it."""
    both = before + text[:_LONGEST_CHARACTER]
    end = 0
    while end < len(before):
        end = urwid.move_next_char(both, end, len(both))
    return end - len(before)


def legible(text: str, columns: int) -> str:
    """Return `text` without the marks in those of its lines that urwid cannot lay out in so many columns."""
    return "\n".join(line if _can_be_drawn(line, columns) else _bare(line) for line in text.split("\n"))


def _can_be_drawn(line: str, columns: int) -> bool:
    try:
        urwid.Text(line, layout=_LAYOUT).render((columns,))
    except Exception:  # noqa: BLE001 - whatever it is, the line cannot be drawn
        return False
    return True


def _bare(line: str) -> str:
    return "".join(
        character
        for character in line
        if character == "\t" or (urwid.calc_width(character, 0, 1) and character not in _SKIN_TONES)
    )


def _adds_up(line: str) -> bool:
    """Tell whether urwid takes a line to be as wide as its characters are together, and any two of them, too: in all of
    it one mistake may make up for another."""
    total = start = before = width = 0
    while start < len(line):
        after = urwid.move_next_char(line, start, len(line))
        width, last = urwid.calc_width(line, start, after), width
        if urwid.calc_width(line, before, after) != last + width:
            return False
        total += width
        before, start = start, after
    return bool(total == urwid.calc_width(line, 0, len(line)))

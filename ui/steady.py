"""Keeps each character in its cell, whatever width a terminal gives it.

Terminals differ in how wide emoji, flags, joined sequences and combining marks are. Where such a one is drawn, its
cells are blanked before it, and the cursor is put after them, whatever the terminal has made of it. So what stands to
its right is where it belongs. That takes a terminal that does not wrap lines by itself: see `ui.terminal`.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import urwid

from ui.rows import Row, Run

_SURE = (
    "\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u05d0-\u05ea\u0620-\u064a\u1e00-\u1fff"
    "\u2010-\u2027\u2030-\u203b\u203d-\u2048\u204a-\u205e\u20a0-\u20b5\u2190-\u2193\u2500-\u25a9\u2713\u2717\ufffd"
    "\u2400-\u2421\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u30fc\u3105-\u312d\u3131-\u3163\u3400-\u4db5\u4e00-\u9fcc"
    "\uac00-\ud7a3\uff01-\uff60"
)
"""Alone in their cells, these are as wide everywhere."""
UNSURE = re.compile(f"[^{_SURE}\x00-\x1f\x7f-\x9f]")
"""Matches a character of which nobody knows how wide it gets, or what it does to its neighbours."""
_KEPT = 256
"""Rows, more than a screen has."""
_MOST_MARKS = 32
"""Of one character no more code points are drawn: no language has so many, but some texts would cover the screen."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def is_sure(row: Row) -> bool:
    """Tell whether each character of a row is as wide everywhere."""
    return all(run.isascii() or not UNSURE.search(run.decode("utf-8", "replace")) for _, _, run in row)


def steady(row: Row, columns: int) -> Row:
    """Return a row with the cursor led where it may go astray."""
    return _steady(tuple(row), columns)


@lru_cache(maxsize=_KEPT)
def _steady(row: tuple[Run, ...], columns: int) -> list[Run]:
    """Return a row with the cursor led. Most rows are those of the last frame; who gets one changes nothing in it."""
    texts = [run.decode("utf-8", "replace") for _, _, run in row]
    widths = [urwid.calc_width(text, 0, len(text)) for text in texts]
    if sum(widths) != columns:
        widths = [_padded_width(text) for text in texts]
    made: list[Run] = []
    column = 0
    for (attr, charset, run), text, width in zip(row, texts, widths, strict=True):
        if charset is None and UNSURE.search(text):
            made.extend((attr, kind, piece.encode()) for kind, piece in _pieces(text, column, column + width))
        else:
            made.append((attr, charset, run))
        column += width
    return made


def _padded_width(text: str) -> int:
    """Measure a text and the blanks behind it each alone: a joiner at its end makes the first of them nothing."""
    said = text.rstrip(" ")
    return urwid.calc_width(said, 0, len(said)) + len(text) - len(said)


def _pieces(text: str, column: int, end: int) -> Iterator[tuple[Literal["U"] | None, str]]:
    """Cut a text at the characters of which nobody knows how wide they get. urwid writes a "U" as it is.

    Those of no width that are on no other are not drawn.

    A text may be narrower than its characters are together, or wider: what comes after it begins at `end` all the
    same, and cells that no character takes are blank.
    """
    sure = start = 0
    while start < len(text):
        after = urwid.move_next_char(text, start, len(text))
        character = text[start:after]
        width = urwid.calc_width(character, 0, len(character))
        if (len(character) > 1 or UNSURE.match(character)) and not _CONTROL.search(character):
            if sure < start:
                yield None, text[sure:start]
            sure = after
            if width:
                yield "U", f"{' ' * width}{_at(column)}{_on_its_own(character)}{_at(column + width)}"
        start = after
        column += width
    if sure < len(text):
        yield None, text[sure:]
    if column != end:
        yield "U", f"{' ' * (end - column)}{_at(end)}"


def _on_its_own(character: str) -> str:
    """Leave out what would change the cell before, which may be a border, or in the row above: marks on nothing."""
    start = next((place for place, part in enumerate(character) if urwid.calc_width(part, 0, 1)), 0)
    return character[start : start + _MOST_MARKS]


def _at(column: int) -> str:
    return f"\x1b[{column + 1}G"

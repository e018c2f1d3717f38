"""Wrapped text that grows at its end: of its rows only the last is laid out again."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from ui.markup import Markup, Run, plain
from ui.paragraph import Paragraph, Wrap, markup_paragraph, stands_by_characters
from ui.rows import Row, rows_of

_LEAST_COLUMNS = 4
"""In fewer there are characters that are no row's."""

Segment = tuple[int, int, int | bytes] | tuple[int, int | None]
"""A piece of a row, as urwid lays it out: its width, and where in the text it begins and ends."""


class Wrapped:
    """The rows of pieces by role, wrapped at words or anywhere. UI thread only.

    A row is over where another one follows: what comes at the end of the text changes the last one, and adds others.
    """

    def __init__(self, wrap: Wrap = "space") -> None:
        self._wrap = wrap
        self._markup: Markup = ()
        self._columns = 0
        self._over: list[Row] = []
        """The rows before the last."""
        self._last = 0
        """Where in the text the last row begins."""

    def rows(self, markup: Markup, columns: int) -> list[Row]:
        """Return the rows of a text."""
        goes_on = columns == self._columns and _begins_alike(markup, self._markup, self._last)
        self._markup, self._columns = markup, columns
        rows = self._laid_out(self._last) if goes_on and self._last else None
        return self._laid_out(0) or [] if rows is None else rows

    def _laid_out(self, begin: int) -> list[Row] | None:
        """Lay the text out from a place on; None where what is there may not be looked at alone."""
        rest = _from(self._markup, begin)
        row = _only_row(rest, self._columns)
        if row is not None:
            self._last = begin
            self._over = self._over if begin else []
            return [*self._over, row]
        paragraph = markup_paragraph(rest, wrap=self._wrap)
        drawn = rows_of(paragraph.render((self._columns,)))
        text = plain(rest)
        alone = self._columns >= _LEAST_COLUMNS and paragraph.text == text and stands_by_characters(text)
        if begin and not (alone and _begins_with_whole_words(paragraph, self._columns)):
            return None
        rows = [*self._over, *drawn] if begin else drawn
        last = _last_row(paragraph, self._columns) if alone else None
        self._last = 0 if last is None else begin + last
        self._over = rows[:-1]
        return rows


def _only_row(markup: Markup, columns: int) -> Row | None:
    """Return the row of a text that is ASCII and fits one, as most do that grow; None for any other."""
    room = columns - sum(len(text) for _, text in markup)
    if room < 0 or not all(text.isascii() and text.isprintable() for _, text in markup):
        return None
    inks = groupby((run for run in markup if run[1]), key=itemgetter(0))
    row: Row = [(ink, None, "".join(text for _, text in runs).encode()) for ink, runs in inks]
    return [*row, (None, None, b" " * room)] if room else row


def _begins_with_whole_words(paragraph: Paragraph, columns: int) -> bool:
    """Tell whether the first row of a paragraph ends where a word does. A word too long for a row begins on the row
    before it: that one is over only when the word turns out to be shorter."""
    lines = paragraph.get_line_translation(columns)
    end = _end(lines[0])
    text = str(paragraph.text)
    return len(lines) == 1 or end is None or text[end : end + 1] in ("", " ", "\n") or " " in text[:end]


def _end(line: Sequence[Segment]) -> int | None:
    """Return where in a text a row of it ends; None where that cannot be known."""
    return next((segment[2] for segment in reversed(line) if len(segment) == 3 and isinstance(segment[2], int)), None)


def _last_row(paragraph: Paragraph, columns: int) -> int | None:
    """Return where in its text the last row of a paragraph begins; None where it is empty."""
    segments = paragraph.get_line_translation(columns)[-1]
    return next((segment[1] for segment in segments if len(segment) == 3 and isinstance(segment[1], int)), None)


def _from(markup: Markup, begin: int) -> Markup:
    """Return a text without its first `begin` characters."""
    if not begin:
        return markup
    kept: list[Run] = []
    for ink, text in markup:
        if begin < len(text):
            kept.append((ink, text[begin:]))
        begin = max(0, begin - len(text))
    return tuple(kept)


def _begins_alike(one: Markup, other: Markup, length: int) -> bool:
    """Tell whether the first so many characters of two texts look the same."""
    if len(one) == len(other) == 1:
        return one[0][0] == other[0][0] and one[0][1].startswith(other[0][1][:length])
    return _until(one, length) == _until(other, length)


def _until(markup: Markup, end: int) -> Markup:
    """Return the first `end` characters of a text."""
    kept: list[Run] = []
    for ink, text in markup:
        if end > 0 and text:
            kept.append((ink, text[:end]))
        end -= len(text)
    return tuple(kept)

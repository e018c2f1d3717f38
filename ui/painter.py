"""What is written to a terminal to make one picture of another: rows that differ, and of them only what is new."""

from collections.abc import Callable, Hashable, Iterator, Sequence

from urwid.display import escape

from ui.rows import Row, Run
from ui.scrolling import scrolled
from ui.side_by_side import DividedRow
from ui.steady import is_sure, steady

_UNSAFE = bytes(code if 0x20 <= code != 0x7F else ord("?") for code in range(256))
_C1 = dict.fromkeys(range(0x80, 0xA0), "?")
"""What a terminal could obey is no text, whatever came before it: this is the last gate."""


class Painter:
    """Knows the rows that are on the screen. The terminal must not wrap lines by itself. UI thread only.

    `escape_of` returns what sets an ink, `erases` tells whether blanks in an ink may be erased instead of written.
    """

    def __init__(self, escape_of: Callable[[Hashable], str], erases: Callable[[Hashable], bool]) -> None:
        self._escape_of = escape_of
        self._erases = erases
        self._rows: Sequence[Row] = ()
        self._cursor: tuple[int, int] | None = None
        self._ink: str | None = None
        """What was set last in this frame; None where that is not known."""

    def forget(self) -> None:
        """Nothing is known of what is on the screen."""
        self._rows, self._cursor = (), None

    def paint(self, rows: Sequence[Row], columns: int, cursor: tuple[int, int] | None) -> str:
        """Return what makes these rows of those before, with the cursor at a column and a row, or hidden."""
        self._ink = None
        before: Sequence[Sequence[Run]] = self._rows if len(self._rows) == len(rows) else [()] * len(rows)
        scroll = scrolled(before, rows)
        if scroll is not None:
            before = scroll.applied(before)
        changed = (
            piece
            for place, (row, was) in enumerate(zip(rows, before, strict=True))
            if row is not was and row != was
            for piece in self._row(place, row, was, columns)
        )
        text = "".join(changed) if scroll is None else "".join((scroll.sequence, *changed))
        if not text and cursor == self._cursor:
            return ""
        self._rows, self._cursor = rows, cursor
        shown = "" if cursor is None else f"{escape.set_cursor_position(*cursor)}{escape.SHOW_CURSOR}"
        return f"{escape.HIDE_CURSOR}{text}{shown}"

    def _row(self, place: int, row: Row, was: Sequence[Run], columns: int) -> Iterator[str]:
        parts = row.unlike(was) if isinstance(row, DividedRow) else None
        if parts is not None and all(is_sure(part) and is_sure(before) for _, part, before in parts):
            for left, part, before in parts:
                column, rest = _after_common(part, before) if _is_ascii(part) and _is_ascii(before) else (0, part)
                yield from self._pieces(place, left + column, rest, erases=False)
            return
        column = 0
        if not _is_ascii(row):
            row = steady(row, columns)
        elif _is_ascii(was):
            column, row = _after_common(row, was)
        yield from self._pieces(place, column, row, erases=True)

    def _pieces(self, place: int, column: int, row: Row, erases: bool) -> Iterator[str]:
        """Write the pieces of a row from a column on. Where they reach to its end, blanks there may be erased."""
        yield escape.set_cursor_position(column, place)
        ink, charset, last = row[-1]
        erased = erases and last.endswith(b" ") and charset is None and self._erases(ink)
        if erased:
            row = [*row[:-1], (ink, charset, last.rstrip(b" "))]
        link = False
        for ink, charset, run in row:
            sets = self._escape_of(ink)
            if sets != self._ink:
                opens = sets.endswith(escape.ST)
                if link and not opens:
                    yield escape.HYPERLINK_CLOSE
                link, self._ink = opens, sets
                yield sets
            yield _written(charset, run)
        if link:
            yield escape.HYPERLINK_CLOSE
            self._ink = None
        if erased:
            yield escape.ERASE_IN_LINE_RIGHT


def _is_ascii(row: Sequence[Run]) -> bool:
    return all(run.isascii() for _, _, run in row)


def _after_common(row: Row, was: Sequence[Run]) -> tuple[int, Row]:
    """Return where two rows of ASCII begin to differ, and the rest of the first. A word is never cut."""
    column = place = 0
    while place < min(len(row), len(was)) and row[place] == was[place]:
        column += len(row[place][2])
        place += 1
    if place == len(row):
        return 0, row
    rest = row[place:]
    ink, charset, run = rest[0]
    if place < len(was) and was[place][:2] == (ink, charset):
        same = _whole_words(run, was[place][2])
        rest[0] = ink, charset, run[same:]
        column += same
    return column, rest


def _whole_words(text: bytes, other: bytes) -> int:
    """Return how much of a text is the same as in another, up to the end of a word."""
    length = min(len(text), len(other))
    differ = (at for at, (one, two) in enumerate(zip(text, other, strict=False)) if one != two)
    same = length if text[:length] == other[:length] else next(differ)
    return same if text[same : same + 1] == b" " else text.rfind(b" ", 0, same) + 1


def _written(charset: str | None, run: bytes) -> str:
    if charset == "U":
        return run.decode("utf-8", "replace")
    text = run.translate(_UNSAFE).decode("utf-8", "replace")
    return text if text.isascii() else text.translate(_C1)

"""An untrusted text as one line of the screen: names, titles, errors."""

from itertools import dropwhile

import urwid

from ui.sanitiser import sanitise

_ELLIPSIS = "..."


def one_line(text: str, columns: int) -> str:
    """Return `text` sanitised, its runs of white space made single blanks, cut to at most `columns` screen columns.

    Marks at the beginning of a word are left out: they would change the width of what stands before it.
    """
    line = " ".join(filter(None, map(_unmarked, sanitise(text).split())))
    if urwid.calc_width(line, 0, len(line)) <= columns:
        return line
    room = max(0, columns - len(_ELLIPSIS))
    end, _ = urwid.calc_text_pos(line, 0, len(line), room)
    return line[:end].rstrip() + _ELLIPSIS[: max(0, columns)]


def end_of_line(text: str, columns: int) -> str:
    """Return the same of a text, cut at its beginning where it is too long: of a path the end tells most."""
    line = one_line(text, len(text) * 2)
    width = urwid.calc_width(line, 0, len(line))
    if width <= columns:
        return line
    room = max(0, columns - len(_ELLIPSIS))
    start, skipped = urwid.calc_text_pos(line, 0, len(line), width - room)
    if skipped < width - room:
        start = urwid.move_next_char(line, start, len(line))
    return _ELLIPSIS[: max(0, columns)] + line[start:]


def _unmarked(word: str) -> str:
    return word if word.isascii() else "".join(dropwhile(_is_mark, word))


def _is_mark(character: str) -> bool:
    return urwid.calc_width(character, 0, 1) == 0

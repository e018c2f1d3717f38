"""An untrusted text as one line of the screen: names, titles, errors."""

import urwid

from ui.sanitiser import sanitise

_ELLIPSIS = "..."


def one_line(text: str, columns: int) -> str:
    """Return `text` sanitised, its runs of white space made single blanks, cut to at most `columns` screen columns."""
    line = " ".join(sanitise(text).split())
    if urwid.calc_width(line, 0, len(line)) <= columns:
        return line
    room = max(0, columns - len(_ELLIPSIS))
    end, _ = urwid.calc_text_pos(line, 0, len(line), room)
    return line[:end].rstrip() + _ELLIPSIS[: max(0, columns)]

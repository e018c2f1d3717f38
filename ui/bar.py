"""A bar along a text that tells of something that went wrong: seen without colours too, and not taken for an answer."""

import urwid

from ui.palette import Role

_MARK = "|"


def barred(text: urwid.Text, role: Role) -> urwid.Columns:
    """Return the text with a bar in the role's colour before each of its rows."""
    bar = urwid.AttrMap(urwid.SolidFill(_MARK), role)
    return urwid.Columns([(len(_MARK), bar), text], dividechars=1, box_columns=[0])

"""A piece of text by role, as urwid takes it."""

import urwid

from ui.palette import Role

Ink = Role | urwid.LayeredAttr
"""How a piece is drawn: its role, or the role within a link."""

Run = tuple[Ink, str]
"""A piece of a line."""

Markup = tuple[Run, ...]
"""Pieces, one after the other."""


def plain(markup: Markup) -> str:
    """Return the text alone."""
    return "".join(text for _, text in markup)


def role_of(ink: Ink) -> Role:
    """Return the role alone."""
    return ink if isinstance(ink, Role) else next(layer for layer in ink.layers if isinstance(layer, Role))

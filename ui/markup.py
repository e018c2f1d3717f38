"""A piece of text by role, as urwid takes it."""

from ui.palette import Role

Run = tuple[Role, str]
"""A piece of a line."""

Markup = tuple[Run, ...]
"""Pieces, one after the other."""


def plain(markup: Markup) -> str:
    """Return the text alone."""
    return "".join(text for _, text in markup)

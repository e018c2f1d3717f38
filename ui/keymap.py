"""The keymap: the table of the keys with what a user has changed in it."""

from collections.abc import Mapping
from dataclasses import replace

import urwid
from urwid.command_map import Command

from ui.key_names import shown_key
from ui.keys import KEYS, Action, Binding

_PSEUDO = "action:"
_SHOWN = 2
"""Keys of an action that are named where a user has chosen them."""


class Keymap:
    """Looks keys up. `changes` gives actions other keys than those of the table, or none.

    A key that is given to one action is taken from the one that has it in the table.
    """

    def __init__(self, changes: Mapping[Action | Command, tuple[str, ...]] | None = None) -> None:
        given = changes or {}
        taken = {key for keys in given.values() for key in keys}
        self.rows = tuple(_changed(row, given, taken) for row in KEYS)
        """The table as it holds here."""
        self._actions = {key: row.does for row in self.rows if isinstance(row.does, Action) for key in row.keys}
        self._first = {row.does: row.keys[0] for row in self.rows if row.keys}
        self._places = {key: place for row in KEYS for place, key in enumerate(given.get(row.does, row.keys))}

    def action_of(self, key: str) -> Action | None:
        """Return what `key` does; None for a key that is text, edits text, or does nothing."""
        return Action(key.removeprefix(_PSEUDO)) if key.startswith(_PSEUDO) else self._actions.get(key)

    def place_of(self, key: str) -> int:
        """Return which of the keys of its action a key is, from 0 on; one that was taken from it counts still."""
        return self._places.get(key, 0)

    def keys_of(self, does: Action | Command) -> tuple[str, ...]:
        """Return the keys of an action, or of a command of the editor."""
        return next((row.keys for row in self.rows if row.does is does), ())

    def shown(self, action: Action) -> str:
        """Return the first key of an action as a person reads it; where it has none, how else it is done."""
        first = self._first.get(action)
        return shown_key(first) if first is not None else f"Commands: {action.value}"

    def editing_keys(self) -> urwid.CommandMap:
        """Return the editing keys as urwid's widgets look them up."""
        commands = urwid.CommandMap()
        for row in self.rows:
            if isinstance(row.does, Command):
                commands.bind(row.does, *row.keys)
        return commands


def pseudo_key(action: Action) -> str:
    """Return a key that no keyboard has, and that does this."""
    return f"{_PSEUDO}{action.value}"


def _changed(row: Binding, given: Mapping[Action | Command, tuple[str, ...]], taken: set[str]) -> Binding:
    keys = given.get(row.does)
    if keys is None:
        keys = tuple(key for key in row.keys if key not in taken)
    if keys == row.keys:
        return row
    return replace(row, keys=keys, shown=", ".join(map(shown_key, keys[:_SHOWN])))


DEFAULT_KEYMAP = Keymap()
"""The table as it is."""

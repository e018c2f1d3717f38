"""The table `[keys]` of the configuration file: which key does what."""

from collections.abc import Iterator, Mapping

from urwid.command_map import Command

from protocol.suggestion import suggestion
from ui.configuration_keys import SETTINGS, Tell
from ui.key_names import is_text, key_named, shown_key
from ui.keys import KEYS, Action, name_of

_NEEDED = {Action.SEND: "nothing could be sent", Action.INTERRUPT: "nothing could be stopped"}
_NAMES = {name_of(row.does): row.does for row in KEYS}
_SETTINGS = frozenset(setting.name for setting in SETTINGS)
_ON_TOP = " It belongs above the first table of the file."

Keys = dict[Action | Command, tuple[str, ...]]
"""Keys in urwid's names, for the actions that have others than those of the table."""


def check_keys(table: Mapping[str, object], tell: Tell) -> Keys:
    """Return the keys that a file chooses, and tell every mistake."""
    return _Reading(table, tell).keys()


def sample_of_keys() -> Iterator[str]:
    """Yield a line for each action, with the keys that it has."""
    import json

    for row in KEYS:
        keys = [shown_key(key).lower() for key in row.keys]
        yield f"{name_of(row.does)} = {json.dumps(keys if len(keys) > 1 else keys[0])}  # {row.help}"


class _Reading:
    """Collects what one table says."""

    def __init__(self, table: Mapping[str, object], tell: Tell) -> None:
        self._table = table
        self._tell = tell

    def keys(self) -> Keys:
        found: Keys = {}
        for name, written in self._table.items():
            does = _NAMES.get(name)
            if does is None:
                advice = _ON_TOP if name in _SETTINGS else suggestion(name, _NAMES)
                self._mistake(name, f"there is no action {name!r}.{advice}")
            else:
                found[does] = self._keys_of(name, written)
        self._find_clashes(found)
        self._find_robbed(found)
        for action, why in _NEEDED.items():
            if found.get(action) == ():
                self._mistake(name_of(action), f"{name_of(action)} needs a key: {why} without one.")
        return found

    def _keys_of(self, name: str, written: object) -> tuple[str, ...]:
        keys = []
        for one in written if isinstance(written, list) else [written]:
            key = key_named(one) if isinstance(one, str) else None
            if key is None:
                self._mistake(name, f"there is no key {one!r}. Write keys as in ctrl-r, alt-enter, page-up, f5.")
            elif is_text(key):
                self._mistake(name, f"{one!r} is a key that writes: choose one with ctrl or alt.")
            else:
                keys.append(key)
        return tuple(keys)

    def _find_clashes(self, found: Keys) -> None:
        taken: dict[str, str] = {}
        for does, keys in found.items():
            name = name_of(does)
            for key in keys:
                other = taken.setdefault(key, name)
                if other != name:
                    self._mistake(name, f"{name} and {other} have the same key, {key.replace(' ', '-')}.")

    def _find_robbed(self, found: Keys) -> None:
        """A key may be taken from an action that has others, or is given another one."""
        takers = {key: does for does, keys in found.items() for key in keys}
        for row in KEYS:
            if row.does not in found and all(key in takers for key in row.keys):
                taker, robbed = name_of(takers[row.keys[0]]), name_of(row.does)
                key, other = row.keys[0].replace(" ", "-"), "" if row.does in _NEEDED else f", or none: {robbed} = []"
                what = f"{taker} and {robbed} have the same key, {key}. Give {robbed} another one{other}."
                self._mistake(taker, what)

    def _mistake(self, key: str, what: str) -> None:
        self._tell(("keys", key), what)

"""The configuration file: what a user has chosen for good."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from urwid.command_map import Command

from protocol.errors import InterfaceError
from ui.key_names import is_text, key_named
from ui.keys import KEYS, Action, name_of
from ui.themes import ThemeName

FILE_NAME = "config.toml"

_NEEDED = {Action.SEND: "nothing could be sent", Action.INTERRUPT: "nothing could be stopped"}
_NAMES = {name_of(row.does): row.does for row in KEYS}
_SETTINGS = ("theme", "context-warning", "keys")
_HEADER = re.compile(r"\s*\[\s*([^\[\]]*?)\s*\]\s*(#.*)?\Z")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*=""")


@dataclass(frozen=True)
class Configuration:
    """What holds where the command line says nothing else."""

    theme: ThemeName | None = None
    keys: Mapping[Action | Command, tuple[str, ...]] = field(default_factory=dict)
    """Keys in urwid's names, for the actions that have others than those of the table."""
    warns_of_context: bool = True
    """Before a prompt is sent that will not fit into the context."""


NOTHING_CONFIGURED = Configuration()
"""All as it comes."""


def read_configuration(path: Path, needed: bool) -> Configuration:
    """Read a file; where there is none and none is `needed`, nothing is configured.

    Raises InterfaceError that names every mistake with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if needed:
            raise InterfaceError(f"There is no configuration file {path}.", "Name another one with --config.") from None
        return NOTHING_CONFIGURED
    except (OSError, UnicodeDecodeError) as error:
        raise InterfaceError(f"The configuration file {path} cannot be read: {error}.", "Mend or remove it.") from error
    return parse_configuration(text, str(path))


def parse_configuration(text: str, name: str) -> Configuration:
    """Parse what a file of this name says. Raises InterfaceError that names every mistake with its line."""
    import tomllib

    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InterfaceError(f"{name} is not TOML: {error}.", "Mend that line.") from error
    except RecursionError as error:
        raise InterfaceError(f"{name} is nested too deep.", "Mend or remove it.") from error
    reading = _Reading(text, read)
    configuration = reading.configuration()
    if reading.mistakes:
        lines = "\n".join(f"  line {line}: {what}" for line, what in sorted(reading.mistakes))
        raise InterfaceError(f"{name} has mistakes:\n{lines}\n", "Mend them, and start again.")
    return configuration


class _Reading:
    """Collects the mistakes of one file, so that all are told at once."""

    def __init__(self, text: str, read: dict[str, Any]) -> None:
        self.mistakes: list[tuple[int, str]] = []
        self._read = read
        self._lines = dict(_located(text))

    def configuration(self) -> Configuration:
        for setting in self._read:
            if setting not in _SETTINGS:
                self._mistake("", setting, f"there is no setting {setting!r}.{_nearest(setting, _SETTINGS)}")
        return Configuration(self._theme(), self._keys(), self._flag("context-warning", usual=True))

    def _flag(self, setting: str, usual: bool) -> bool:
        value = self._read.get(setting, usual)
        if not isinstance(value, bool):
            self._mistake("", setting, f"{setting} is true or false, not {value!r}.")
            return usual
        return value

    def _theme(self) -> ThemeName | None:
        named = self._read.get("theme")
        if named is None:
            return None
        names = [theme.value for theme in ThemeName]
        if named not in names:
            self._mistake("", "theme", f"there is no theme {named!r}. There are {', '.join(names)}.")
            return None
        return ThemeName(named)

    def _keys(self) -> dict[Action | Command, tuple[str, ...]]:
        table = self._read.get("keys", {})
        if not isinstance(table, dict):
            self._mistake("", "keys", "keys is a table: write [keys], and below it a line for each action.")
            return {}
        found = {}
        for name, written in table.items():
            does = _NAMES.get(name)
            if does is None:
                self._mistake("keys", name, f"there is no action {name!r}.{_nearest(name, _NAMES)}")
            else:
                found[does] = self._keys_of(name, written)
        self._find_clashes(found)
        self._find_robbed(found)
        for action, why in _NEEDED.items():
            if found.get(action) == ():
                self._mistake("keys", name_of(action), f"{name_of(action)} needs a key: {why} without one.")
        return found

    def _keys_of(self, name: str, written: object) -> tuple[str, ...]:
        keys = []
        for one in written if isinstance(written, list) else [written]:
            key = key_named(one) if isinstance(one, str) else None
            if key is None:
                self._mistake(
                    "keys", name, f"there is no key {one!r}. Write keys as in ctrl-r, alt-enter, page-up, f5."
                )
            elif is_text(key):
                self._mistake("keys", name, f"{one!r} is a key that writes: choose one with ctrl or alt.")
            else:
                keys.append(key)
        return tuple(keys)

    def _find_clashes(self, found: Mapping[Action | Command, tuple[str, ...]]) -> None:
        taken: dict[str, str] = {}
        for does, keys in found.items():
            name = name_of(does)
            for key in keys:
                other = taken.setdefault(key, name)
                if other != name:
                    self._mistake("keys", name, f"{name} and {other} have the same key, {key.replace(' ', '-')}.")

    def _find_robbed(self, found: Mapping[Action | Command, tuple[str, ...]]) -> None:
        """A key may be taken from an action that has others, or is given another one."""
        takers = {key: does for does, keys in found.items() for key in keys}
        for row in KEYS:
            if row.does not in found and all(key in takers for key in row.keys):
                taker, robbed = name_of(takers[row.keys[0]]), name_of(row.does)
                key, other = row.keys[0].replace(" ", "-"), "" if row.does in _NEEDED else f", or none: {robbed} = []"
                what = f"{taker} and {robbed} have the same key, {key}. Give {robbed} another one{other}."
                self._mistake("keys", taker, what)

    def _mistake(self, table: str, key: str, what: str) -> None:
        self.mistakes.append((self._lines.get((table, key), self._lines.get(("", table), 1)), what))


def _located(text: str) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield the line of each table and of each key of a TOML text, the first one last so that it counts."""
    table = ""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = header[1].strip("\"'")
            found.append((("", table), number))
        elif key := _KEY.match(line):
            found.append(((table, next(name for name in key.groups() if name is not None)), number))
    yield from reversed(found)


def _nearest(name: str, names: Mapping[str, object] | tuple[str, ...]) -> str:
    close = get_close_matches(name, list(names), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""

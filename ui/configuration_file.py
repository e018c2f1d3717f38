"""The configuration file, read: what it says, and every mistake in it. No screen is needed for that."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import platformdirs
from msgspec import field

from protocol.errors import InterfaceError
from protocol.identity import POOL
from protocol.message import Value
from protocol.suggestion import suggestion
from ui.configuration_keys import SECTIONS, SERVERS, SETTINGS, Section, Setting
from ui.configuration_kinds import Wrong

if TYPE_CHECKING:
    from ui.toml_lines import TomlLines

FILE_NAME = "config.toml"
_MOST_SYNTAX = 20
"""Lines that are no TOML and are told at once."""


class Mistake(Value, frozen=True):
    """Something in a file that cannot be."""

    line: int
    key: str
    """With its tables: `limits.streams`; empty where no key is known."""
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.key}: {self.what}" if self.key else f"line {self.line}: {self.what}"


class ConfigurationFile(Value, frozen=True):
    """What one file says."""

    path: str = ""
    """Empty where there is none."""
    values: Mapping[tuple[str, ...], object] = field(default_factory=dict)
    """What is said of the settings, by their paths."""
    sections: Mapping[str, object] = field(default_factory=dict)
    """What the checks of the sections made of their tables."""
    lines: "TomlLines | None" = None
    """None where there is none."""
    text: str = ""

    def place(self, path: tuple[str, ...]) -> str:
        """Where a key stands, for people."""
        return f"{self.path}, line {self.lines.of(path) if self.lines is not None else 1}"


NO_FILE = ConfigurationFile()


def configuration_path(named: str | None, environment: Mapping[str, str]) -> tuple[Path, bool]:
    """Return where the file is, and whether somebody has named it, so that it must be there."""
    named = named or environment.get("CHINWAG_CONFIG")
    if named:
        return Path(named).expanduser(), True
    return Path(platformdirs.user_config_dir("chinwag")) / FILE_NAME, False


def read_file(path: Path, needed: bool) -> ConfigurationFile:
    """Read a file, the keys excepted; where there is none and none is `needed`, nothing is configured.

    Raises InterfaceError that names every mistake with its line.
    """
    text = read_text(path)
    if text is None:
        if needed:
            raise InterfaceError(f"There is no configuration file {path}.", "Name another one with --config.")
        return NO_FILE
    return parse_file(text, str(path), path.parent, screen=False)


def read_sound(path: Path) -> ConfigurationFile:
    """Read what makes sense of a file; where it cannot be read, nothing is configured."""
    try:
        text = read_text(path)
    except InterfaceError:
        return NO_FILE
    return NO_FILE if text is None else examine(text, str(path), path.parent, screen=False)[0]


def read_text(path: Path) -> str | None:
    """Return what is in a file; None where there is none. Raises InterfaceError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InterfaceError(f"The configuration file {path} cannot be read: {error}.", "Mend or remove it.") from error


def parse_file(text: str, name: str, folder: Path, screen: bool = True) -> ConfigurationFile:
    """Parse what a file of this name says. Raises InterfaceError that names every mistake with its line.

    Other files that it names are looked for from `folder` on.
    """
    found, mistakes = examine(text, name, folder, screen)
    if mistakes and not screen:
        _, mistakes = examine(text, name, folder)
    if mistakes:
        lines = "\n".join(f"  {mistake}" for mistake in mistakes)
        raise InterfaceError(f"{name} has mistakes:\n{lines}\n", "Mend them, and start again.")
    return found


def examine(text: str, name: str, folder: Path, screen: bool = True) -> tuple[ConfigurationFile, list[Mistake]]:
    """Return what a text says, and all that is wrong with it, in the order of the lines."""
    from ui.toml_lines import TomlLines  # only where there is a file

    read, mistakes = _parse(text)
    reading = _Reading(TomlLines(text), folder, screen)
    reading.take(read, ())
    reading.check_default_server()
    reading.check_pool()
    found = ConfigurationFile(name, reading.values, reading.sections, reading.lines, text)
    return found, sorted([*mistakes, *reading.mistakes], key=lambda mistake: mistake.line)


def _parse(text: str) -> tuple[dict[str, Any], list[Mistake]]:
    """Parse TOML; a line that is none is told, and the others are parsed without it, so that all are told."""
    import tomllib

    lines, mistakes = text.splitlines(), list[Mistake]()
    while True:
        try:
            return tomllib.loads("\n".join(lines) + "\n"), mistakes
        except tomllib.TOMLDecodeError as error:
            number, what = _place(str(error), len(lines))
            mistakes.append(Mistake(number, "", f"this is not TOML: {what}."))
            if not lines[number - 1 :] or not lines[number - 1].strip() or len(mistakes) == _MOST_SYNTAX:
                return {}, mistakes
            lines[number - 1] = ""
        except RecursionError:
            return {}, [Mistake(1, "", "this is nested too deep.")]


def _place(words: str, last: int) -> tuple[int, str]:
    """Take an error of tomllib apart: `Invalid value (at line 2, column 8)`, or `(at end of document)`."""
    what, _, place = words.rpartition(" (at ")
    digits = place.removeprefix("line ").partition(",")[0]
    return (int(digits) if digits.isdigit() else max(last, 1)), what or words


class _Reading:
    """Walks through one file, and collects what it says and what is wrong with it."""

    def __init__(self, lines: "TomlLines", folder: Path, screen: bool) -> None:
        self.values: dict[tuple[str, ...], object] = {}
        self.sections: dict[str, object] = {}
        self.mistakes: list[Mistake] = []
        self.lines = lines
        self._folder = folder
        self._screen = screen

    def take(self, table: Mapping[str, object], above: tuple[str, ...]) -> None:
        """Take what a table says."""
        for key, value in table.items():
            path = (*above, key)
            section = next((one for one in SECTIONS if (one.name,) == path), None)
            setting = next((one for one in SETTINGS if one.path == path), None)
            if section is not None:
                self._take_section(section, value)
            elif setting is not None:
                self._take_value(setting, path, value)
            elif any(one.path[: len(path)] == path for one in SETTINGS):
                self._take_table(path, value)
            else:
                self._tell(path, f"there is no setting {key!r}.{_advice(path)}")

    def check_default_server(self) -> None:
        """Tell where the server that is to answer is none of those that the file names."""
        named, servers = self.values.get(("server",)), self.sections.get(SERVERS)
        if isinstance(named, str) and servers and not (self.values.get(("pool",)) and named.strip().casefold() == POOL):
            from ui.server_reader import ConfiguredServer, misnamed

            fault = misnamed(named, cast(Sequence[ConfiguredServer], servers))
            if fault:
                self._tell(("server",), fault)

    def check_pool(self) -> None:
        """Tell where a server of the pool is none of those that the file names."""
        if ("pool",) in self.values:
            from ui.chosen_pool import unpooled
            from ui.server_reader import ConfiguredServer

            servers = cast(Sequence[ConfiguredServer], self.sections.get(SERVERS) or ())
            fault = unpooled(cast(Sequence[str], self.values["pool",]), [one.settings.name for one in servers])
            if fault:
                self._tell(("pool",), fault)
                del self.values["pool",]

    def _take_value(self, setting: Setting, path: tuple[str, ...], value: object) -> None:
        try:
            self.values[path] = setting.kind.check(value)
        except Wrong as error:
            self._tell(path, str(error))

    def _take_table(self, path: tuple[str, ...], value: object) -> None:
        if isinstance(value, dict):
            self.take(value, path)
        else:
            name = ".".join(path)
            self._tell(path, f"{name} is a table: write [{name}], and below it a line for each setting.")

    def _take_section(self, section: Section, value: object) -> None:
        if not isinstance(value, dict):
            name = section.name
            self._tell((name,), f"{name} is a table: write [{name}], and below it a line for each setting.")
        elif self._screen or not section.only_screen:
            self.sections[section.name] = section.check(value, self._tell, self._folder)

    def _tell(self, path: tuple[str, ...], what: str) -> None:
        self.mistakes.append(Mistake(self.lines.of(path), ".".join(path), what))


def _advice(path: tuple[str, ...]) -> str:
    """What may have been meant by a key that there is not."""
    *above, key = path
    elsewhere = next((one for one in SETTINGS if one.path[-1] == key), None)
    if elsewhere is not None:
        table = ".".join(elsewhere.path[:-1])
        return f" It belongs below [{table}]." if table else " It stands in no table."
    return suggestion(key, sorted(set(_siblings(tuple(above)))))


def _siblings(above: tuple[str, ...]) -> Iterable[str]:
    for setting in SETTINGS:
        if len(setting.path) > len(above) and setting.path[: len(above)] == above:
            yield setting.path[len(above)]
    if not above:
        yield from (section.name for section in SECTIONS)

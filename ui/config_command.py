"""`chinwag config`: the configuration file, written, checked and shown."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from protocol.errors import InterfaceError
from protocol.json_text import json_text
from protocol.message import Value
from protocol.server_address import concealed
from ui.config_arguments import ConfigOptions
from ui.configuration_file import ConfigurationFile, examine, read_text
from ui.configuration_keys import SECTIONS, SERVERS, SETTINGS
from ui.configuration_kinds import Address
from ui.configuration_sample import sample, toml
from ui.exit_status import DONE, USAGE
from ui.sanitiser import sanitise
from ui.settled import Settled

_HIDDEN = "***"


class ShownSetting(Value, frozen=True):
    """One setting as `config show --json` prints it."""

    name: str
    value: object
    source: str
    """`default`, a file with its line, a variable, or a flag."""


class ConfigCommand:
    """One run of the command. Raises InterfaceError for what cannot be done, and OSError where nothing can be printed.

    `path` is where the file is looked for; `complain` takes a sentence for standard error.
    """

    def __init__(self, path: Path, out: TextIO, complain: Callable[[str], None]) -> None:
        self._path = path
        self._out = out
        self._complain = complain

    def run(self, options: ConfigOptions, settled: Settled) -> int:
        """Do what was asked for, and return the exit status."""
        match options.action:
            case "init":
                self._init(options)
            case "check":
                return self._check(Path(options.file) if options.file is not None else None)
            case "path":
                self._out.write(f"{self._path}\n")
            case _:
                self._show(settled, options.as_json)
        return DONE

    def _init(self, options: ConfigOptions) -> None:
        if options.to_stdout:
            self._out.write(sample())
            return
        self._write(options.force)
        self._out.write(f"Wrote {sanitise(str(self._path))}. Nothing is changed until a line of it is.\n")

    def _write(self, force: bool) -> None:
        flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
        try:
            if not self._path.parent.is_dir():
                self._path.parent.mkdir(parents=True)
            descriptor = os.open(self._path, flags, 0o600)  # it may come to hold a password
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(sample())
        except FileExistsError as error:
            if not self._path.exists():
                what, advice = f"{self._path.parent} is no folder.", "Name another file with --config."
                raise InterfaceError(what, advice) from error
            what = f"{self._path} is there already."
            raise InterfaceError(what, "Write over it with --force, or print a new one with --stdout.") from error
        except OSError as error:
            what = f"{self._path} cannot be written: {error.strerror}."
            raise InterfaceError(what, "Name another file with --config.") from error

    def _check(self, named: Path | None) -> int:
        path = named or self._path
        text = read_text(path)
        if text is None and named is None:
            self._out.write(f"There is no file {sanitise(str(path))}: all is as it comes.\n")
            return DONE
        if text is None:
            raise InterfaceError(f"There is no file {path}.", "Name another one.")
        _, mistakes = examine(text, str(path), path.parent)
        for mistake in mistakes:
            self._out.write(sanitise(f"{path}: {mistake}\n"))
        if not mistakes:
            self._out.write(f"{sanitise(str(path))} is well.\n")
        return USAGE if mistakes else DONE

    def _show(self, settled: Settled, as_json: bool) -> None:
        shown = list(_shown(settled))
        if as_json:
            self._out.write(json_text(shown))
            return
        width = max(len(one.name) for one in shown)
        for one in shown:
            self._out.write(sanitise(f"{one.name:<{width}} = {toml(one.value)}  # {one.source}\n"))


def _shown(settled: Settled) -> Iterator[ShownSetting]:
    """What holds, in the order of the table; then what the file says in tables that have a check of their own."""
    for setting in SETTINGS:
        found = settled.find(setting.name)
        value = concealed(str(found.value)) if isinstance(setting.kind, Address) else found.value
        yield ShownSetting(setting.name, value, found.source)
    if settled.file.text:
        yield from _shown_sections(settled.file)


def _shown_sections(file: ConfigurationFile) -> Iterator[ShownSetting]:
    import tomllib  # only where there is a file

    written = tomllib.loads(file.text)
    for section in SECTIONS:
        for path, value in _flat((section.name,), written.get(section.name, {})):
            yield ShownSetting(".".join(path), _fit_to_be_shown(path, value), file.place(path))


def _flat(above: tuple[str, ...], value: object) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat((*above, key), inner)
    else:
        yield above, value


def _fit_to_be_shown(path: tuple[str, ...], value: object) -> object:
    """Headers may say who asks, and so may addresses."""
    if path[0] == SERVERS and "headers" in path:
        return _HIDDEN
    return concealed(value) if path[0] == SERVERS and isinstance(value, str) else value

"""What a user has chosen for good of the looks and the keys, for the screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from urwid.command_map import Command

from protocol.presets import PresetSettings
from ui.configuration_file import ConfigurationFile, parse_file
from ui.configured_keys import Keys
from ui.keys import Action
from ui.themes import ThemeName


@dataclass(frozen=True)
class Configuration:
    """What holds where the command line says nothing else."""

    theme: ThemeName | None = None
    """None where nobody has named one: NO_COLOR is heeded then."""
    keys: Mapping[Action | Command, tuple[str, ...]] = field(default_factory=dict)
    """Keys in urwid's names, for the actions that have others than those of the table."""
    presets: tuple[PresetSettings, ...] = ()


NOTHING_CONFIGURED = Configuration()
"""All as it comes."""


def parse_configuration(text: str, name: str, folder: Path) -> Configuration:
    """Parse what a file of this name says. Raises InterfaceError that names every mistake with its line.

    Other files that it names are looked for from `folder` on.
    """
    file = parse_file(text, name, folder)
    named = file.values.get(("theme",))
    theme = ThemeName(named) if isinstance(named, str) else None
    presets = cast(tuple[PresetSettings, ...], file.sections.get("presets", ()))
    return Configuration(theme, cast(Keys, file.sections.get("keys", {})), presets)


def configure(file: ConfigurationFile, theme: ThemeName | None) -> Configuration:
    """Return the keys of a file that was read without them, and this theme. Raises InterfaceError as above."""
    if not file.path:
        return Configuration(theme)
    return replace(parse_configuration(file.text, file.path, Path(file.path).parent), theme=theme)

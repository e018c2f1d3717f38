"""The presets of the configuration file: the tables `[presets.NAME]`."""

import re
from collections.abc import Mapping
from pathlib import Path

from protocol.duration import check_keep_alive
from protocol.options import Unfit, check_option
from protocol.parameter_changes import check_think
from protocol.parameters import FormatText, Parameters
from protocol.presets import PresetSettings
from protocol.reply_format import MAX_SCHEMA_BYTES, check_format
from protocol.suggestion import suggestion
from ui.configuration_keys import PRESETS, Tell
from ui.configured_table import TableReader

_KEYS = ("model", "system", "options", "think", "format", "keep_alive", "truncate", "shift")
_NAME = re.compile(r"\w[\w.-]*")
"""What can be typed behind /preset."""


def check_presets(table: Mapping[str, object], tell: Tell, folder: Path) -> tuple[PresetSettings, ...]:
    """Return the presets of the table `[presets]`, and tell what is wrong with them.

    Schemas are looked for from `folder` on.
    """
    return _Reading(tell, folder).presets(table)


class _Reading(TableReader):
    """Collects what the tables say."""

    def presets(self, tables: Mapping[str, object]) -> tuple[PresetSettings, ...]:
        found = [self._preset(name, table) for name, table in tables.items()]
        return tuple(preset for preset in found if preset is not None)

    def _preset(self, name: str, table: object) -> PresetSettings | None:
        place = (PRESETS, name)
        if not _NAME.fullmatch(name):
            self._mistake(place, f"{name!r} cannot be the name of a preset: use letters, digits, - and _.")
            return None
        if not isinstance(table, dict):
            self._mistake(place, f"{name} is a table: write [presets.{name}], and below it a line for each setting.")
            return None
        for key in table:
            if key not in _KEYS:
                self._mistake((*place, key), f"a preset has no {key!r}.{suggestion(key, _KEYS)}")
        model, system = self._text(place, table, "model"), self._text(place, table, "system")
        return PresetSettings(name, model or None, system, self._parameters(place, table))

    def _parameters(self, place: tuple[str, ...], table: Mapping[str, object]) -> Parameters:
        options = self._options(place, table.get("options", {}))
        think = self._checked(place, table, "think", check_think)
        wanted = self._checked(place, table, "format", self._format)
        keep_alive = self._checked(place, table, "keep_alive", lambda value: check_keep_alive(_as_text(value)))
        truncate = self._checked(place, table, "truncate", lambda value: _truth("truncate", value))
        shift = self._checked(place, table, "shift", lambda value: _truth("shift", value))
        return Parameters(options.options, think, wanted or "", keep_alive, truncate, shift)

    def _options(self, place: tuple[str, ...], table: object) -> Parameters:
        found = Parameters()
        if not isinstance(table, dict):
            self._mistake((*place, "options"), "options is a table: options = { temperature = 0.2 }.")
            return found
        for name, value in table.items():
            try:
                option = check_option(name, value)
            except Unfit as error:
                self._mistake((*place, "options", name), str(error))
            else:
                found = found.with_option(option.name, option.value)
        return found

    def _text(self, place: tuple[str, ...], table: Mapping[str, object], key: str) -> str:
        value = table.get(key, "")
        if isinstance(value, str):
            return value.strip()
        self._mistake((*place, key), f"{key} is a text: write it in quotes.")
        return ""

    def _format(self, value: object) -> FormatText:
        """`json`, a schema, or the name of a file with one."""
        if not isinstance(value, str) or not value.strip():
            raise Unfit("format takes 'json', or the name of a file with a JSON schema.")
        if value.strip().startswith("{") or value.strip() == "json":
            return FormatText(check_format(value))
        path = self._folder / Path(value).expanduser()
        try:
            with path.open("rb") as file:
                text = file.read(MAX_SCHEMA_BYTES + 1).decode("utf-8-sig")
        except (OSError, ValueError, RuntimeError) as error:
            raise Unfit(f"the file {path} cannot be read: {error}.") from error
        return FormatText(check_format(text))


def _as_text(value: object) -> str:
    """A number of seconds may be written as one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return repr(value)
    return str(value)


def _truth(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit(f"{name} takes true or false.")
    return value

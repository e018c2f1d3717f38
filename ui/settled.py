"""What holds in this run: the file says it, the environment wins over the file, the command line over both."""

from collections.abc import Mapping

from protocol.errors import InterfaceError
from protocol.message import Value
from ui.configuration_file import NO_FILE, ConfigurationFile
from ui.configuration_keys import SETTINGS, Setting
from ui.configuration_kinds import Wrong

DEFAULT = "default"
_BY_NAME = {setting.name: setting for setting in SETTINGS}


class Found(Value, frozen=True):
    """A value, and where it comes from."""

    value: object
    source: str
    """`default`, a file with its line, a variable, or a flag."""


class Settled:
    """The settings of one run. `flags` are those that were given, by the names of their settings.

    `lenient`: a variable that makes no sense counts as not set.
    """

    def __init__(
        self,
        file: ConfigurationFile = NO_FILE,
        environment: Mapping[str, str] | None = None,
        flags: Mapping[str, object] | None = None,
        lenient: bool = False,
    ) -> None:
        self.lenient = lenient
        self.file = file
        self._environment = environment or {}
        self._flags = flags or {}

    def find(self, name: str) -> Found:
        """Return what holds. Raises InterfaceError for an environment variable that makes no sense."""
        setting = _BY_NAME[name]
        flag = self._flags.get(name)
        if flag is not None:
            return Found(flag, setting.flag or "the command line")
        text = self._environment.get(setting.variable, "").strip() if setting.variable else ""
        if text and not (self.lenient and not _makes_sense(setting, text)):
            return Found(_parsed(setting, text), setting.variable)
        if setting.path in self.file.values:
            return Found(self.file.values[setting.path], self.file.place(setting.path))
        return Found(setting.default, DEFAULT)

    def is_set(self, name: str) -> bool:
        """Tell whether anybody said anything of it."""
        return self.find(name).source != DEFAULT

    def text(self, name: str) -> str:
        """The value of a setting that is a text, or a choice; empty where nothing is set."""
        return str(self.find(name).value)

    def whole(self, name: str) -> int:
        """The value of a setting that is a whole number."""
        value = self.find(name).value
        assert isinstance(value, int)
        return value

    def seconds(self, name: str) -> float:
        """The value of a setting that is a time limit."""
        value = self.find(name).value
        assert isinstance(value, int | float)
        return float(value)

    def yes(self, name: str) -> bool:
        """The value of a setting that is a switch."""
        return bool(self.find(name).value)

    def variable(self, name: str) -> str:
        """What the environment says; empty where it says nothing."""
        return self._environment.get(name, "").strip()

    def section(self, name: str) -> object | None:
        """What the check of a section made of its table; None where a file has none."""
        return self.file.sections.get(name)


def _makes_sense(setting: Setting, text: str) -> bool:
    try:
        setting.kind.parse(text)
    except Wrong:
        return False
    return True


def _parsed(setting: Setting, text: str) -> object:
    try:
        return setting.kind.parse(text)
    except Wrong as error:
        what, advice = f"{setting.variable}: {error}", "Change or unset it."
        raise InterfaceError(what, advice) from error

"""The tables of README that are about the command line and its settings."""

from collections.abc import Iterable

from ui.configuration_keys import SECTIONS, SETTINGS, Setting
from ui.configuration_sample import toml
from ui.environment import environment
from ui.exit_status import EXIT_STATUSES


def settings() -> str:
    """Every setting, with whatever else sets it."""
    rows = [(f"`{one.name}`", _default(one), _what(one), _flag(one)) for one in SETTINGS]
    rows += [(f"`[{one.name}]`", "", one.help, "") for one in SECTIONS]
    return _table(("setting", "default", "what it is", "flag"), rows)


def variables() -> str:
    """Every variable of the environment that is heeded."""
    return _table(("variable", "what it is for"), ((_quoted(name), meaning) for name, meaning in environment()))


def statuses() -> str:
    """The exit statuses."""
    return _table(("status", "what it says"), EXIT_STATUSES)


def _default(setting: Setting) -> str:
    return "" if setting.default in ("", ()) else f"`{toml(setting.default)}`"


def _what(setting: Setting) -> str:
    return f"{setting.help.removesuffix('.')} ({setting.kind.described})"


def _flag(setting: Setting) -> str:
    name, _, of = setting.flag.partition(" ")
    return f"`{name}` {of}".strip() if name else ""


def _quoted(names: str) -> str:
    return ", ".join(f"`{name}`" for name in names.split(", "))


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |") for line in lines)

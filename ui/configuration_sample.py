"""The commented default: a configuration file in which every setting is explained, and none is changed."""

import json
from collections.abc import Iterator

from ui.configuration_keys import SECTIONS, SETTINGS, Setting

_HEAD = """\
# What chinwag does where neither a flag nor an environment variable says anything else.
# Every setting is here with what holds without it; take the # away before one to change it.
# `chinwag config check` names the line of every mistake, `chinwag config show` what holds now.
"""


def sample() -> str:
    """Return the text of the file."""
    return "".join(f"{line}\n" for line in _lines())


def toml(value: object) -> str:
    """Write a value as TOML: text, a number, or true and false, which JSON writes in the same way."""
    return json.dumps(value, ensure_ascii=False)


def _lines() -> Iterator[str]:
    yield _HEAD.rstrip("\n")
    table: tuple[str, ...] = ()
    for setting in SETTINGS:
        *above, key = setting.path
        if tuple(above) != table:
            table = tuple(above)
            yield from ("", f"[{'.'.join(table)}]")
        yield from ("", *_explained(setting), f"# {key} = {toml(_shown(setting))}")
    for section in SECTIONS:
        yield from ("", f"# {section.help}", f"[{section.name}]")
        yield from (f"# {line}" for line in section.sample())


def _explained(setting: Setting) -> Iterator[str]:
    yield f"# {setting.help} ({setting.kind.described})"
    others = [f"environment: {setting.variable}"] if setting.variable else []
    others += [f"flag: {setting.flag}"] if setting.flag else []
    if others:
        yield f"# {'; '.join(others)}"


def _shown(setting: Setting) -> object:
    return setting.example if setting.default in ("", ()) and setting.example is not None else setting.default

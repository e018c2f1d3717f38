"""What is set in a chat, in a few words for a status line."""

from protocol.options import BY_NAME, shown
from protocol.parameters import Option, Parameters
from protocol.reply_format import ANY_JSON

_SAID = 3
"""So many at most; of more, how many more there are."""


def brief(parameters: Parameters) -> str:
    """Return `temp 0.2, json` and the like; empty where nothing is set."""
    words = [*map(_option, parameters.options), *_others(parameters)]
    more = len(words) - _SAID
    return ", ".join([*words[:_SAID], *([f"{more} more"] if more > 0 else [])])


def _option(option: Option) -> str:
    row = BY_NAME.get(option.name)
    name = row.short if row is not None and row.short else option.name
    return f"{name} {shown(option.value)}"


def _others(parameters: Parameters) -> list[str]:
    switches = {"truncate": parameters.truncate, "shift": parameters.shift}
    found = []
    if parameters.think is not None:
        found.append("no thinking" if parameters.think is False else f"think {_level(parameters.think)}".rstrip())
    if parameters.format:
        found.append("json" if parameters.format == ANY_JSON else "schema")
    if parameters.keep_alive is not None:
        found.append(f"keep {parameters.keep_alive}")
    return [*found, *(f"{name} {'on' if on else 'off'}" for name, on in switches.items() if on is not None)]


def _level(think: bool | str) -> str:
    return think if isinstance(think, str) else ""

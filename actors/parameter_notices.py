"""The answers to /set, /show and /preset: text from what is set."""

from collections.abc import Iterable
from typing import assert_never

from protocol.duration import lasts
from protocol.models import InstalledModel
from protocol.options import BY_NAME, OPTIONS, shown
from protocol.parameter_changes import (
    ParameterChange,
    ResetParameters,
    SetFormat,
    SetKeepAlive,
    SetOption,
    SetShift,
    SetThink,
    SetTruncate,
)
from protocol.parameters import Parameters, Think
from protocol.presets import PresetSettings
from protocol.reply_format import ANY_JSON

_FROM_NOW = "from the next prompt on"
_THINKING = "thinking"
_LEVELLED = frozenset({"gptoss", "gpt-oss"})
"""Families that think at levels and always (server/images.go)."""
_SHOWN_SCHEMA = 300
_COLUMNS = 18
_VALUE_COLUMNS = 8
_OTHERS = (
    ("think", "whether, or how much, the model thinks"),
    ("format", "json, or a file with a schema, for replies"),
    ("keep_alive", "how long the model stays loaded, such as 10m"),
    ("truncate", "whether old messages may be left out"),
    ("shift", "whether the oldest tokens may be forgotten"),
)


def describe_change(change: ParameterChange, before: Parameters) -> str:
    """Say what a change does."""
    match change:
        case SetOption(name=name, value=value):
            if value is None:
                return _taken_back(name, before.option(name) is not None)
            return f"{name} is {shown(value)} {_FROM_NOW}."
        case SetThink(value=value):
            return _describe_think(value, before.think is not None)
        case SetFormat(format=""):
            return f"Replies are text {_FROM_NOW}."
        case SetFormat(format=wanted, source=source):
            what = "JSON" if wanted == ANY_JSON else f"JSON that fits the schema{f' in {source}' if source else ''}"
            return f"Replies are {what} {_FROM_NOW}. Ask for it in the prompt, too: the model is not told of it."
        case SetKeepAlive(duration=duration):
            if duration is None:
                return _taken_back("keep_alive", before.keep_alive is not None)
            return f"The model stays loaded {lasts(duration)} after a reply, {_FROM_NOW}."
        case SetTruncate(on=on):
            return _describe_switch("truncate", on, before.truncate)
        case SetShift(on=on):
            return _describe_switch("shift", on, before.shift)
        case ResetParameters():
            return "Nothing is set any more." if not before.empty else "Nothing is set."
        case _:
            assert_never(change)


def describe_parameters(parameters: Parameters) -> str:
    """Say what is set, a line each."""
    if parameters.empty:
        return "Nothing is set in this chat: the server decides. /set lists what can be set."
    values = [f"  {name:<{_COLUMNS}}{value}" for name, value in _values(parameters).items()]
    return "\n".join(["Sent along with each prompt of this chat:", *values, "/set NAME - puts the default back."])


def list_parameters(parameters: Parameters) -> str:
    """Say what can be set, a line each, with what is set."""
    values = _values(parameters, schema=False)
    rows = [(row.name, f"{row.meaning}{' (reloads)' if row.reloads else ''}") for row in OPTIONS]
    lines = [
        f"{'*' if name in values else ' '} {name:<{_COLUMNS}}{values.get(name, '-'):<{_VALUE_COLUMNS}} {meaning}"
        for name, meaning in (*rows, *_OTHERS)
    ]
    how = "/set NAME VALUE sets one, /set NAME - resets it, /set - all, /set NAME tells."
    return "\n".join(["What can be set (* is set in this chat):", *lines, how])


def describe_option(name: str, parameters: Parameters) -> str:
    """Say what an option means, what it takes, and what it is."""
    row, value = BY_NAME[name], parameters.option(name)
    special = f"{row.special[:1].upper()}{row.special[1:]}." if row.special else ""
    default = f"The server's default: {row.default}." if row.default else ""
    now = "It is not set in this chat." if value is None else f"In this chat it is {shown(value)}."
    reload = "The server loads the model anew for another value." if row.reloads else ""
    unit = f" ({row.unit})" if row.unit else ""
    words = [f"{name}: {row.meaning}{unit}.", f"It takes {row.takes}.", special, default, reload, now]
    return " ".join(word for word in words if word)


def describe_reload(model: str, names: Iterable[str]) -> str:
    """Say, before a prompt is sent, that the server loads a model anew for it."""
    return f"The server loads {model} anew for this prompt: {_listed(names)} changed."


def describe_coming_reload(model: str) -> str:
    """Say, as something is set, that a model that is loaded will be loaded anew."""
    return f"The server then loads {model} anew, which may take a while."


def refuses_think(value: Think | None, model: InstalledModel | None) -> str:
    """Say that a model cannot think as it is to; empty where it can, and where nobody knows."""
    if model is None or not model.capabilities or not value:
        return ""
    if _THINKING not in model.capabilities:
        return f"{model.name} cannot think, so the server would refuse every prompt. Choose another with /model first."
    return ""


def remark_think(value: Think | None, model: InstalledModel | None) -> str:
    """Say what a model makes of it otherwise than one would think."""
    if model is None or value is None or _THINKING not in model.capabilities:
        return ""
    levelled = model.family in _LEVELLED
    if levelled and isinstance(value, bool):
        return f"{model.name} always thinks: low, medium or high say how much."
    if not levelled and isinstance(value, str):
        return f"{model.name} may know no levels: then it just thinks."
    return ""


def thinks_in_vain(parameters: Parameters, model: InstalledModel | None) -> str:
    """Say that a model cannot think, which it is set to; empty where it can, and where nobody knows."""
    if model is None or not refuses_think(parameters.think, model):
        return ""
    return f"{model.name} cannot think, but think is set, and the server refuses that: /set think - takes it back."


def describe_presets(presets: Iterable[PresetSettings]) -> str:
    """Say which presets there are, a line each."""
    lines = [f"  {preset.name:<{_COLUMNS}}{_contents(preset)}" for preset in presets]
    if not lines:
        return "There are no presets. A table [presets.NAME] in the configuration file makes one."
    return "\n".join(["Presets (use one with /preset NAME):", *lines])


def describe_preset(preset: PresetSettings) -> str:
    """Say what a preset has set."""
    return f"The preset {preset.name} holds {_FROM_NOW}: {_contents(preset)}."


def _describe_think(value: Think | None, was_set: bool) -> str:
    match value:
        case None:
            return _taken_back("think", was_set)
        case bool():
            return f"The model {'thinks' if value else 'does not think'} {_FROM_NOW}."
        case _:
            return f"The model thinks {_FROM_NOW}: {value}."


def _describe_switch(name: str, on: bool | None, before: bool | None) -> str:
    if on is None:
        return _taken_back(name, before is not None)
    return f"{name} is {'on' if on else 'off'} {_FROM_NOW}."


def _taken_back(name: str, was_set: bool) -> str:
    return f"{name} is the default again {_FROM_NOW}." if was_set else f"{name} is the default: it was not set."


def _values(parameters: Parameters, schema: bool = True) -> dict[str, str]:
    """What is set, as it is typed."""
    switches = {"truncate": parameters.truncate, "shift": parameters.shift}
    found = {option.name: shown(option.value) for option in parameters.options}
    if parameters.think is not None:
        found["think"] = parameters.think if isinstance(parameters.think, str) else shown(parameters.think)
    if parameters.format:
        text = parameters.format if len(parameters.format) <= _SHOWN_SCHEMA else f"{parameters.format[:_SHOWN_SCHEMA]}…"
        found["format"] = "json" if parameters.format == ANY_JSON else text if schema else "a schema"
    if parameters.keep_alive is not None:
        found["keep_alive"] = parameters.keep_alive
    return {**found, **{name: "on" if on else "off" for name, on in switches.items() if on is not None}}


def _contents(preset: PresetSettings) -> str:
    named = [f"model {preset.model}"] if preset.model else []
    named += ["a system prompt"] if preset.system else []
    named += [f"{name} {value}" for name, value in _values(preset.parameters, schema=False).items()]
    return ", ".join(named) or "nothing"


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last

"""The texts of `/set` and `/show`, as in `ollama run`, and what they ask for."""

from collections.abc import Callable, Mapping

from protocol.commands import (
    Advice,
    Command,
    Set,
    SetFormatFile,
    Settings,
    SettingsShown,
    System,
    Unknown,
)
from protocol.duration import check_keep_alive
from protocol.model_commands import ModelPart, ShowModel
from protocol.options import BY_NAME, Kind, Unfit, read_option, row_of
from protocol.parameter_changes import (
    LEVELS,
    ParameterChange,
    ResetParameters,
    SetFormat,
    SetKeepAlive,
    SetOption,
    SetShift,
    SetThink,
    SetTruncate,
    check_think,
)
from protocol.quoting import unquoted
from protocol.reply_format import check_format

DEFAULT = "-"
"""In the place of a value: the default again."""
ON_OFF = ("on", "off")
_TRUTHS = {**dict.fromkeys(("on", "true", "yes"), True), **dict.fromkeys(("off", "false", "no"), False)}
_REMEMBERED = (
    "chinwag remembers what you send, for Up and Ctrl-R in later runs too. Start it with OLLAMA_NOHISTORY=1, and it "
    "does not."
)
_WRAPPED = "Lines are always wrapped to the width of the window here."
_TOLD = "The status line always tells the speed, and how full the context is."
_ELSEWHERE: Mapping[str, str] = {
    "history": _REMEMBERED,
    "nohistory": _REMEMBERED,
    "wordwrap": _WRAPPED,
    "nowordwrap": _WRAPPED,
    "verbose": _TOLD,
    "quiet": _TOLD,
}
"""What `ollama run` has, and what there is here instead."""


def parse_set(rest: str) -> Command | None:
    """Parse what follows `/set`. A mistake is an Unknown that says it."""
    name, *more = rest.split(maxsplit=1) or [""]
    try:
        return _parse(name, "".join(more).strip())
    except Unfit as error:
        return Unknown(str(error))


def parse_show(rest: str) -> Command | None:
    """Parse what follows `/show`: a part of what is known of a model, a model, or both; a word that is no part is a
    model. Parameters and system prompt are those of the chat, where no model is named."""
    match rest.split():
        case []:
            return ShowModel()
        case [word] if word.lower() in ("parameters", "parameter"):
            return SettingsShown()
        case [word] if word.lower() == "system":
            return System("")
        case [word]:
            return ShowModel(_PARTS[word.lower()]) if word.lower() in _PARTS else ShowModel(name=word)
        case [part, name] if part.lower() in _PARTS:
            return ShowModel(_PARTS[part.lower()], name)
        case _:
            return None


def _parse(name: str, value: str) -> Command:
    word = name.lower()
    if not word:
        return Settings()
    if word == DEFAULT and not value:
        return Set(ResetParameters())
    if word in _ELSEWHERE and not value:
        return Advice(_ELSEWHERE[word])
    if word in ("parameter", "parameters"):
        option, *more = value.split(maxsplit=1) or [""]
        return _option(option, "".join(more)) if option else Settings()
    parse = _BY_NAME.get(word)
    return parse(value) if parse is not None else _option(name, value)


def _option(name: str, value: str) -> Command:
    row = row_of(name)
    if not value:
        return Settings(row.name)
    if value == DEFAULT:
        return Set(SetOption(row.name, None))
    read = read_option(row.name, value)
    return Set(SetOption(read.name, read.value))


def _system(value: str) -> Command:
    """Quotes in threes are what `ollama run` has around a text of several lines."""
    if len(value) > 5 and value.startswith(_QUOTES) and value.endswith(_QUOTES):
        value = value[3:-3].strip()
    return System(value)


def _format(value: str) -> Command:
    if not value:
        return Unknown("Write it like /set format json, or /set format FILE with a JSON schema in it; - for none.")
    if value == DEFAULT:
        return Set(SetFormat(""))
    if value.lower() == "json" or value.startswith("{"):
        return Set(SetFormat(check_format(value.lower() if value.lower() == "json" else value)))
    return SetFormatFile(unquoted(value.removeprefix("@")))  # with which it is completed


def _noformat(value: str) -> Command:
    return _alone(value, "noformat", SetFormat(""))


def _think(value: str) -> Command:
    if value == DEFAULT:
        return Set(SetThink(None))
    word = value.lower()
    return Set(SetThink(check_think(_TRUTHS.get(word, word) if value else True)))


def _nothink(value: str) -> Command:
    return _alone(value, "nothink", SetThink(False))


def _keep_alive(value: str) -> Command:
    return Set(SetKeepAlive(None if value == DEFAULT else check_keep_alive(value)))


def _truncate(value: str) -> Command:
    return Set(SetTruncate(_truth("truncate", value)))


def _shift(value: str) -> Command:
    return Set(SetShift(_truth("shift", value)))


def _truth(name: str, value: str) -> bool | None:
    if value == DEFAULT:
        return None
    if value.lower() not in _TRUTHS:
        raise Unfit(f"{name} takes on or off, not {value[:40] or 'nothing'}.")
    return _TRUTHS[value.lower()]


def _alone(value: str, name: str, change: ParameterChange) -> Command:
    return Unknown(f"Write it like /set {name}.") if value else Set(change)


_PARTS: Mapping[str, ModelPart] = {part.value: part for part in ModelPart}
_QUOTES = '"' * 3
_BY_NAME: Mapping[str, Callable[[str], Command]] = {
    "system": _system,
    "format": _format,
    "noformat": _noformat,
    "think": _think,
    "nothink": _nothink,
    "keep_alive": _keep_alive,
    "keepalive": _keep_alive,
    "truncate": _truncate,
    "shift": _shift,
}
WAYS_TO_GO_ON: Mapping[str, tuple[str, ...]] = {
    "think": ("true", "false", *LEVELS, DEFAULT),
    "format": ("json", DEFAULT),
    "keep_alive": ("10m", "1h", "0", "-1", DEFAULT),
    "truncate": (*ON_OFF, DEFAULT),
    "shift": (*ON_OFF, DEFAULT),
}
"""Values that are offered after a name."""
NAMES = (*BY_NAME, "system", "format", "noformat", "think", "nothink", "keep_alive", "truncate", "shift", "parameter")
"""What can follow `/set`, and is offered."""


def values_of(name: str) -> tuple[str, ...]:
    """Return values that are offered for what can be set: all that are words, and what takes it back."""
    row = BY_NAME.get(name)
    if row is not None:
        return ("true", "false", DEFAULT) if row.kind is Kind.SWITCH else (DEFAULT,)
    return WAYS_TO_GO_ON.get(name, ())

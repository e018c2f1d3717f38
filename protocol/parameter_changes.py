"""What a user changes of the parameters of a conversation, one at a time, and what holds then."""

from typing import assert_never

from msgspec.structs import replace

from protocol.duration import check_keep_alive
from protocol.message import Message
from protocol.options import Unfit, check_option
from protocol.parameters import NOTHING_SET, Option, OptionValue, Parameters, Think
from protocol.reply_format import check_format

LEVELS = ("low", "medium", "high", "max")
"""How much a model thinks, where it has levels (api/types.go, `ThinkValue`)."""


class SetOption(Message, frozen=True):
    """An option is this; None for the server's default."""

    name: str
    value: OptionValue | None


class SetThink(Message, frozen=True):
    """Whether, or how much, the model thinks; None leaves it to the model."""

    value: Think | None


class SetFormat(Message, frozen=True):
    """What replies look like: a FormatText, empty for none."""

    format: str
    source: str = ""
    """The file that it comes from, if one."""


class SetKeepAlive(Message, frozen=True):
    """How long the model stays loaded; None leaves it to the server."""

    duration: str | None


class SetTruncate(Message, frozen=True):
    """Whether old messages may be left out where all do not fit."""

    on: bool | None


class SetShift(Message, frozen=True):
    """Whether the oldest tokens may be forgotten when the context is full."""

    on: bool | None


class ResetParameters(Message, frozen=True):
    """Nothing is set any more."""


ParameterChange = SetOption | SetThink | SetFormat | SetKeepAlive | SetTruncate | SetShift | ResetParameters


def changed(parameters: Parameters, change: ParameterChange) -> Parameters:
    """Return what holds after a change."""
    match change:
        case SetOption(name=name, value=value):
            return parameters.with_option(name, value)
        case SetThink(value=think):
            return replace(parameters, think=think)
        case SetFormat(format=wanted):
            return replace(parameters, format=wanted)
        case SetKeepAlive(duration=duration):
            return replace(parameters, keep_alive=duration)
        case SetTruncate(on=on):
            return replace(parameters, truncate=on)
        case SetShift(on=on):
            return replace(parameters, shift=on)
        case ResetParameters():
            return NOTHING_SET
        case _:
            assert_never(change)


def check_think(value: object) -> Think:
    """Return whether a model is to think, as it is sent: a truth, or one of LEVELS. Raises Unfit, in words."""
    match value:
        case bool():
            return value
        case str() if value in LEVELS:
            return value
        case _:
            written = value[:40] if isinstance(value, str) and value else "that"
            raise Unfit(f"think takes true, false, {', '.join(LEVELS[:-1])} or {LEVELS[-1]}, not {written}.")


def check_parameters(parameters: Parameters) -> Parameters:
    """Return parameters of which nobody knows who wrote them, as they could have been set. Raises Unfit, in words."""
    options: list[Option] = [check_option(option.name, option.value) for option in parameters.options]
    found = Parameters.of_options({option.name: option.value for option in options})
    keep_alive = parameters.keep_alive
    return replace(
        found,
        think=None if parameters.think is None else check_think(parameters.think),
        format=check_format(parameters.format) if parameters.format else "",
        keep_alive=None if keep_alive is None else check_keep_alive(keep_alive),
        truncate=parameters.truncate,
        shift=parameters.shift,
    )

"""What `chinwag ask` sets for its requests: options, format, thinking, and how long the model stays."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from protocol.duration import check_keep_alive
from protocol.options import Unfit, read_option
from protocol.parameter_changes import LEVELS
from protocol.parameters import FormatText, Option, Parameters, Think
from protocol.reply_format import MAX_SCHEMA_BYTES, check_format

_SWITCH = {"true": True, "false": False}

T = TypeVar("T")


def add_parameters(ask: argparse.ArgumentParser) -> None:
    """Add the flags."""
    ask.add_argument(
        "-O",
        "--option",
        dest="options",
        action="append",
        type=_checked(_option),
        metavar="NAME=VALUE",
        help="set one of Ollama's options, such as temperature=0.2; can be given several times",
    )
    ask.add_argument(
        "--format",
        type=_checked(_format),
        metavar="FILE",
        help="json, or a file with a JSON schema; a reply that does not fit it is status 1",
    )
    ask.add_argument(
        "--think",
        type=_checked(_think),
        metavar="LEVEL",
        help=f"whether the model thinks, or how much: {', '.join((*_SWITCH, *LEVELS))}",
    )
    ask.add_argument(
        "--keep-alive",
        type=_checked(check_keep_alive),
        metavar="DURATION",
        help="how long the model stays loaded afterwards, such as 10m; 0 unloads it, -1 keeps it",
    )


def parse_parameters(parsed: argparse.Namespace) -> Parameters:
    """Return what was set."""
    found = Parameters(
        think=getattr(parsed, "think", None),
        format=getattr(parsed, "format", ""),
        keep_alive=getattr(parsed, "keep_alive", None),
    )
    for option in getattr(parsed, "options", []):
        found = found.with_option(option.name, option.value)
    return found


def _checked(read: Callable[[str], T]) -> Callable[[str], T]:
    """What is unfit is wrong usage, in the words of who says so."""

    def checked(text: str) -> T:
        try:
            return read(text)
        except Unfit as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return checked


def _option(text: str) -> Option:
    name, equals, value = text.partition("=")
    if not equals:
        raise Unfit(f"write it as NAME=VALUE, not {text!r}")
    return read_option(name.strip(), value)


def _think(text: str) -> Think:
    level = text.strip().lower()
    if level not in (*_SWITCH, *LEVELS):
        raise Unfit(f"there is no level {text!r}: use one of {', '.join((*_SWITCH, *LEVELS))}")
    return _SWITCH.get(level, level)


def _format(text: str) -> FormatText:
    """`json`, a schema, or the name of a file with one."""
    if text.strip() == "json" or text.lstrip().startswith("{"):
        return FormatText(check_format(text))
    try:
        with Path(text).expanduser().open("rb") as file:
            return FormatText(check_format(file.read(MAX_SCHEMA_BYTES + 1).decode("utf-8-sig")))
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, Unfit):
            raise
        raise Unfit(f"the file {text} cannot be read: {error}") from error

"""What several commands take on the command line, and the types of their arguments."""

import argparse
import math
import sys

from ui.configuration_keys import LEVELS
from ui.themes import ThemeName

Commands = argparse._SubParsersAction
"""Where commands are added. It has no other name; see the documentation of `add_subparsers`."""


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Leaves the lines of descriptions and epilogs as they are."""


def add_action(
    actions: "Commands[argparse.ArgumentParser]", name: str, purpose: str, epilog: str = "", absent: str | None = None
) -> argparse.ArgumentParser:
    """Add what a command can do. `absent` is what its arguments are where they are not given."""
    return actions.add_parser(
        name,
        help=purpose,
        description=f"{purpose[0].upper()}{purpose[1:]}.",
        epilog=epilog,
        formatter_class=Formatter,
        argument_default=absent,
    )


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add what may stand before the command and after it; the one after it wins, and says nothing if it is absent."""
    parser.add_argument("-m", "--model", metavar="NAME", help="the model; else the one used last, or the only one")
    add_engine(parser)
    parser.add_argument("--server", metavar="SERVER", help="the server, by its name in the configuration file")


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add what every command that asks a model takes."""
    absent = parser.argument_default
    parser.add_argument("--system", metavar="TEXT", help="the system prompt")
    parser.add_argument(
        "--host",
        metavar="ADDRESS",
        help="the server, written as in OLLAMA_HOST, which it overrides; one that speaks as OpenAI's ends in /v1",
    )
    parser.add_argument(
        "--embedded", action="store_true", default=absent or False, help="use the embedded demo model, not a server"
    )
    parser.add_argument("--trace", metavar="FILE", help="write every message between the parts of chinwag to FILE")
    add_config(parser)


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add the name of the configuration file."""
    parser.add_argument("--config", metavar="FILE", help="the configuration file")


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Add where chats are kept."""
    parser.add_argument("--data-dir", metavar="FOLDER", help="where chats are kept")


def add_theme(parser: argparse.ArgumentParser) -> None:
    """Add the colours."""
    parser.add_argument(
        "--theme", type=ThemeName, choices=list(ThemeName), help="the colours; else those of the configuration file"
    )


def add_log(parser: argparse.ArgumentParser) -> None:
    """Add where the log goes, and how much it says."""
    parser.add_argument("--log-file", metavar="FILE", help="write the log there")
    parser.add_argument(
        "--log-level",
        type=str.lower,
        choices=LEVELS,
        help="how much it says; else CHINWAG_LOG_LEVEL, else warning",
    )


def seconds(text: str) -> float:
    """Read a time limit, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.0 < number < sys.float_info.max:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return number


def factor(text: str) -> float:
    """Read a speed, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not (math.isfinite(number) and number > 0.0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number

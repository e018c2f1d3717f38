"""The command line of `chinwag replay`: which trace is played, and how fast."""

import argparse
from pathlib import Path

from protocol.message import Value
from ui.common_arguments import Commands, Formatter, add_config, add_log, add_theme, factor

HELP = "play on the screen what --trace wrote down"
_EPILOG = """\
It needs no server, and sends nothing anywhere. Space or Right shows the next event at once; the chat's keys scroll,
and quit. Exit status as that of the chat; 2 where FILE is no trace."""


class ReplayOptions(Value, frozen=True):
    """What was asked for behind `replay`."""

    file: Path
    speed: float | None = 1.0
    """How many times as fast as it was; None for a key at each event."""


def add_replay(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add `replay`."""
    replay = commands.add_parser(
        "replay",
        help=HELP,
        description="Play on the screen what --trace wrote down, as fast as it happened.",
        epilog=_EPILOG,
        formatter_class=Formatter,
        argument_default=argparse.SUPPRESS,
    )
    add_log(replay)
    add_config(replay)
    add_theme(replay)
    replay.add_argument("file", metavar="FILE", help="the trace")
    pace = replay.add_mutually_exclusive_group()
    pace.add_argument("--speed", type=factor, default=1.0, metavar="N", help="N times as fast")
    pace.add_argument("--step", action="store_true", default=False, help="wait for a key at each event")


def parse_replay(parsed: argparse.Namespace) -> ReplayOptions:
    """Return what was asked for."""
    return ReplayOptions(Path(parsed.file), None if parsed.step else parsed.speed)

"""The command line of `chinwag doctor`: what is looked at, and how it is told."""

import argparse

from ui.common_arguments import Commands, Formatter, add_common, add_data_dir, add_log

_DESCRIPTION = """\
Look at the server, the model, the terminal, the clipboard, the chats on disk, the configuration and the log, and say
of each whether it is well, and what to do if it is not. It changes nothing."""
_EPILOG = """\
With --json it prints {"version": 1, "checks": [CHECK, ...]}, each CHECK with
about, state (ok, warn or fail), what, and advice (empty where all is well).
Exit status: 0 nothing failed, 1 something did."""


def add_doctor(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add `doctor`."""
    doctor = commands.add_parser(
        "doctor",
        help="look for what is wrong, and say what to do",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=Formatter,
        argument_default=argparse.SUPPRESS,
    )
    add_common(doctor)
    add_log(doctor)
    add_data_dir(doctor)
    doctor.add_argument("--json", dest="as_json", action="store_true", help="for programs")
    doctor.add_argument("--deep", action="store_true", help="load the model, and have it answer one word")

"""The command line of `chinwag config`: the configuration file, written, checked and shown."""

import argparse

from protocol.message import Value
from ui.common_arguments import Commands, Formatter, add_action

HELP = "write, check or show the configuration"
_DESCRIPTION = """\
The configuration is one TOML file. The environment wins over it, and flags win over both."""
_CHECK_EPILOG = """\
Exit status: 0 all is well, or there is no file; 2 there are mistakes."""


class ConfigOptions(Value, frozen=True):
    """What was asked for behind `config`."""

    action: str
    """`init`, `check`, `path` or `show`."""
    file: str | None = None
    """The file to check; None for the one that is read."""
    to_stdout: bool = False
    force: bool = False
    as_json: bool = False


def add_config_command(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add `config` and its actions."""
    config = commands.add_parser("config", help=HELP, description=_DESCRIPTION, formatter_class=Formatter)
    actions = config.add_subparsers(dest="action", required=True, metavar="ACTION")
    init = add_action(actions, "init", "write a file in which every setting is explained, and none is changed")
    init.add_argument("--force", action="store_true", help="write over a file that is there already")
    init.add_argument("--stdout", dest="to_stdout", action="store_true", help="print it instead")
    check = add_action(actions, "check", "name the line and the key of every mistake", _CHECK_EPILOG)
    check.add_argument("file", nargs="?", metavar="FILE", help="the file; else the one that is read")
    add_action(actions, "path", "print where the file is looked for")
    show = add_action(actions, "show", "print what holds now, and where each setting comes from")
    show.add_argument("--json", dest="as_json", action="store_true", help="for programs")


def parse_config(parsed: argparse.Namespace) -> ConfigOptions:
    """Return what was asked for."""
    return ConfigOptions(
        **{name: getattr(parsed, name) for name in ConfigOptions.__struct_fields__ if hasattr(parsed, name)}
    )

"""The command line of `chinwag models`: what may be done with a server's models."""

import argparse

from protocol.duration import check_keep_alive
from protocol.message import Value
from protocol.model_commands import ModelPart
from protocol.options import Unfit
from ui.common_arguments import Commands, add_action, add_config

HELP = "list, show, pull, delete, copy, load or create models"
_DESCRIPTION = "The models of the server."
_EPILOG = """\
Exit status: 0 done, 1 the server failed or said no, 2 wrong usage, 130 interrupted."""
_LIST_EPILOG = f"""\
With --json: {{"format": "chinwag-models", "version": 1, "server", "server_version",
"models": [...], "running": [...]}}; sizes are bytes, times seconds since 1970.

{_EPILOG}"""
_PULL_EPILOG = f"""\
A pull that was broken off is gone on with where it was. On a terminal there is
a bar for each layer, elsewhere a line now and then. With --json, an event a
line: {{"event": "progress" | "retry" | "done" | "failed", "version": 1, "model",
"status", "layers": [{{"digest", "total", "completed"}}], "error", "delay"}}.

{_EPILOG}"""


class ModelsOptions(Value, frozen=True):
    """What was asked for behind `models`."""

    action: str
    """`list`, `show`, `pull`, `rm`, `cp`, `ps`, `stop`, `warm` or `create`."""
    names: tuple[str, ...] = ()
    """The models; of `cp` the old name and the new one."""
    as_json: bool = False
    yes: bool = False
    part: ModelPart = ModelPart.INFO
    verbose: bool = False
    insecure: bool = False
    keep_alive: str = ""
    file: str = ""
    quantize: str = ""


def add_models(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add `models` and its actions."""
    models = commands.add_parser("models", help=HELP, description=_DESCRIPTION)
    actions = models.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add(actions, "list", "all models, the newest first", _LIST_EPILOG)
    _add(actions, "ps", "the models that are loaded", _LIST_EPILOG)
    _add_show(_add(actions, "show", "what is known of a model"))
    pull = _add(actions, "pull", "get models, or what is new of them", _PULL_EPILOG)
    pull.add_argument("names", nargs="+", metavar="NAME", help="the models")
    pull.add_argument("--insecure", action="store_true", help="from a registry that nobody trusts")
    remove = _add(actions, "rm", "delete models")
    remove.add_argument("names", nargs="+", metavar="NAME", help="the models")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    copy = _add(actions, "cp", "give a model another name as well")
    copy.add_argument("source", metavar="FROM", help="the model")
    copy.add_argument("destination", metavar="TO", help="its other name")
    _named(_add(actions, "stop", "take models out of memory"))
    warm = _add(actions, "warm", "bring models into memory")
    _named(warm)
    warm.add_argument(
        "--keep-alive", type=_time, metavar="TIME", help="how long they stay, such as 30m, or -1 for ever"
    )
    create = _add(actions, "create", "make a model of a Modelfile", _PULL_EPILOG)
    create.add_argument("names", nargs=1, metavar="NAME", help="the new model")
    create.add_argument("-f", "--file", required=True, metavar="FILE", help="the Modelfile")
    create.add_argument("-q", "--quantize", metavar="TYPE", help="quantize the weights, such as q4_K_M")


def parse_models(parsed: argparse.Namespace) -> ModelsOptions:
    """Return what was asked for."""
    known = {name: getattr(parsed, name) for name in ModelsOptions.__struct_fields__ if hasattr(parsed, name)}
    names = [parsed.source, parsed.destination] if parsed.action == "cp" else getattr(parsed, "names", ())
    return ModelsOptions(**{**known, "names": tuple(names)})


def _add_show(show: argparse.ArgumentParser) -> None:
    show.add_argument("names", nargs=1, metavar="NAME", help="the model")
    which = show.add_mutually_exclusive_group()
    for part in ModelPart:
        if part is not ModelPart.INFO:
            words = f"show its {part}"
            which.add_argument(f"--{part}", dest="part", action="store_const", const=part, help=words)
    show.set_defaults(part=ModelPart.INFO)
    show.add_argument("--verbose", action="store_true", help="with --json: all that its file says")


def _named(action: argparse.ArgumentParser) -> None:
    action.add_argument("names", nargs="+", metavar="NAME", help="the models")


def _add(
    actions: "Commands[argparse.ArgumentParser]", name: str, purpose: str, epilog: str = _EPILOG
) -> argparse.ArgumentParser:
    action = add_action(actions, name, purpose, epilog, argparse.SUPPRESS)
    action.add_argument("--json", dest="as_json", action="store_true", help="for programs")
    action.add_argument("--host", metavar="ADDRESS", help="the server, written as in OLLAMA_HOST")
    action.add_argument("--server", metavar="SERVER", help="the server, by its name in the configuration file")
    add_config(action)
    return action


def _time(text: str) -> str:
    try:
        return check_keep_alive(text)
    except Unfit as error:
        raise argparse.ArgumentTypeError(str(error)) from error

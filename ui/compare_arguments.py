"""The command line of `chinwag compare`: who answers which prompts, and how the answers are printed."""

import argparse

from protocol.compare_command import combine
from protocol.comparison import MAX_COLUMNS, Contestant
from protocol.message import Value
from protocol.parameters import Parameters
from ui.ask_arguments import UNKEPT, add_asking, jobs
from ui.common_arguments import Commands, Formatter, add_engine

HELP = "have many models answer the same prompts, and time them"
_DESCRIPTION = """\
Have a prompt answered by many: models, seeds, servers and presets, each with
each, up to 16. A failure of one touches no other. At the end comes a table of
medians: seconds to the first token, tokens a second, tokens, and seconds in
all. The times of several that are asked at the same time are those of a busy
server: --jobs 1 asks one after the other."""
_EPILOG = """\
The answers and the table go to standard output, everything else to standard error.
Exit status: 0 done, 1 the server or a model failed, 2 wrong usage, 130 interrupted."""


class CompareOptions(Value, frozen=True):
    """What was asked for behind `compare`."""

    prompt: str | None = None
    as_json: bool = False
    timeout: float | None = None
    """Seconds that a server may be silent; None for the limits of the settings."""
    keeps: bool = False
    """Keep it as a new chat."""
    prompts: str | None = None
    """A file of prompts; `-` for standard input."""
    jobs: int | None = None
    """How many answers are asked for at the same time."""
    contestants: tuple[Contestant, ...] = ()
    parameters: Parameters = Parameters()
    """For every request."""


def add_compare(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add `compare`."""
    from ui.compare_events import SCHEMA

    compare = commands.add_parser(
        "compare",
        help=HELP,
        description=_DESCRIPTION,
        epilog=f"{_EPILOG}\n\n{SCHEMA}",
        formatter_class=Formatter,
        argument_default=argparse.SUPPRESS,
    )
    compare.set_defaults(comparer=compare)
    _add_contestants(compare)
    add_engine(compare)
    add_asking(compare)
    compare.add_argument(
        "--keep", dest="keeps", action="store_true", help="keep it as a new chat, where an answer can be picked"
    )
    compare.add_argument(
        "--prompts",
        metavar="FILE",
        help="ask each line of FILE (- for standard input), as ask --prompts does; what a preset or -m names holds"
        " before the model and system of a line",
    )
    compare.add_argument(
        "--jobs", type=jobs, metavar="N", help="ask for N answers at the same time (else limits.streams)"
    )


def _add_contestants(compare: argparse.ArgumentParser) -> None:
    compare.add_argument(
        "-m", "--model", dest="models", action="append", metavar="NAME", help="a model; can be given several times"
    )
    compare.add_argument(
        "--server",
        dest="homes",
        action="append",
        metavar="SERVER",
        help="a server, by its name in the configuration file, or pool; can be given several times",
    )
    compare.add_argument(
        "--preset",
        dest="presets",
        action="append",
        metavar="PRESET",
        help="what the configuration has under this name; can be given several times",
    )
    compare.add_argument("--seeds", type=_seeds, metavar="N", help="N answers of each, with the seeds 1 to N")


def parse_compare(parsed: argparse.Namespace, model: str | None) -> CompareOptions:
    """Return what was asked for; exits with 2 for what makes no sense. `model` is that of new chats."""
    from ui.ask_parameters import parse_parameters

    known = {name: getattr(parsed, name) for name in CompareOptions.__struct_fields__ if hasattr(parsed, name)}
    presets = getattr(parsed, "presets", [])
    named = [name for name in getattr(parsed, "models", []) if name.strip()]
    models = named or ([] if model is None or presets else [model])
    contestants = combine(models, presets, getattr(parsed, "seeds", None), getattr(parsed, "homes", []))
    if not models and not presets:
        parsed.comparer.error("nobody is named who is to answer: -m NAME names a model")
    if len(contestants) > MAX_COLUMNS:
        parsed.comparer.error(f"these are {len(contestants)} answers to one prompt, and {MAX_COLUMNS} is the most")
    if getattr(parsed, "prompts", None) is not None and parsed.prompt is not None:
        parsed.comparer.error("--prompts and PROMPT exclude each other")
    if getattr(parsed, "prompts", None) is not None and getattr(parsed, "keeps", False):
        parsed.comparer.error(UNKEPT)
    return CompareOptions(**{**known, "contestants": contestants, "parameters": parse_parameters(parsed)})


def _seeds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MAX_COLUMNS):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MAX_COLUMNS}")
    return int(text)

"""The command line of `chinwag ask`: what is asked, of whom, and how the answer is printed."""

import argparse

from protocol.message import Value
from protocol.parameters import Parameters
from ui.common_arguments import Commands, Formatter, add_common, add_data_dir, add_log, seconds

HELP = "answer prompts without a screen"
_DESCRIPTION = "Answer a prompt: from the argument, from standard input, or both, the argument first."
_MOST_JOBS = 64
UNKEPT = "--prompts asks each prompt in a chat of its own, which is not kept"
_EPILOG = """\
The answer goes to standard output as it comes, everything else to standard error.
Exit status: 0 done, 1 the server or the model failed, 2 wrong usage, 130 interrupted."""


class AskOptions(Value, frozen=True):
    """What was asked for behind `ask`."""

    prompt: str | None = None
    as_json: bool = False
    whole: bool = False
    """Print the answer when it is complete."""
    timeout: float | None = None
    """Seconds that the server may be silent; None for the limits of the settings."""
    resume: str | None = None
    """What the id or the title of the chat to go on with begins with; empty for the last, None for none."""
    keep: bool = False
    """Keep a new chat, too."""
    prompts: str | None = None
    """A file of prompts; `-` for standard input."""
    parameters: Parameters = Parameters()
    """For every request."""
    preset: str | None = None
    """The name of one in the configuration."""
    jobs: int | None = None
    """How many of them are asked at the same time."""
    images: tuple[str, ...] = ()
    """Files that go with every prompt; the same goes for `files`."""
    files: tuple[str, ...] = ()

    @property
    def keeps(self) -> bool:
        """True where what is said is kept."""
        return self.keep or self.resume is not None


def add_ask(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add `ask`."""
    from ui.ask_attachments import add_attachments
    from ui.ask_events import SCHEMA

    ask = commands.add_parser(
        "ask",
        help=HELP,
        description=_DESCRIPTION,
        epilog=f"{_EPILOG}\n\n{SCHEMA}",
        formatter_class=Formatter,
        argument_default=argparse.SUPPRESS,
    )
    ask.set_defaults(asker=ask)
    add_common(ask)
    add_asking(ask)
    ask.add_argument("--no-stream", dest="whole", action="store_true", help="print the answer when it is complete")
    ask.add_argument("--preset", metavar="PRESET", help="what the configuration has under this name")
    add_attachments(ask)
    _add_chat(ask)
    _add_many(ask)


def add_asking(parser: argparse.ArgumentParser) -> None:
    """Add what every command takes that prints answers."""
    from ui.ask_parameters import add_parameters

    add_log(parser)
    add_data_dir(parser)
    parser.add_argument("prompt", nargs="?", default=None, metavar="PROMPT", help="what to ask")
    parser.add_argument(
        "--timeout", type=seconds, metavar="SECONDS", help="give up when the server is silent for longer than this"
    )
    parser.add_argument("--json", dest="as_json", action="store_true", help="print events, one a line, for programs")
    add_parameters(parser)


def _add_chat(ask: argparse.ArgumentParser) -> None:
    which = ask.add_mutually_exclusive_group()
    which.add_argument(
        "--continue", dest="goes_on", action="store_true", help="go on with the last chat, and keep the answer there"
    )
    which.add_argument("--chat", metavar="TITLE", help="the same with the chat whose title or id begins so")
    which.add_argument("--keep", action="store_true", help="keep it as a new chat")


def _add_many(ask: argparse.ArgumentParser) -> None:
    ask.add_argument(
        "--prompts",
        metavar="FILE",
        help='ask each line of FILE (- for standard input): all of them texts, or all {"prompt": ..., "id": ...,'
        ' "system": ..., "model": ...}, as the first one is; the answers come in their order',
    )
    ask.add_argument("--jobs", type=jobs, metavar="N", help="ask N of them at the same time (else limits.streams)")


def parse_ask(parsed: argparse.Namespace) -> AskOptions:
    """Return what was asked for; exits with 2 for what excludes each other."""
    from ui.ask_parameters import parse_parameters

    known = {name: getattr(parsed, name) for name in AskOptions.__struct_fields__ if hasattr(parsed, name)}
    resume = "" if getattr(parsed, "goes_on", False) else getattr(parsed, "chat", None)
    attached = {name: tuple(getattr(parsed, name, ())) for name in ("images", "files")}
    options = AskOptions(**{**known, **attached, "resume": resume, "parameters": parse_parameters(parsed)})
    if fault := _fault(options):
        parsed.asker.error(fault)
    return options


def _fault(options: AskOptions) -> str:
    if options.jobs is not None and options.prompts is None:
        return "--jobs is for --prompts"
    if options.prompts is not None and options.keeps:
        return UNKEPT
    if options.prompts is not None and options.prompt is not None:
        return "--prompts and PROMPT exclude each other"
    return ""


def jobs(text: str) -> int:
    """Read how many are asked at the same time, for argparse."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _MOST_JOBS):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {_MOST_JOBS}")
    return int(text)

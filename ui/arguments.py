"""The command line: what may be said to `chinwag`, and what it means."""

import argparse
import logging
import math
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import platformdirs

from protocol.errors import InterfaceError
from protocol.limits import ResourceLimits
from protocol.message import Value
from protocol.ollama_host import parse_host
from protocol.retry import RetryPolicy
from protocol.settings import EmbeddedUse, EngineSettings, ServerSettings
from ui.chats_arguments import ChatsOptions, add_chats, parse_chats
from ui.models_arguments import ModelsOptions, add_models, parse_models
from ui.themes import ThemeName

_DESCRIPTION = "Chat with language models served by Ollama."
_EPILOG = """\
Without a command it opens the chat. The server is the one OLLAMA_HOST names, else 127.0.0.1:11434;
where neither is set and none answers, the embedded demo model replies if it is installed."""
_ASK_EPILOG = """\
The answer goes to standard output as it comes, everything else to standard error.
Exit status: 0 done, 1 the server or the model failed, 2 wrong usage, 130 interrupted."""
_REPLAY_EPILOG = """\
It needs no server, and sends nothing anywhere. Space or Right shows the next event at once; the chat's keys scroll,
and quit. Exit status as that of the chat; 2 where FILE is no trace."""
_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


class ReplayOptions(Value, frozen=True):
    """What was asked for behind `replay`."""

    file: Path
    speed: float | None = 1.0
    """How many times as fast as it was; None for a key at each event."""


class Options(Value, frozen=True):
    """What the user asked for on the command line."""

    command: str
    """`chat`, `ask`, `chats`, `models` or `replay`."""
    settings: EngineSettings
    model: str | None
    system: str
    prompt: str | None
    resume: str | None = None
    """What the id or the title of the conversation to open begins with; empty for the last, None for a new one."""
    chats: ChatsOptions | None = None
    replay: ReplayOptions | None = None
    log_file: Path | None = None
    """The log that the user has named, if one was."""
    log_level: int = logging.WARNING
    """As `logging` has them."""
    config: Path | None = None
    """The configuration file that the user has named, if one was."""
    theme: ThemeName | None = None
    """The theme that the user has named, if one was."""
    plain: bool = False
    """Line by line, whatever the terminal can show."""
    models: ModelsOptions | None = None


def parse_arguments(arguments: Sequence[str], environment: Mapping[str, str]) -> Options:
    """Parse the command line. Raises InterfaceError for an address that cannot be; exits with 2 for wrong usage."""
    parser = _parser()
    parsed = parser.parse_args([_as_text(argument) for argument in arguments])
    command = parsed.command or "chat"
    asking = command == "ask"
    limits = ResourceLimits()
    timeout = getattr(parsed, "timeout", None)
    settings = EngineSettings(
        server=_server(parsed.host, environment.get("OLLAMA_HOST", ""), parsed.embedded),
        limits=limits if timeout is None else limits.with_silence(timeout),
        retry=RetryPolicy(may_replace=not asking),
        wait_for_server=not asking,
        data_dir=None if asking else _data_dir(parsed.data_dir, environment),
        keep_input=environment.get("OLLAMA_NOHISTORY", "").strip().lower() in ("", "0", "false"),
        state_file=Path(platformdirs.user_state_dir("chinwag")) / "last_model",
        trace_file=_path(parsed.trace),
        version=own_version(),
    )
    if parsed.trace is not None and command not in ("chat", "ask"):
        parser.error(f"--trace is for the chat and for ask: {command} has no messages")
    if parsed.trace is not None and parsed.trace == parsed.log_file:
        parser.error("--trace and --log-file need a file each")
    if parsed.plain and command != "chat":
        why = "a replay needs a screen" if command == "replay" else f"{command} is plain already"
        parser.error(f"--plain is for the chat: {why}")
    prompt = getattr(parsed, "prompt", None)
    resume = "" if parsed.resume_last else parsed.resume
    chats = parse_chats(parsed, parser) if command == "chats" else None
    replay = _replay(parsed) if command == "replay" else None
    level = _level(parsed.log_level or environment.get("CHINWAG_LOG_LEVEL", ""))
    log = _path(parsed.log_file)
    config, theme, plain = _path(parsed.config), parsed.theme, parsed.plain
    models = parse_models(parsed) if command == "models" else None
    named = (command, settings, parsed.model, parsed.system, prompt, resume, chats, replay)
    return Options(*named, log, level, config, theme, plain, models)


def _path(named: str | None) -> Path | None:
    return None if named is None else Path(named)


def _level(named: str) -> int:
    try:
        return _LEVELS[named.strip().lower() or "warning"]
    except KeyError:
        names = ", ".join(_LEVELS)
        raise InterfaceError(f"CHINWAG_LOG_LEVEL is {named!r}, which is no level.", f"Use one of {names}.") from None


def _replay(parsed: argparse.Namespace) -> ReplayOptions:
    return ReplayOptions(Path(parsed.file), None if parsed.step else parsed.speed)


def _data_dir(named: str | None, environment: Mapping[str, str]) -> Path:
    folder = named or environment.get("CHINWAG_DATA_DIR")
    return Path(folder) if folder else Path(platformdirs.user_data_dir("chinwag"))


def _as_text(argument: str) -> str:
    """Python keeps bytes of an argument that are not UTF-8 as lone surrogates, which cannot be sent on."""
    return argument.encode(errors="surrogateescape").decode(errors="replace")


def own_version() -> str:
    """This program's version; `unknown` when it runs without having been installed."""
    try:
        return version("chinwag")
    except PackageNotFoundError:
        return "unknown"


def _server(host: str | None, from_environment: str, embedded: bool) -> ServerSettings:
    """A server that was named is used or reported, never replaced behind the user's back."""
    if embedded and host is not None:
        raise InterfaceError("--embedded and --host exclude each other.", "Give one of them.")
    if embedded:
        return ServerSettings(embedded=EmbeddedUse.ALWAYS)
    named = host if host is not None else from_environment.strip()
    return ServerSettings(parse_host(named), EmbeddedUse.NEVER if named else EmbeddedUse.FALLBACK)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("chinwag", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=_Formatter)
    _add_common(parser)
    _add_log(parser)
    parser.add_argument("--data-dir", metavar="FOLDER", help="where chats are kept")
    parser.add_argument(
        "--plain", action="store_true", help="line by line, for screen readers, pipes and terminals without a screen"
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--continue", dest="resume_last", action="store_true", help="open the last chat")
    which.add_argument("--resume", metavar="TITLE", help="open the chat whose title or id begins so")
    _add_looks(parser)
    parser.add_argument("--version", action="version", version=f"chinwag {own_version()}")
    commands = parser.add_subparsers(dest="command", metavar="ask | chats | models | replay")
    add_chats(commands)
    add_models(commands)
    ask = commands.add_parser(
        "ask",
        help="answer one prompt without a screen",
        description="Answer one prompt: from the argument, from standard input, or both, the argument first.",
        epilog=_ASK_EPILOG,
        formatter_class=_Formatter,
        argument_default=argparse.SUPPRESS,
    )
    _add_common(ask)
    _add_log(ask)
    ask.add_argument("prompt", nargs="?", default=None, metavar="PROMPT", help="what to ask")
    ask.add_argument(
        "--timeout", type=_seconds, metavar="SECONDS", help="give up when the server is silent for longer than this"
    )
    _add_replay(commands)
    return parser


def _add_replay(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    replay = commands.add_parser(
        "replay",
        help="play on the screen what --trace wrote down",
        description="Play on the screen what --trace wrote down, as fast as it happened.",
        epilog=_REPLAY_EPILOG,
        formatter_class=_Formatter,
        argument_default=argparse.SUPPRESS,
    )
    _add_log(replay)
    _add_looks(replay)
    replay.add_argument("file", metavar="FILE", help="the trace")
    pace = replay.add_mutually_exclusive_group()
    pace.add_argument("--speed", type=_factor, default=1.0, metavar="N", help="N times as fast")
    pace.add_argument("--step", action="store_true", default=False, help="wait for a key at each event")


def _add_common(parser: argparse.ArgumentParser) -> None:
    """Add what may stand before the command and after it; the one after it wins, and says nothing if it is absent."""
    absent = parser.argument_default
    parser.add_argument("-m", "--model", metavar="NAME", help="the model; else the one used last, or the only one")
    parser.add_argument("--system", metavar="TEXT", default=absent or "", help="the system prompt")
    parser.add_argument("--host", metavar="ADDRESS", help="the server, written as in OLLAMA_HOST, which it overrides")
    parser.add_argument(
        "--embedded", action="store_true", default=absent or False, help="use the embedded demo model, not a server"
    )
    parser.add_argument("--trace", metavar="FILE", help="write every message between the parts of chinwag to FILE")


def _add_looks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", help="the configuration file")
    parser.add_argument(
        "--theme", type=ThemeName, choices=list(ThemeName), help="the colours; else those of the configuration file"
    )


def _add_log(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--log-file", metavar="FILE", help="write the log there")
    parser.add_argument(
        "--log-level",
        type=str.lower,
        choices=tuple(_LEVELS),
        help="how much it says; else CHINWAG_LOG_LEVEL, else warning",
    )


class _Formatter(argparse.RawDescriptionHelpFormatter):
    pass


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < sys.float_info.max:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def _factor(text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not (math.isfinite(factor) and factor > 0.0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return factor

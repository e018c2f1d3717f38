"""The command line: what may be said to `chinwag`, and what it means."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, cast

import platformdirs
from msgspec.structs import replace

from protocol.errors import InterfaceError
from protocol.message import Value
from protocol.presets import PresetSettings
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from ui.ask_arguments import AskOptions, parse_ask
from ui.chats_arguments import ChatsOptions, parse_chats
from ui.chosen_servers import servers_of
from ui.common_arguments import Formatter, add_common, add_data_dir, add_log, add_theme
from ui.config_arguments import ConfigOptions, parse_config
from ui.configuration_file import NO_FILE, ConfigurationFile
from ui.exit_status import exit_statuses
from ui.replay_arguments import ReplayOptions, parse_replay
from ui.run_settings import data_dir_of, limits_of, log_file_of, log_level_of
from ui.settled import Settled
from ui.subcommands import add_commands
from ui.themes import ThemeName

if TYPE_CHECKING:
    from ui.compare_arguments import CompareOptions
    from ui.models_arguments import ModelsOptions

_DESCRIPTION = "Chat with language models served by Ollama."
_EPILOG = f"""\
Without a command it opens the chat. The server is the one OLLAMA_HOST names, else 127.0.0.1:11434;
where neither is set and none answers, the embedded demo model replies if it is installed.

{exit_statuses()}"""
_LENIENT = frozenset({"completion", "doctor"})
"""Commands that must work whatever is in the configuration file; so do the actions of config but `show`."""

ReadFile = Callable[[str | None, bool], ConfigurationFile]
"""Reads the configuration file that the command line has named, or the one that is there; True for what makes sense
of it, whatever else is in it."""


class Options(Value, frozen=True):
    """What the user asked for on the command line."""

    command: str
    """`chat`, or the command that was named."""
    settings: EngineSettings
    settled: Settled
    model: str | None
    """For new chats."""
    system: str
    """For new chats."""
    named_model: str | None = None
    """What the command line says itself: for a chat that is gone on with."""
    named_system: str = ""
    resume: str | None = None
    """What the id or the title of the conversation to open begins with; empty for the last, None for a new one."""
    ask: AskOptions | None = None
    compare: "CompareOptions | None" = None
    chats: ChatsOptions | None = None
    models: "ModelsOptions | None" = None
    replay: ReplayOptions | None = None
    config_command: ConfigOptions | None = None
    as_json: bool = False
    """For `doctor`."""
    deep: bool = False
    """For `doctor`: load the model."""
    shell: str = ""
    """For `completion`."""
    log_file: Path | None = None
    """The log that the user has named, if one was."""
    log_level: int = 0
    """As `logging` has them."""
    config: Path | None = None
    """The configuration file that the user has named, if one was."""
    theme: ThemeName | None = None
    """The theme that the user has named, if one was."""
    plain: bool = False
    """Line by line, whatever the terminal can show."""
    warns: bool = True
    """Of a prompt that will not fit into the context, before it is sent."""


def parse_arguments(
    arguments: Sequence[str], environment: Mapping[str, str], read: ReadFile = lambda *_: NO_FILE
) -> Options:
    """Parse the command line, with what the configuration file and the environment say besides.

    Raises InterfaceError for what makes no sense in them; exits with 2 for wrong usage.
    """
    parser = build_parser(arguments)
    parsed = parser.parse_args([_as_text(argument) for argument in arguments])
    command = parsed.command or "chat"
    _refuse_senseless(parser, parsed, command)
    ask = parse_ask(parsed) if command == "ask" else None
    chats = parse_chats(parsed, parser) if command == "chats" else None
    lenient = parsed.command in _LENIENT or (parsed.command == "config" and parsed.action != "show")
    settled = Settled(read(parsed.config, lenient), environment, _flags(parsed), lenient)
    compare = _compare(parsed, settled) if command == "compare" else None
    return Options(
        command=command,
        settings=_settings(parsed, ask or compare, settled),
        settled=settled,
        model=settled.text("model") or None,
        system=settled.text("system"),
        named_model=parsed.model,
        named_system=parsed.system or "",
        resume="" if parsed.resume_last else parsed.resume,
        log_file=log_file_of(settled),
        log_level=log_level_of(settled),
        config=_path(parsed.config),
        theme=ThemeName(settled.text("theme")) if settled.is_set("theme") else None,
        plain=settled.yes("plain"),
        warns=settled.yes("context-warning"),
        ask=ask,
        compare=compare,
        chats=chats,
        models=_models(parsed) if command == "models" else None,
        replay=parse_replay(parsed) if command == "replay" else None,
        config_command=parse_config(parsed) if command == "config" else None,
        as_json=getattr(parsed, "as_json", False),
        deep=getattr(parsed, "deep", False),
        shell=getattr(parsed, "shell", ""),
    )


def own_version() -> str:
    """This program's version; `unknown` when it runs without having been installed."""
    try:
        return version("chinwag")
    except PackageNotFoundError:
        return "unknown"


def build_parser(wanted: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """Make the parser; of the commands only those that are among `wanted` in full, all of them for None."""
    parser = argparse.ArgumentParser("chinwag", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=Formatter)
    add_common(parser)
    add_log(parser)
    add_data_dir(parser)
    parser.add_argument(
        "--plain", action="store_true", help="line by line, for screen readers, pipes and terminals without a screen"
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--continue", dest="resume_last", action="store_true", help="open the last chat")
    which.add_argument("--resume", metavar="TITLE", help="open the chat whose title or id begins so")
    add_theme(parser)
    parser.add_argument("--version", action=_Version, help="print the versions of chinwag and of its parts")
    add_commands(parser.add_subparsers(dest="command", metavar="COMMAND"), wanted)
    return parser


class _Version(argparse.Action):
    """Prints what is installed, without importing it."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from ui.versions import versions

        sys.stdout.write(versions(own_version()))
        parser.exit()


def _settings(
    parsed: argparse.Namespace, ask: "AskOptions | CompareOptions | None", settled: Settled
) -> EngineSettings:
    if parsed.embedded and parsed.host is not None:
        raise InterfaceError("--embedded and --host exclude each other.", "Give one of them.")
    if parsed.server is not None and (parsed.embedded or parsed.host is not None):
        other = "--embedded" if parsed.embedded else "--host"
        raise InterfaceError(f"--server and {other} exclude each other.", "Give one of them.")
    limits, asking = limits_of(settled), ask is not None
    if ask is not None and ask.timeout is not None:
        limits = limits.with_silence(ask.timeout)
    if ask is not None and ask.jobs is not None:
        limits = replace(limits, max_concurrent_streams=ask.jobs)
    presets = cast(tuple[PresetSettings, ...], settled.section("presets") or ())
    servers = servers_of(settled, parsed.embedded, parsed.server, limits.time)
    if isinstance(ask, AskOptions):
        servers = servers.needed() if ask.resume is None else servers
    elif ask is not None:
        servers = servers.named(one.server for one in ask.contestants)
        presets = tuple(preset.under(ask.parameters, parsed.system or "") for preset in presets)
    return EngineSettings(
        server=servers.default,
        others=servers.others,
        pool=servers.pool,
        pooled=servers.pooled,
        limits=limits,
        retry=RetryPolicy(may_replace=not asking),
        wait_for_server=not asking,
        data_dir=data_dir_of(settled) if ask is None or ask.keeps else None,
        presets=presets,
        keep_input=not settled.yes("no-history"),
        adopts=not asking,
        state_file=Path(platformdirs.user_state_dir("chinwag")) / "last_model",
        trace_file=_path(parsed.trace),
        version=own_version(),
    )


def _compare(parsed: argparse.Namespace, settled: Settled) -> "CompareOptions":
    """Only who compares needs what reads that part of the command line."""
    from ui.compare_arguments import parse_compare

    return parse_compare(parsed, settled.text("model") or None)


def _models(parsed: argparse.Namespace) -> "ModelsOptions":
    from ui.models_arguments import parse_models

    return parse_models(parsed)


def _refuse_senseless(parser: argparse.ArgumentParser, parsed: argparse.Namespace, command: str) -> None:
    if parsed.trace is not None and command not in ("chat", "ask", "compare"):
        parser.error(f"--trace is for the chat, for ask and for compare: {command} has no messages")
    if parsed.trace is not None and parsed.trace == parsed.log_file:
        parser.error("--trace and --log-file need a file each")
    if parsed.plain and command != "chat":
        why = "a replay needs a screen" if command == "replay" else f"{command} is plain already"
        parser.error(f"--plain is for the chat: {why}")


def _flags(parsed: argparse.Namespace) -> dict[str, object]:
    """What was given on the command line, by the names of the settings."""
    return {
        "model": parsed.model,
        "system": parsed.system,
        "server": parsed.host,
        "theme": parsed.theme,
        "plain": parsed.plain or None,
        "data-dir": parsed.data_dir,
        "log-file": parsed.log_file,
        "log-level": parsed.log_level,
    }


def _path(named: str | None) -> Path | None:
    return None if named is None else Path(named)


def _as_text(argument: str) -> str:
    """Python keeps bytes of an argument that are not UTF-8 as lone surrogates, which cannot be sent on."""
    return argument.encode(errors="surrogateescape").decode(errors="replace")

"""The man page, made from the parser, the settings, the environment and the exit statuses: in man(7) macros."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from tests.support.program import ROOT
from ui.arguments import build_parser
from ui.command_tree import CommandNode, Flag, command_tree
from ui.configuration_keys import SECTIONS, SETTINGS
from ui.configuration_sample import toml
from ui.environment import environment
from ui.exit_status import EXIT_STATUSES

PAGE: Path = ROOT / "ui" / "chinwag.1"

_DATE = "2026-11-28"
_FILES = (
    ("~/.config/chinwag/config.toml", "the configuration"),
    ("~/.local/share/chinwag/chinwag.db", "what was said"),
    ("~/.local/state/chinwag/log/chinwag.log", "the log"),
)
_WITHIN = re.compile(r"\n\nExit statuses:.*", re.DOTALL)


def man_page() -> str:
    """Return the whole page."""
    return "".join(f"{line}\n" for line in _lines(command_tree(build_parser())))


def _lines(tree: CommandNode) -> Iterator[str]:
    yield '.\\" Made by python -m tests.man_page.'
    yield f'.TH CHINWAG 1 "{_DATE}" "chinwag" "User Commands"'
    yield from (".SH NAME", "chinwag \\- chat with language models served by Ollama, in a terminal")
    yield from (".SH SYNOPSIS", *_usage(tree))
    yield from (".SH DESCRIPTION", _text(tree.description), ".PP", *_prose(_WITHIN.sub("", tree.epilog)))
    yield ".SH OPTIONS"
    for flag in tree.flags:
        yield from _flag(flag)
    yield ".SH COMMANDS"
    for node in list(tree.all())[1:]:
        yield from _command(node)
    yield from _tables()


def _tables() -> Iterator[str]:
    yield from (".SH CONFIGURATION", "The configuration is one TOML file;")
    yield from (
        "the environment wins over it, and flags win over both.",
        "These are its settings, with their defaults:",
    )
    for setting in SETTINGS:
        yield from (".TP", f"\\fB{_escaped(setting.name)}\\fR = {_escaped(toml(setting.default))}")
        yield _text(f"{setting.help} ({setting.kind.described})")
    for section in SECTIONS:
        yield from (".TP", f"\\fB[{_escaped(section.name)}]\\fR", _text(section.help))
    yield from (".SH ENVIRONMENT", *_entries(environment()))
    yield from (".SH FILES", "Where the system has other places for such files, they are there.", *_entries(_FILES))
    yield from (".SH EXIT STATUS", *_entries(EXIT_STATUSES))


def _command(node: CommandNode) -> Iterator[str]:
    yield from (f".SS {_escaped(' '.join(node.path[1:]))}", _text(node.description or node.purpose))
    yield from (".PP", *_usage(node))
    for argument in node.arguments:
        yield from (".TP", f"\\fI{_escaped(argument.metavar)}\\fR", _text(argument.help))
    for flag in node.flags:
        yield from _flag(flag)
    if node.epilog:
        yield from (".PP", *_prose(node.epilog))


def _usage(node: CommandNode) -> Iterator[str]:
    yield _text(node.usage)


def _flag(flag: Flag) -> Iterator[str]:
    names = ", ".join(f"\\fB{_escaped(name)}\\fR" for name in flag.names)
    yield from (".TP", f"{names} \\fI{_escaped(flag.metavar)}\\fR" if flag.metavar else names, _text(flag.help))


def _entries(rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name, meaning in rows:
        yield from (".TP", f"\\fB{_escaped(name)}\\fR", _text(meaning.replace("`", "")))


def _prose(text: str) -> Iterator[str]:
    """What is set in by blanks stays as it is; the rest is filled."""
    verbatim = False
    for line in text.splitlines():
        if line.startswith("  ") != verbatim:
            verbatim = not verbatim
            yield ".nf" if verbatim else ".fi"
        if verbatim:
            yield _escaped(line)
        else:
            yield _text(line) if line else ".PP"
    if verbatim:
        yield ".fi"


def _text(text: str) -> str:
    """Several lines where it is long; none begins as a macro does."""
    lines = textwrap.wrap(_escaped(text), 78, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-").replace("%%", "%")

"""The command line as plain data, for those who describe it: shell completion and the man page."""

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Wants(StrEnum):
    """What a flag or an argument takes, as far as a shell can offer it."""

    NOTHING = "nothing"
    TEXT = "text"
    """Something that nobody else knows."""
    WORDS = "words"
    FILE = "file"
    FOLDER = "folder"
    MODEL = "model"
    CHAT = "chat"


@dataclass(frozen=True)
class Flag:
    """One flag, by all its names."""

    names: tuple[str, ...]
    metavar: str
    """Empty where it takes nothing."""
    help: str
    wants: Wants
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Argument:
    """One argument that has no name."""

    metavar: str
    help: str
    wants: Wants
    words: tuple[str, ...] = ()
    needed: bool = True


@dataclass(frozen=True)
class CommandNode:
    """One command, with those below it."""

    path: tuple[str, ...]
    """From the program's name."""
    purpose: str
    """In a few words; empty for the program itself."""
    description: str
    epilog: str
    usage: str
    flags: tuple[Flag, ...]
    arguments: tuple[Argument, ...]
    below: tuple["CommandNode", ...]

    def all(self) -> Iterator["CommandNode"]:
        """Yield this and all those below it."""
        yield self
        for node in self.below:
            yield from node.all()


_WANTS = {"FILE": Wants.FILE, "FOLDER": Wants.FOLDER, "NAME": Wants.MODEL, "TITLE": Wants.CHAT}


def command_tree(parser: argparse.ArgumentParser, purpose: str = "") -> CommandNode:
    """Return what a parser takes. It must know all its commands in full."""
    actions = parser._actions
    subparsers = [action for action in actions if isinstance(action, argparse._SubParsersAction)]
    return CommandNode(
        tuple(parser.prog.split()),
        purpose,
        parser.description or "",
        parser.epilog or "",
        " ".join(parser.format_usage().removeprefix("usage: ").split()),
        tuple(_flag(action) for action in actions if action.option_strings),
        tuple(_argument(action) for action in actions if not action.option_strings and action not in subparsers),
        tuple(node for action in subparsers for node in _below(action)),
    )


def _below(action: "argparse._SubParsersAction[argparse.ArgumentParser]") -> Iterator[CommandNode]:
    purposes = {choice.dest: choice.help or "" for choice in action._choices_actions}
    for name, parser in action.choices.items():
        yield command_tree(parser, purposes.get(name, ""))


def _flag(action: argparse.Action) -> Flag:
    takes_nothing = action.nargs == 0
    words = _words(action)
    metavar = "" if takes_nothing else str(action.metavar or ("{" + ",".join(words) + "}"))
    wants = Wants.NOTHING if takes_nothing else _wants(metavar, words)
    return Flag(tuple(action.option_strings), metavar, action.help or "", wants, words)


def _argument(action: argparse.Action) -> Argument:
    words = _words(action)
    metavar = str(action.metavar or action.dest)
    return Argument(metavar, action.help or "", _wants(metavar, words), words, action.nargs not in ("?", "*"))


def _words(action: argparse.Action) -> tuple[str, ...]:
    choices: Iterable[object] = action.choices or ()
    return tuple(map(str, choices))


def _wants(metavar: str, words: tuple[str, ...]) -> Wants:
    return Wants.WORDS if words else _WANTS.get(metavar, Wants.TEXT)

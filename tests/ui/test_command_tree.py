from ui.arguments import build_parser
from ui.command_tree import Argument, CommandNode, Flag, Wants, command_tree
from ui.subcommands import COMMAND_NAMES

TREE = command_tree(build_parser())


def node(*path: str) -> CommandNode:
    return next(one for one in TREE.all() if one.path == ("chinwag", *path))


def test_every_command_is_in_it_with_those_below() -> None:
    assert tuple(below.path[-1] for below in TREE.below) == COMMAND_NAMES
    assert [below.path[-1] for below in node("config").below] == ["init", "check", "path", "show"]


def test_it_is_known_what_flags_and_arguments_take() -> None:
    flags = {flag.names[-1]: flag for flag in node("ask").flags}
    assert flags["--model"].wants is Wants.MODEL
    assert flags["--chat"].wants is Wants.CHAT
    assert flags["--prompts"].wants is Wants.FILE
    assert flags["--json"] == Flag(("--json",), "", "print events, one a line, for programs", Wants.NOTHING)
    assert node("replay").arguments == (Argument("FILE", "the trace", Wants.FILE),)
    assert node("config", "check").arguments[0].needed is False


def test_a_command_that_is_not_wanted_is_only_named() -> None:
    tree = command_tree(build_parser(["doctor"]))
    assert [below.purpose for below in tree.below] == [below.purpose for below in TREE.below]
    assert [bool(below.flags[1:]) for below in tree.below] == [name == "doctor" for name in COMMAND_NAMES]


def test_everything_has_help() -> None:
    for one in TREE.all():
        assert all(flag.help for flag in one.flags)
        assert all(argument.help for argument in one.arguments)

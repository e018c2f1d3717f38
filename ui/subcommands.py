"""The commands of the command line: what each is for, and who adds it. Only those that are wanted are added in full."""

import argparse
from collections.abc import Callable, Sequence

from ui.common_arguments import Commands

Add = Callable[["Commands[argparse.ArgumentParser]"], None]


def add_commands(commands: "Commands[argparse.ArgumentParser]", wanted: Sequence[str] | None) -> None:
    """Add all commands: in full those that may be wanted, or all for None; else only what each is for."""
    for name, (help_, find) in _COMMANDS.items():
        if wanted is None or name in wanted:
            find()(commands)
        else:
            commands.add_parser(name, help=help_)


def _ask() -> Add:
    from ui.ask_arguments import add_ask

    return add_ask


def _compare() -> Add:
    from ui.compare_arguments import add_compare

    return add_compare


def _chats() -> Add:
    from ui.chats_arguments import add_chats

    return add_chats


def _models() -> Add:
    from ui.models_arguments import add_models

    return add_models


def _config() -> Add:
    from ui.config_arguments import add_config_command

    return add_config_command


def _doctor() -> Add:
    from ui.doctor_arguments import add_doctor

    return add_doctor


def _completion() -> Add:
    from ui.completion_arguments import add_completion

    return add_completion


def _replay() -> Add:
    from ui.replay_arguments import add_replay

    return add_replay


_COMMANDS: dict[str, tuple[str, Callable[[], Add]]] = {
    "ask": ("answer prompts without a screen", _ask),
    "compare": ("have many models answer the same prompts, and time them", _compare),
    "chats": ("list, search, show, export, import or delete what was said", _chats),
    "models": ("list, show, pull, delete, copy, load or create models", _models),
    "config": ("write, check or show the configuration", _config),
    "doctor": ("look for what is wrong, and say what to do", _doctor),
    "completion": ("print what completes this command line in a shell", _completion),
    "replay": ("play on the screen what --trace wrote down", _replay),
}
COMMAND_NAMES = tuple(_COMMANDS)

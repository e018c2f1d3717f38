"""The command line of `chinwag completion`: for which shell."""

import argparse

from ui.common_arguments import Commands, Formatter

_DESCRIPTION = "Print a script that completes this command line in a shell: commands, flags, models and chats."
_EPILOG = """\
Put it where your shell looks:

  bash  chinwag completion bash > ~/.local/share/bash-completion/completions/chinwag
  zsh   chinwag completion zsh > ~/.zfunc/_chinwag     (a folder of your $fpath)
  fish  chinwag completion fish > ~/.config/fish/completions/chinwag.fish"""
SHELLS = ("bash", "zsh", "fish")
WORDS = ("models", "chats")
"""What the scripts ask for while somebody types."""


def add_completion(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add `completion`."""
    completion = commands.add_parser(
        "completion",
        help="print what completes this command line in a shell",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=Formatter,
    )
    completion.add_argument("shell", choices=(*SHELLS, *WORDS), metavar="bash | zsh | fish", help="the shell")

"""Whether a full screen can be shown."""

import os
from collections.abc import Mapping
from typing import TextIO

from protocol.errors import InterfaceError

_HEADLESS = "To use chinwag without a screen: chinwag --plain"


def screen_obstacle(stdin: TextIO | None, stdout: TextIO | None, environ: Mapping[str, str]) -> str:
    """Say in a sentence why nothing but lines can be shown; empty where a full screen can."""
    if stdin is None or stdin.closed or not stdin.isatty():
        return "Standard input is no terminal."
    if stdout is None or stdout.closed or not stdout.isatty():
        return "Standard output is no terminal."
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        known = "TERM is not set" if not term else "TERM is dumb"
        return f"This terminal cannot show a full screen: {known}."
    return ""


def check_terminal(stdin: TextIO | None, stdout: TextIO | None, environ: Mapping[str, str]) -> None:
    """Raise InterfaceError, with a sentence that says why, if a full screen cannot be shown."""
    obstacle = screen_obstacle(stdin, stdout, environ)
    if obstacle:
        raise InterfaceError(obstacle, _HEADLESS)
    assert stdout is not None
    try:
        os.write(stdout.fileno(), b"")
    except OSError as error:
        advice = "Open it for writing."
        raise InterfaceError(f"The terminal cannot be written to: {error.strerror}.", advice) from error

"""Standard output of the faces without a screen."""

import os
from io import TextIOWrapper
from typing import TextIO

from protocol.errors import InterfaceError


def prepare_output(stdout: TextIO | None) -> None:
    """Have characters that standard output cannot encode replaced. Raises InterfaceError if there is none."""
    if stdout is None or stdout.closed:
        raise InterfaceError("Standard output is closed.", "Leave it open, or send it to a file.")
    if isinstance(stdout, TextIOWrapper):
        stdout.reconfigure(errors="replace")


def silence(stream: TextIO) -> None:
    """Send what is still buffered nowhere: its reader is gone, and the interpreter would complain at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

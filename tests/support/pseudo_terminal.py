"""A terminal of which a test has the other side, without a process in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def pseudo_terminal() -> Iterator[tuple[int, TextIO, TextIO]]:
    """The other side of a terminal, and standard input and output on it."""
    outside, inside = os.openpty()
    with open(inside) as stdin, open(os.dup(inside), "w") as stdout:
        yield outside, stdin, stdout
    os.close(outside)

"""Processes that a command has started."""

import os
import time
from pathlib import Path

from tests.support.addresses import PATIENCE


def gone(path: Path) -> bool:
    """Whether the process whose number a command has written ends in time."""
    number = int(path.read_text())
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True  # whoever it was left to has only to take note of it
        except (FileNotFoundError, ProcessLookupError):
            return True
        os.sched_yield()
    return False

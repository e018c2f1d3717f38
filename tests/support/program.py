"""The program in a process of its own, without a terminal."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.support.addresses import PATIENCE

ROOT = Path(__file__).parents[2]
CHINWAG = (sys.executable, "-m", "ui.launch")


class Ran(NamedTuple):
    """How a run ended, and what it printed."""

    status: int
    out: str
    err: str


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment that knows nothing of the machine it is on: no server, no proxy, no settings but in `home`."""
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("STATE", "DATA", "CONFIG", "CACHE")}
    plain = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    return {**plain, **folders, **more}


def run(*arguments: str, env: Mapping[str, str], stdin: str | None = None, folder: Path | None = None) -> Ran:
    """Run the program to its end, in a folder. Standard input is `stdin`, or empty."""
    done = subprocess.run(
        [*CHINWAG, *arguments],
        input=stdin or "",
        capture_output=True,
        text=True,
        env=env,
        cwd=folder,
        timeout=3 * PATIENCE,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def start(*arguments: str, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the program; the caller ends it. Use it as a context manager."""
    return subprocess.Popen(
        [*CHINWAG, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        bufsize=0,
    )

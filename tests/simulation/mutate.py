"""Deliberate bugs, one at a time, and whether the simulation sees them: `python -m tests.simulation.mutate`."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.simulation.mutations import MUTATIONS, Mutation

ROOT = Path(__file__).parents[2]
SEEDS = 4000
_COPIED = ("actors", "protocol", "ui", "tests/simulation")


def main(names: list[str]) -> int:
    """Try all of them, or those in which one of these words occurs; 1 if one is not caught."""
    wanted = [one for one in MUTATIONS if not names or any(name in one.what for name in names)]
    caught = sum(_try(mutation) for mutation in wanted)
    print(f"caught {caught} / {len(wanted)}")
    return int(caught < len(wanted))


def _try(mutation: Mutation) -> bool:
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chinwag-mutation-") as name:
        copy = Path(name)
        _copy(copy)
        apply(mutation, copy)
        command = [sys.executable, "-m", "tests.simulation", "--seeds", str(SEEDS), "--first"]
        run = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    found = re.search(r"^seed (\d+): (.*)$", run.stdout, re.MULTILINE)
    seconds = time.monotonic() - begin
    told = f"seed {found[1]}: {found[2][:100]}" if found else f"NOT CAUGHT {run.stderr[-300:]}"
    print(f"{mutation.what} ({seconds:.0f} s)\n    {told}", flush=True)
    return found is not None


def apply(mutation: Mutation, root: Path) -> None:
    """Put the bug in. Raises ValueError if the text is not there just once."""
    path = root / mutation.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutation.old) != 1:
        raise ValueError(f"{mutation.what}: the text is {text.count(mutation.old)} times in {mutation.file}")
    path.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")


def _copy(to: Path) -> None:
    for part in _COPIED:
        shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests/__init__.py", to / "tests/__init__.py")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Runs the benchmarks: `python -m tests.bench [--quick] [--json] [NAME...]`; `scripts/bench` is the same."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from tests.bench import archive
from tests.bench.measurement import Measurement, table

BENCHMARKS: dict[str, Callable[[Path, bool], list[Measurement]]] = {
    "archive": lambda folder, quick: archive.measure(folder, archive.QUICK if quick else archive.FULL),
}


def main(arguments: list[str]) -> int:
    """Run what is named, or all; return the exit status: 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench", description="Measures what has a goal.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument("--json", action="store_true", help="print the numbers for a program")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]!r}")
    measured = {name: _run(name, options.quick) for name in options.names or BENCHMARKS}
    if options.json:
        print(msgspec.json.encode(measured).decode())
    else:
        print("\n\n".join(f"{name}\n{table(each)}" for name, each in measured.items()))
    return 0 if all(each.met for measurements in measured.values() for each in measurements) else 1


def _run(name: str, quick: bool) -> list[Measurement]:
    with tempfile.TemporaryDirectory(prefix="chinwag-bench-") as folder:
        return BENCHMARKS[name](Path(folder), quick)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Runs the benchmarks: `python -m tests.bench [--quick] [--json | --markdown] [NAME...]`, as `scripts/bench` does."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from tests.bench import archive, terminal
from tests.bench.measurement import Measurement, table
from tests.bench.notebook import Finding
from tests.bench.report import markdown_table, text_table
from tests.bench.size import FULL, QUICK


class Goal(Protocol):
    """What was measured."""

    @property
    def met(self) -> bool:
        """True unless it must be better."""
        ...


G = TypeVar("G", bound=Goal)


@dataclass(frozen=True)
class Benchmark(Generic[G]):
    """How to measure, and how to lay out what came of it."""

    measure: Callable[[Path, bool], list[G]]
    """In a folder of its own, and quickly or not."""
    text: Callable[[Sequence[G]], str]
    markdown: Callable[[Sequence[G]], str]

    def run(self, quick: bool) -> "Outcome":
        """Measure."""
        with tempfile.TemporaryDirectory(prefix="chinwag-bench-") as folder:
            measured = self.measure(Path(folder), quick)
        return Outcome(measured, self.text(measured), self.markdown(measured), all(each.met for each in measured))


@dataclass(frozen=True)
class Outcome:
    """What came of one benchmark."""

    numbers: object
    text: str
    markdown: str
    met: bool


BENCHMARKS: dict[str, Benchmark[Measurement] | Benchmark[Finding]] = {
    "archive": Benchmark(
        lambda folder, quick: archive.measure(folder, archive.QUICK if quick else archive.FULL), table, table
    ),
    "terminal": Benchmark(
        lambda folder, quick: terminal.measure(folder, QUICK if quick else FULL), text_table, markdown_table
    ),
}


def main(arguments: list[str]) -> int:
    """Run what is named, or all; return the exit status: 1 if a goal is missed."""
    options = _parser().parse_args(arguments)
    outcomes = {name: BENCHMARKS[name].run(options.quick) for name in options.names or BENCHMARKS}
    if options.json:
        print(msgspec.json.encode({name: outcome.numbers for name, outcome in outcomes.items()}).decode())
    else:
        print("\n\n".join(f"{name}\n{_layout(each, options.markdown)}" for name, each in outcomes.items()))
    return 0 if all(outcome.met for outcome in outcomes.values()) else 1


def _layout(outcome: Outcome, markdown: bool) -> str:
    return f"\n{outcome.markdown}" if markdown else outcome.text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Measures what has a goal.")
    parser.add_argument("names", nargs="*", metavar="NAME", type=_name, help=f"{', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument("--json", action="store_true", help="print the numbers for a program")
    parser.add_argument("--markdown", action="store_true", help="print tables that can be put into a document")
    return parser


def _name(text: str) -> str:
    if text not in BENCHMARKS:
        raise argparse.ArgumentTypeError(f"no benchmark is called {text!r}")
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

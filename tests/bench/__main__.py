"""Runs the benchmarks, as `scripts/bench` does: `python -m tests.bench --help` says how."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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

    measure: Callable[[Path, bool, str], list[G]]
    """In a folder of its own, quickly or not, and all of it or what has a word in its name."""
    text: Callable[[Sequence[G]], str]
    markdown: Callable[[Sequence[G]], str]

    def run(self, quick: bool, only: str) -> "Outcome":
        """Measure."""
        with _folder() as folder:
            measured = self.measure(folder, quick, only)
        return Outcome(measured, self.text(measured), self.markdown(measured), all(each.met for each in measured))


@dataclass(frozen=True)
class Outcome:
    """What came of one benchmark."""

    numbers: object
    text: str
    markdown: str
    met: bool


def _archive(folder: Path, quick: bool, _: str) -> list[Measurement]:
    return archive.measure(folder, archive.QUICK if quick else archive.FULL)


def _terminal(folder: Path, quick: bool, only: str) -> list[Finding]:
    return terminal.measure(folder, QUICK if quick else FULL, only)


BENCHMARKS: dict[str, Benchmark[Measurement] | Benchmark[Finding]] = {
    "archive": Benchmark(_archive, table, table),
    "terminal": Benchmark(_terminal, text_table, markdown_table),
}


def main(arguments: list[str]) -> int:
    """Run what is named, or all; return the exit status: 1 if a goal is missed."""
    options = _parser().parse_args(arguments)
    outcomes = {name: BENCHMARKS[name].run(options.quick, options.only) for name in options.names or BENCHMARKS}
    if options.json:
        print(msgspec.json.encode({name: outcome.numbers for name, outcome in outcomes.items()}).decode())
    else:
        print("\n\n".join(f"{name}\n{_layout(each, options.markdown)}" for name, each in outcomes.items()))
    if options.profile:
        with _folder() as folder:
            print(f"\n{terminal.profile(folder, options.profile)}", file=sys.stderr if options.json else sys.stdout)
    return 0 if all(outcome.met for outcome in outcomes.values()) else 1


def _layout(outcome: Outcome, markdown: bool) -> str:
    return f"\n{outcome.markdown}" if markdown else outcome.text


def _parser() -> argparse.ArgumentParser:
    scenarios = ", ".join(map(terminal.name_of, (*terminal.SCENARIOS, *terminal.RARE)))
    parser = argparse.ArgumentParser(prog="bench", description="Measures what has a goal.")
    parser.add_argument("names", nargs="*", metavar="NAME", type=_name, help=f"{', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument("--json", action="store_true", help="print the numbers for a program")
    parser.add_argument("--markdown", action="store_true", help="print tables that can be put into a document")
    parser.add_argument("--only", default="", metavar="WORD", help=f"of terminal, what has it in its name: {scenarios}")
    parser.add_argument("--profile", type=Path, metavar="FOLDER", help="say where the time of a chunk goes, too")
    return parser


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="chinwag-bench-") as folder:
        yield Path(folder)


def _name(text: str) -> str:
    if text not in BENCHMARKS:
        raise argparse.ArgumentTypeError(f"no benchmark is called {text!r}")
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

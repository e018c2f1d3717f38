"""The program in a terminal: what it costs and how quick it is, beside clients without a screen."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import length, streaming, truth
from tests.bench import profile as profiling
from tests.bench.comparing import measure_comparing
from tests.bench.goals import ROWS
from tests.bench.laboratory import Laboratory
from tests.bench.leaving import measure_cancel, measure_leaving
from tests.bench.notebook import Finding, Notebook, findings
from tests.bench.parallel import measure_parallel
from tests.bench.size import Size
from tests.bench.starting import FIRST, measure_start, milliseconds_to_import
from tests.bench.window import Missing

Scenario = Callable[[Laboratory, Size, Notebook], None]

SCENARIOS: tuple[Scenario, ...] = (
    measure_start,
    streaming.measure_burst,
    streaming.measure_markdown,
    streaming.measure_words,
    streaming.measure_echo,
    length.measure_length,
    measure_cancel,
    measure_leaving,
    truth.measure_hostile,
    truth.measure_ends,
)
RARE: tuple[Scenario, ...] = (length.measure_growth, measure_parallel, measure_comparing)
"""Those that take longest."""


def measure(folder: Path, size: Size, only: str = "") -> list[Finding]:
    """Do every scenario once a round, so that a noisy minute hits all of them alike.

    `only` is a part of the names of those that are wanted; then only their rows are told.
    """
    book = Notebook()
    with Laboratory(folder, prompts(size)) as lab:
        for number in range(size.rounds):
            for scenario in _of_round(number, size, only):
                _say(f"round {number + 1} of {size.rounds}: {name_of(scenario)}")
                run_scenario(scenario, lab, size, book)
    return [found for found in findings(ROWS, book) if found.samples or not only]


def name_of(scenario: Scenario) -> str:
    """What a scenario is called on the command line."""
    return scenario.__name__.removeprefix("measure_")


def profile(folder: Path, kept: Path) -> str:
    """Say where the time goes; what it is made of is kept in a folder."""
    with Laboratory(folder, profiling.prompts()) as lab:
        return profiling.profile(lab, kept)


def _of_round(number: int, size: Size, only: str) -> list[Scenario]:
    scenarios = (*SCENARIOS, *RARE) if number % size.rare == 0 else SCENARIOS
    return [each for each in scenarios if only in name_of(each)]


def prompts(size: Size) -> list[str]:
    """Those whose replies must be encoded before they are asked."""
    paced = [streaming.markdown(size), streaming.words(size), streaming.under_keys(size)]
    return [FIRST, streaming.burst(size), *paced, truth.MARKDOWN, length.long(size), *length.growth(size)]


def run_scenario(scenario: Scenario, lab: Laboratory, size: Size, book: Notebook) -> None:
    """What never comes is a trouble to be told, and a row without a number; the other scenarios go on."""
    book.note("import", milliseconds_to_import())
    try:
        scenario(lab, size, book)
        book.note("unfinished", 0)
    except Missing as missing:
        _say(f"{name_of(scenario)}: {missing}")
        book.note("unfinished", 1)


def _say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)

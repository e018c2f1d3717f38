"""The program in a terminal, as issue 6 asks: what it costs and how quick it is, beside clients without a screen."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import length, streaming, truth
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
    length.measure_growth,
    measure_parallel,
)


def measure(folder: Path, size: Size) -> list[Finding]:
    """Do every scenario once a round, so that a noisy minute hits all of them alike."""
    book = Notebook()
    with Laboratory(folder, prompts(size)) as lab:
        for number in range(size.rounds):
            for scenario in SCENARIOS:
                _say(f"round {number + 1} of {size.rounds}: {scenario.__name__}")
                _run(scenario, lab, size, book)
    return findings(ROWS, book)


def prompts(size: Size) -> list[str]:
    """Those whose replies must be encoded before they are asked."""
    paced = [streaming.markdown(size), streaming.words(size), streaming.under_keys(size)]
    return [FIRST, streaming.burst(size), *paced, truth.MARKDOWN, length.long(size), *length.growth(size)]


def _run(scenario: Scenario, lab: Laboratory, size: Size, book: Notebook) -> None:
    """What never comes is a trouble to be told, and a row without a number; the other scenarios go on."""
    book.note("import", milliseconds_to_import())
    try:
        scenario(lab, size, book)
    except Missing as missing:
        _say(f"{scenario.__name__}: {missing}")


def _say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)

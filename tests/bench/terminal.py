"""The program in a terminal, as issue 6 asks: what it costs and how quick it is, beside clients without a screen."""

import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench import streaming
from tests.bench.goals import ROWS
from tests.bench.laboratory import Laboratory
from tests.bench.notebook import Finding, Notebook, findings
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
)


def measure(folder: Path, size: Size) -> list[Finding]:
    """Do every scenario once a round, so that a noisy minute hits all of them alike."""
    book = Notebook()
    with Laboratory(folder, prompts(size)) as lab:
        for number in range(size.rounds):
            for scenario in SCENARIOS:
                print(f"round {number + 1} of {size.rounds}: {scenario.__name__}", file=sys.stderr, flush=True)
                _run(scenario, lab, size, book)
    return findings(ROWS, book)


def prompts(size: Size) -> list[str]:
    """Those whose replies must be encoded before they are asked."""
    return [FIRST, streaming.burst(size), streaming.markdown(size), streaming.words(size), streaming.under_keys(size)]


def _run(scenario: Scenario, lab: Laboratory, size: Size, book: Notebook) -> None:
    """What never comes is a trouble to be told, and a row without a number; the other scenarios go on."""
    book.note("import", milliseconds_to_import())
    try:
        scenario(lab, size, book)
    except Missing as missing:
        book.troubles.append(f"{scenario.__name__}: {missing}")
        print(book.troubles[-1], file=sys.stderr, flush=True)

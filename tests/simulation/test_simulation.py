"""Many seeds, the seeds that found something, and that a seed decides everything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.command import replay_command, try_seeds
from tests.simulation.plan import DEADLY, POOLED, draw_plan
from tests.simulation.run import simulate

SEEDS = int(os.environ.get("CHINWAG_TEST_SEEDS", "2000"))
ROOT = Path(__file__).parents[2]
FOUND = {
    13: "a prompt that was edited from another conversation stayed there too, for the next run to send",
    53: "a prompt that was typed just before the user left was refused when nobody could see it",
    83: "dropped prompts stood behind those that still wait, on the screen and nowhere else",
    214: "a prompt that was asked again began after another was dropped, which stayed on the screen alone",
    223: "a conversation that was deleted and brought back at once came back as the archive knew it before",
    31: "a prompt that the Archivist failed to pass on was not passed on when it began anew",
    5767: "what a reply had brought was forgotten when the Accumulator failed to hand it over",
    6463: "a prompt that waited in a deleted conversation was never ended when the Coordinator began anew",
    15151: "the screen never heard of a title that the Archivist failed to tell",
    21775: "the end of a turn that the Coordinator failed to tell was on the screen and not on disk",
    44119: "an attempt that the Coordinator failed to tell was in what it remembered",
    50287: "a conversation that was opened, deleted and brought back while the Coordinator began anew came back empty",
    56551: "a refused edit left an empty conversation on disk, named by it",
    44983: "a reply between two attempts was told to have brought nothing when the Coordinator began anew",
    57679: "a prompt was told as ended, and then as waiting, when the Coordinator failed at its first attempt",
    62635: "a prompt that was hurried and one that was asked again stood elsewhere on disk than in the queue",
    68086: "the title that was given to a conversation just deleted was not there when that was brought back",
    101257: "a title that a locked disk had not taken yet was forgotten when the conversation was opened again",
    1903: "a prompt that had gone to many was given back as well when the Coordinator failed on the way",
    203334: "a prompt refused at once took an equal one off the disk that was kept and not yet accepted",
}
"""Seeds that have found something, and what."""


@pytest.mark.parametrize("seed", FOUND)
def test_what_was_found_once_is_not_there_any_more(seed: int) -> None:
    assert simulate(draw_plan(seed, restless=False)).violations == []
    assert simulate(draw_plan(seed)).violations == []


@pytest.mark.timeout(600)
def test_no_seed_loses_anything() -> None:
    failed = {seed: found for seed, found in try_seeds(range(SEEDS), jobs=os.cpu_count() or 1) if found}
    told = "\n".join(f"{found[0]}\n    {replay_command(seed)}" for seed, found in sorted(failed.items())[:5])
    assert not failed, f"{len(failed)} of {SEEDS} seeds failed:\n{told}"


def test_there_are_pools_of_every_size_and_more_to_do_than_they_can() -> None:
    plans = [draw_plan(seed) for seed in range(0, 100 * POOLED, POOLED)]
    assert {plan.servers for plan in plans} == set(range(1, 9))
    assert {plan.pool for plan in plans} == set(range(1, 9))
    assert any(plan.dies for plan in plans)


@pytest.mark.parametrize("seed", [1, 2, DEADLY - 1])
def test_a_seed_decides_everything(seed: int) -> None:
    first, second = simulate(draw_plan(seed)), simulate(draw_plan(seed))
    assert first.trace.encoded() == second.trace.encoded()
    assert first.steps > 50


def test_a_seed_decides_everything_in_every_process(tmp_path: Path) -> None:
    there = tmp_path / "trace"
    command = [sys.executable, "-m", "tests.simulation", "3", "--trace", str(there)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "5"})
    assert there.read_bytes() == simulate(draw_plan(3)).trace.encoded()

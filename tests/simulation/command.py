"""The command line of the simulation."""

import argparse
import multiprocessing
import os
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.simulation.fibers import Workers
from tests.simulation.plan import draw_plan
from tests.simulation.run import simulate

_workers = Workers()


def replay_command(seed: int) -> str:
    """What shows a seed again."""
    return f".venv/bin/python -m tests.simulation {seed} --trace /tmp/{seed}.jsonl"


def try_seed(seed: int) -> tuple[int, list[str]]:
    """The violations of a seed. Of one process, one thread may call this."""
    return seed, simulate(draw_plan(seed), _workers).violations


def try_seeds(seeds: Sequence[int], jobs: int) -> Iterator[tuple[int, list[str]]]:
    """Try all of them, several at once; yields what came of each, in any order."""
    if jobs == 1:
        yield from map(try_seed, seeds)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(try_seed, seeds, chunksize=10)


def main(arguments: Iterable[str]) -> int:
    """Run what is asked for; 1 if something was not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seed", nargs="?", type=int, help="replay this one")
    parser.add_argument("--trace", type=Path, help="write every message of it as a line of JSON")
    parser.add_argument("--seeds", type=int, default=0, help="try so many")
    parser.add_argument("--from", dest="begin", type=int, default=0, help="the first of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="so many at once")
    parser.add_argument("--first", dest="stops", action="store_true", help="stop at the first that fails")
    asked = parser.parse_args(list(arguments))
    if asked.seed is not None:
        return _replay(asked.seed, asked.trace)
    return _try_many(range(asked.begin, asked.begin + asked.seeds), asked.jobs, asked.stops)


def _replay(seed: int, trace: Path | None) -> int:
    outcome = simulate(draw_plan(seed))
    print(outcome.plan)
    if trace is not None:
        trace.write_bytes(outcome.trace.encoded())
    for violation in outcome.violations:
        print(violation)
    if outcome.cause is not None:
        traceback.print_exception(outcome.cause)
    print(f"seed {seed}: {outcome.steps} steps, {outcome.streams} streams, {len(outcome.violations)} violations")
    return int(outcome.failed)


def _try_many(seeds: range, jobs: int, stops: bool) -> int:
    begin, failed = time.monotonic(), 0
    for seed, violations in try_seeds(seeds, jobs):
        if violations:
            failed += 1
            print(f"seed {seed}: {violations[0]}\n    {replay_command(seed)}", flush=True)
            if stops:
                return 1
    seconds = time.monotonic() - begin
    print(f"{len(seeds)} seeds, {failed} failed, {seconds:.1f} s, {1000 * seconds / max(1, len(seeds)):.1f} ms a seed")
    return int(failed > 0)

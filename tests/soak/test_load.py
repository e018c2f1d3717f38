"""A little of each load; `scripts/soak` does much of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.soak.load.census import MIB
from tests.soak.load.figures import measure, table
from tests.soak.load.loads import LOADS, Load, Work
from tests.soak.load.server import serving
from tests.support.leaks import nothing_left


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as port:
        yield port


@pytest.mark.parametrize("load", LOADS, ids=[load.name for load in LOADS])
def test_everything_comes_back(load: Load, port: int) -> None:
    with nothing_left():
        figures = measure(load, port, load.quick)
    assert figures.faults == (), table([figures])


def test_what_stays_is_noticed(port: int) -> None:
    kept: list[list[int]] = []
    heaps: list[bytes] = []

    def hoard(count: int) -> None:
        kept.extend([number] for number in range(count))
        heaps.append(b"x" * 20 * MIB)  # in one piece: what others have freed has no room for it

    @contextmanager
    def hoarding(port: int) -> Iterator[Work]:
        yield hoard

    figures = measure(Load("hoarding", 0, 10_000, hoarding), port, 10_000)
    assert figures.faults == ("memory of the engine", "objects of the engine", "memory", "objects")

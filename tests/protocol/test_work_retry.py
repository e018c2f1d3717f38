"""Whether a pull that broke is tried again, and how patiently."""

import pytest

from protocol.errors import ConnectionLost, Failure, MalformedFrame, ServerRefusal, ServerUnreachable
from protocol.store import CreateModel, LoadModel, PullModel, StoreWork
from protocol.work_retry import fruitless_after, may_retry, patience_after

PULL = PullModel("tiny")
LOST = ConnectionLost("The connection broke.", "Try again.").failure
AWAY = ServerUnreachable("No server answers.", "Start it.").failure
GARBLED = MalformedFrame("Not JSON.").failure
REFUSED = ServerRefusal("No.", "", 404).failure


@pytest.mark.parametrize(
    ("failure", "waits", "most"),
    [(LOST, True, 10), (LOST, False, 10), (AWAY, False, 3), (GARBLED, True, 3), (REFUSED, True, 0)],
    ids=["lost", "lost, nobody waits", "away, nobody waits", "garbled", "refused"],
)
def test_a_pull_is_tried_so_many_times_in_a_row(failure: Failure, waits: bool, most: int) -> None:
    tried = [may_retry(PULL, failure, fruitless, waits) for fruitless in range(12)]
    assert tried == [fruitless < most for fruitless in range(12)]


def test_a_server_that_is_away_may_be_waited_for_as_long_as_it_takes() -> None:
    assert may_retry(PULL, AWAY, 1_000_000, waits=True)


@pytest.mark.parametrize("work", [LoadModel("tiny"), CreateModel("tiny", "Modelfile")])
def test_what_begins_anew_is_not_tried_again_unasked(work: StoreWork) -> None:
    assert not may_retry(work, LOST, 1, waits=True)


def test_what_brings_something_counts_anew() -> None:
    assert (fruitless_after(4, brought=False), fruitless_after(4, brought=True)) == (5, 1)


def test_longer_silence_is_borne_each_time_up_to_a_bound() -> None:
    assert [patience_after(number) for number in (0, 1, 2, 4, 99)] == [1.0, 2.0, 4.0, 16.0, 16.0]

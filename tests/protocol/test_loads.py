"""Which prompts the server loads a model anew for, and which of those that wait go first."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.loads import PATIENCE, Candidate, Load, choose, differing, load_of, passed_by
from protocol.parameters import Option, OptionValue, Parameters

TINY, HUGE, WIDE = Load("tiny"), Load("huge"), Load("tiny", (Option("num_ctx", 8192),))
LOADS = st.sampled_from([TINY, HUGE, WIDE, Load("other")])
CANDIDATES = st.lists(st.builds(Candidate, LOADS, st.integers(0, PATIENCE)), max_size=12)


def of(shift: bool | None = None, **options: OptionValue) -> Load:
    return load_of("tiny", Parameters(Parameters.of_options(options).options, shift=shift))


def test_only_what_the_server_loads_a_model_anew_for_counts() -> None:
    assert of(num_ctx=8192, temperature=0.2, seed=7, stop=("a",)) == WIDE
    assert of(temperature=0.2) == load_of("tiny", Parameters(think=True, keep_alive="10m", format='"json"')) == TINY
    assert of(num_gpu=-1) == TINY


@pytest.mark.parametrize(
    ("before", "now", "names"),
    [
        (of(), of(), ()),
        (of(num_ctx=4096), of(num_ctx=8192), ("num_ctx",)),
        (of(num_ctx=4096), of(), ("num_ctx",)),
        (of(), of(num_ctx=4096, num_gpu=3), ("num_ctx", "num_gpu")),
        (of(num_gpu=3), of(), ()),
        (of(num_gpu=3), of(num_gpu=-1), ()),
        (of(num_gpu=3), of(num_gpu=4), ("num_gpu",)),
        (of(use_mmap=True), of(use_mmap=False), ("use_mmap",)),
        (of(), of(shift=False), ("shift",)),
        (of(shift=True), of(shift=False), ("shift",)),
    ],
)
def test_what_differs_is_named(before: Load, now: Load, names: tuple[str, ...]) -> None:
    assert differing(before, now) == names


def waiting(*loads: Load) -> list[Candidate]:
    return [Candidate(load) for load in loads]


@pytest.mark.parametrize(
    ("candidates", "warm", "free", "chosen"),
    [
        ([], [], 2, ()),
        (waiting(TINY, HUGE), [], 0, ()),
        (waiting(TINY, HUGE), [], 2, (0, 1)),
        (waiting(TINY, HUGE, TINY), [], 1, (0,)),
        (waiting(TINY, HUGE, TINY), [], 2, (0, 2)),
        (waiting(HUGE, TINY), [TINY], 1, (1,)),
        (waiting(HUGE, WIDE, TINY, TINY), [TINY], 2, (2, 3)),
        (waiting(HUGE, WIDE, TINY), [TINY], 2, (2, 0)),
        ([Candidate(HUGE, PATIENCE), Candidate(TINY)], [TINY], 1, (0,)),
        ([Candidate(HUGE, PATIENCE - 1), Candidate(TINY), Candidate(TINY)], [TINY], 2, (1, 0)),
    ],
)
def test_those_go_first_whose_model_is_loaded(
    candidates: list[Candidate], warm: list[Load], free: int, chosen: tuple[int, ...]
) -> None:
    assert choose(candidates, warm, free) == chosen


@given(CANDIDATES, st.sets(LOADS), st.integers(0, 5))
def test_as_many_go_as_can_and_each_once(candidates: list[Candidate], warm: set[Load], free: int) -> None:
    chosen = choose(candidates, warm, free)
    assert len(chosen) == len(set(chosen)) == min(free, len(candidates))
    assert all(0 <= place < len(candidates) for place in chosen)


@given(st.lists(LOADS, max_size=12), st.sets(LOADS), st.integers(0, 5))
def test_those_that_need_the_same_keep_their_order(loads: list[Load], warm: set[Load], free: int) -> None:
    chosen = choose(waiting(*loads), warm, free)
    for load in loads:
        own = [place for place in chosen if loads[place] == load]
        assert own == [place for place, one in enumerate(loads) if one == load][: len(own)]


@given(st.lists(LOADS, min_size=1, max_size=8), st.data())
def test_nobody_waits_for_ever(loads: list[Load], data: st.DataObject) -> None:
    """However many come later, and whatever they need: the last of those that wait now is sent in bounded time."""
    queue = [Candidate(load) for load in loads]
    theirs, bound = len(loads), len(loads) * (PATIENCE + 1)
    for _ in range(bound):
        queue += [Candidate(load) for load in data.draw(st.lists(LOADS, max_size=2))]
        warm = data.draw(st.sets(LOADS))
        chosen = choose(queue, warm, 1)
        theirs -= bool(chosen) and chosen[0] < theirs
        queue = [
            Candidate(one.load, one.passed + passed_by(chosen, place))
            for place, one in enumerate(queue)
            if place not in chosen
        ]
    assert theirs == 0


@given(st.lists(LOADS, min_size=2, max_size=10))
def test_a_queue_without_news_loads_no_model_more_often_than_in_order(loads: list[Load]) -> None:
    def loaded(pick: Callable[[list[Candidate], list[Load]], int]) -> int:
        queue, warm, times = waiting(*loads), list[Load](), 0
        while queue:
            one = queue.pop(pick(queue, warm))
            times += one.load not in warm
            warm = [one.load]
        return times

    assert loaded(lambda queue, warm: choose(queue, warm, 1)[0]) <= loaded(lambda _queue, _warm: 0)

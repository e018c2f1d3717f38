"""Which prompts the server loads a model anew for."""

import pytest

from protocol.loads import Load, differing, load_of
from protocol.parameters import Option, OptionValue, Parameters

TINY, WIDE = Load("tiny"), Load("tiny", (Option("num_ctx", 8192),))


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

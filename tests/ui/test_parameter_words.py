import pytest

from protocol.parameters import NOTHING_SET, Option, Parameters
from ui.parameter_words import brief


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (NOTHING_SET, ""),
        (Parameters((Option("temperature", 0.2),)), "temp 0.2"),
        (Parameters((Option("num_ctx", 8192), Option("seed", 7))), "num_ctx 8192, seed 7"),
        (Parameters((Option("stop", ("\n", "a b")),)), r'stop "\n" "a b"'),
        (Parameters(think=True), "think"),
        (Parameters(think=False), "no thinking"),
        (Parameters(think="high", format='"json"'), "think high, json"),
        (Parameters(format='{"a":1}', keep_alive="-1"), "schema, keep -1"),
        (Parameters(truncate=False, shift=True), "truncate off, shift on"),
        (Parameters((Option("seed", 7), Option("top_k", 4)), True, '"json"', "1h"), "seed 7, top_k 4, think, 2 more"),
    ],
)
def test_what_is_set_is_said_in_a_few_words(parameters: Parameters, said: str) -> None:
    assert brief(parameters) == said

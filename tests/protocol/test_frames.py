import pytest

from protocol.chat import ToolCall
from protocol.frames import Chunk, Metrics

CALL = ToolCall("f", '{"a":1}')


@pytest.mark.parametrize(
    ("metrics", "speed"),
    [
        (Metrics(), None),
        (Metrics(eval_count=10), None),
        (Metrics(eval_duration=10**9), None),
        (Metrics(eval_count=10, eval_duration=0), None),
        (Metrics(eval_count=0, eval_duration=10**9), None),
        (Metrics(eval_count=1, eval_duration=1000), None),
        (Metrics(eval_count=2, eval_duration=10**9), 2.0),
        (Metrics(eval_count=8, eval_duration=77_590_000), 8 / 0.07759),
    ],
)
def test_a_speed_is_told_only_where_there_is_one(metrics: Metrics, speed: float | None) -> None:
    assert metrics.tokens_per_second == (None if speed is None else pytest.approx(speed))


@pytest.mark.parametrize(
    ("metrics", "tokens"),
    [(Metrics(), 0), (Metrics(prompt_eval_count=42), 42), (Metrics(prompt_eval_count=42, eval_count=8), 50)],
)
def test_the_context_holds_the_prompt_and_the_reply(metrics: Metrics, tokens: int) -> None:
    assert metrics.context_tokens == tokens


def test_a_chunk_is_as_large_as_all_it_carries() -> None:
    assert Chunk().size == 0
    assert Chunk("ab", "cde", (CALL, CALL)).size == 2 + 3 + 2 * (1 + 7)

"""The estimate of tokens, against what a real server has counted, and what must hold of any text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.tokens import LEAST_SCALE, MESSAGE, MOST_SCALE, TEMPLATE, scale_of, tokens_of, weigh
from tests.support.recordings import recording


def estimate(name: str) -> tuple[int, int]:
    """About how many tokens a recorded prompt has, and how many the server counted."""
    recorded = recording(name)
    messages = json.loads(recorded.request or b"")["messages"]
    weight = TEMPLATE + sum(weigh(message["content"]) + MESSAGE for message in messages)
    counted = json.loads(recorded.body.splitlines()[-1])["prompt_eval_count"]
    return tokens_of(weight), counted


@pytest.mark.parametrize(
    "name",
    [
        "turn_2_cached_prompt",
        "chat_stream_short",
        "chat_stream_long",
        "chat_multi_turn_system",
        "native_stream_short",
        "unicode_cjk_gemma",
        "unicode_prompt_echo",
        "html_special_chars",
        "chat_format_json",
    ],
)
def test_a_recorded_prompt_is_estimated_within_a_third(name: str) -> None:
    estimated, counted = estimate(name)
    assert 0.67 * counted <= estimated <= 1.4 * counted


def test_a_long_recorded_prompt_is_not_taken_for_much_shorter_than_it_is() -> None:
    """8,080 tokens, as the server says where it refuses to cut them."""
    content = json.loads(recording("native_ctx_small_long_prompt").request or b"")["messages"][-1]["content"]
    assert 0.8 * 8080 <= tokens_of(weigh(content)) <= 1.6 * 8080


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("The quick brown fox jumps over the lazy dog near the old river bank.", 14, 24),
        ("日本語のテキストは一文字ごとに一つのトークンになることが多い。", 25, 40),
        ("def f(x): return {k: v[0] for k, v in x.items() if v != []}", 20, 35),
        ("Съешь же ещё этих мягких французских булок.", 15, 30),
        ("🦉🦉🦉🦉", 8, 16),
        ("1234567890", 4, 10),
        ("", 0, 0),
    ],
)
def test_each_script_has_tokens_of_its_own_size(text: str, least: int, most: int) -> None:
    assert least <= tokens_of(weigh(text)) <= most


def test_the_same_number_of_characters_is_more_in_code_than_in_prose_and_most_in_ideographs() -> None:
    prose, code, ideographs = ("words " * 100, "a[0]={b};" * 67, "漢字" * 300)
    assert weigh(prose[:600]) < weigh(code[:600]) < weigh(ideographs[:600])


@given(st.text(), st.text())
def test_texts_weigh_together_what_they_weigh_alone(one: str, two: str) -> None:
    assert weigh(one + two) == pytest.approx(weigh(one) + weigh(two))


@given(st.text())
def test_a_text_weighs_something_and_no_more_than_three_for_a_character(text: str) -> None:
    assert 0 <= weigh(text) <= 3 * len(text)
    assert (weigh(text) == 0) is (text == "")


@given(st.floats(200, 1e6), st.floats(LEAST_SCALE, MOST_SCALE))
def test_what_was_counted_of_a_conversation_is_estimated_as_counted(weight: float, factor: float) -> None:
    counted = round(weight * factor)
    assert tokens_of(weight, scale_of(counted, weight)) == pytest.approx(counted, abs=1 + MOST_SCALE)


@given(st.integers(0, 10**9), st.floats(0, 1e6))
def test_no_count_makes_the_scale_absurd(counted: int, weight: float) -> None:
    assert LEAST_SCALE <= scale_of(counted, weight) <= MOST_SCALE

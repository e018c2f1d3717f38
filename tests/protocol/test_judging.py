"""What a judge is asked, and what becomes of what it says."""

from collections.abc import Iterator
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.comparison import ColumnKind
from protocol.judging import question, resolved, shuffled

NAMES = ("small", "large on mill")


def test_a_judge_sees_letters_and_no_names() -> None:
    asked = question(ColumnKind.JUDGE, "Why?", ["Because.\n", "So."])
    _, *parts = asked.split("\n\n---\n\n")
    assert parts == ["The question:\n\nWhy?", "Answer A:\n\nBecause.", "Answer B:\n\nSo."]
    assert asked.splitlines()[0].endswith("End with a line of its own: Best: and the letter.")


def test_who_merges_is_asked_for_one_answer() -> None:
    asked = question(ColumnKind.MERGE, "Why?", ["Because."])
    assert "Write the one answer that is better than each of them" in asked


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Best: B", "Best: B (large on mill)"),
        ("**Best: A**", "**Best: A (small)**"),
        ("Answer A is right, answer B is not.", "Answer A (small) is right, answer B (large on mill) is not."),
        ("Answer **B** wins.", "Answer **B (large on mill)** wins."),
        ("A good answer. I think so.", "A good answer. I think so."),
        ("Answer C is none of these.", "Answer C is none of these."),
        ("The best answers are short.", "The best answers are short."),
        ("The answer Because is right.", "The answer Because is right."),
    ],
)
def test_the_names_stand_behind_the_letters_again(said: str, told: str) -> None:
    assert resolved(said, NAMES) == f"- A: small\n- B: large on mill\n\n{told}"


def draws(order: tuple[int, ...]) -> Iterator[float]:
    """Numbers from which comes one order of three."""
    return (place / of for place, of in zip(order, (3, 2), strict=True))


def test_every_order_can_come() -> None:
    found = set()
    for first in range(3):
        for second in range(2):
            numbers = draws((first, second))
            found.add(shuffled("abc", lambda numbers=numbers: next(numbers)))  # type: ignore[misc]
    assert found == set(permutations("abc"))


@given(st.lists(st.integers()), st.randoms())
def test_nothing_is_lost_and_nothing_comes_twice(things: list[int], random: Random) -> None:
    assert sorted(shuffled(things, random.random)) == sorted(things)

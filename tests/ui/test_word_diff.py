from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ui.word_diff import MOST_WORDS, Piece, Side, is_too_long, word_diff

WORDS = st.lists(st.sampled_from(["a ", "b\n", "c", "d, ", "é ", "long "]), max_size=40).map("".join)


def said(first: str, second: str) -> list[tuple[str, str]]:
    return [(piece.side.value, piece.text) for piece in word_diff(first, second)]


def test_words_that_only_one_has_are_told_from_those_of_both() -> None:
    assert said("The sky is blue today.", "The sky is often blue today.") == [
        ("both", "The sky is "),
        ("second", "often "),
        ("both", "blue today."),
    ]
    assert said("The sky is blue today.", "The sky is grey today.") == [
        ("both", "The sky is "),
        ("first", "blue "),
        ("second", "grey "),
        ("both", "today."),
    ]


def test_where_no_blanks_stand_between_words_each_character_is_one() -> None:
    assert said("空は青い。", "空は赤い。Yes.") == [
        ("both", "空は"),
        ("first", "青"),
        ("second", "赤"),
        ("both", "い。"),
        ("second", "Yes."),
    ]


def test_white_space_makes_no_difference_and_is_that_of_the_second() -> None:
    assert said("one two\n\nthree", "one\ntwo three") == [("both", "one\ntwo three")]


def test_texts_without_words_do_not_differ() -> None:
    assert said("", " \n") == []
    assert said("", "one") == [("second", "one")]
    assert said("one", "") == [("first", "one")]


def test_a_word_that_both_have_by_chance_is_no_island() -> None:
    assert said("I think that cats sleep", "We know that dogs bark") == [
        ("first", "I think that cats sleep"),
        ("second", "We know that dogs bark"),
    ]


def test_of_very_long_texts_only_the_beginning_is_compared() -> None:
    assert word_diff("", "x " * (MOST_WORDS + 5)) == [Piece(Side.SECOND, ("x ",) * MOST_WORDS)]
    assert [is_too_long(one * count) for one in ("x ", "空") for count in (MOST_WORDS, MOST_WORDS + 1)] == [
        False,
        True,
    ] * 2


@given(WORDS, WORDS)
def test_either_text_can_be_had_from_the_differences(first: str, second: str) -> None:
    pieces = word_diff(first, second)

    def of(side: Side) -> list[str]:
        return " ".join(piece.text for piece in pieces if piece.side in (Side.BOTH, side)).split()

    assert (of(Side.FIRST), of(Side.SECOND)) == (first.split(), second.split())
    assert all(one.side is not other.side for one, other in pairwise(pieces))

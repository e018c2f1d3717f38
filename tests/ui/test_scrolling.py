import pytest

from ui.rows import Row
from ui.scrolling import Scroll, scrolled

A, B, C, D, E, F, G, BLANK = ([(None, None, letter.encode())] for letter in "ABCDEFG ")


@pytest.mark.parametrize(
    ("before", "after", "scroll"),
    [
        ([A, B, C, D, E], [A, B, C, D, E], None),
        ([A, B, C, D, E], [B, C, D, E, F], Scroll(0, 5, 1)),
        ([A, B, C, D, E], [C, D, E, F, G], Scroll(0, 5, 2)),
        ([A, B, C, D, E], [A, C, D, E, F], Scroll(1, 5, 1)),
        ([A, B, C, D, E, F], [B, C, D, E, G, F], Scroll(0, 5, 1)),
        ([A, B, C, D], [C, D, E, F], None),
        ([A, B, C, D], [D, C, B, A], None),
        ([A, BLANK, B, BLANK, C, D], [BLANK, C, D, E, F, G], Scroll(0, 6, 3)),
    ],
)
def test_what_moved_up_is_found(before: list[Row], after: list[Row], scroll: Scroll | None) -> None:
    assert scrolled(before, after) == scroll


def test_what_comes_at_the_end_of_a_region_is_unknown() -> None:
    assert Scroll(1, 4, 2).applied([A, B, C, D, E]) == [A, D, (), (), E]

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.comparison_layout import GAP, LEAST, Stand, stand_at, stands


@pytest.mark.parametrize(
    ("columns", "seen"), [(40, 1), (54, 1), (55, 2), (80, 2), (84, 3), (113, 4), (120, 4), (200, 4), (20, 1)]
)
def test_as_many_columns_stand_side_by_side_as_can_be_read(columns: int, seen: int) -> None:
    assert len(stands(4, columns, 0, 0)) == seen


def test_they_fill_the_width() -> None:
    assert stands(3, 120, 0, 0) == (Stand(0, 0, 38), Stand(1, 41, 38), Stand(2, 82, 38))
    assert stands(2, 80, 0, 0) == (Stand(0, 0, 39), Stand(1, 42, 38))


def test_those_that_are_seen_stay_while_the_one_in_focus_is_among_them() -> None:
    def places(first: int, focus: int) -> list[int]:
        return [stand.place for stand in stands(5, 84, first, focus)]

    assert places(0, 2) == [0, 1, 2]
    assert places(0, 3) == [1, 2, 3]
    assert places(1, 1) == [1, 2, 3]
    assert places(1, 0) == [0, 1, 2]
    assert places(4, 4) == [2, 3, 4]


def test_a_place_on_the_screen_is_of_a_column_or_of_none() -> None:
    found = stands(2, 80, 0, 0)
    assert [stand_at(found, column) for column in (0, 38, 39, 41, 42, 79, 80)] == [
        found[0], found[0], None, None, found[1], found[1], None,
    ]  # fmt: skip


@given(st.integers(0, 16), st.integers(1, 300), st.integers(0, 20), st.data())
def test_whatever_the_size_the_one_in_focus_is_seen(count: int, columns: int, first: int, data: st.DataObject) -> None:
    focus = data.draw(st.integers(0, max(0, count - 1)))
    found = stands(count, columns, first, focus)
    places = [stand.place for stand in found]
    assert places == list(range(places[0], places[0] + len(places))) if count else not places
    assert not count or (focus in places and max(places) < count)
    assert not count or found[-1].left + found[-1].columns == columns
    assert all(one.left + one.columns + GAP == other.left for one, other in pairwise(found))
    assert len(found) < 2 or min(stand.columns for stand in found) >= LEAST

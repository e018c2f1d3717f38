from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.ui.cuts import cut
from tests.ui.nasty import TEXT
from ui.markup import Markup
from ui.palette import Role
from ui.paragraph import Wrap, markup_paragraph
from ui.rows import Row, rows_of
from ui.sanitiser import sanitise
from ui.wrapped import Wrapped

INKS = (Role.TEXT, Role.STRONG, Role.CODE)


def at_once(markup: Markup, columns: int, wrap: Wrap = "space") -> list[Row]:
    return rows_of(markup_paragraph(markup, wrap=wrap).render((columns,)))


def inked(text: str, places: list[int]) -> Markup:
    """A text in several inks, which change at these places."""
    cuts = [0, *sorted({min(place, len(text)) for place in places}), len(text)]
    return tuple((INKS[number % len(INKS)], text[start:end]) for number, (start, end) in enumerate(pairwise(cuts)))


@pytest.mark.parametrize("columns", [7, 40])
def test_rows_that_are_over_stay_the_same_objects(columns: int) -> None:
    wrapped, text = Wrapped(), "one two three four five "
    before = wrapped.rows(((Role.TEXT, text * 9),), columns)
    after = wrapped.rows(((Role.TEXT, text * 10),), columns)
    assert after == at_once(((Role.TEXT, text * 10),), columns)
    assert all(one is other for one, other in zip(before[:-1], after[:-1], strict=False))


WRAPS = st.sampled_from(list[Wrap](["space", "any"]))


@given(TEXT, st.data(), st.integers(1, 30), st.lists(st.integers(0, 40), max_size=4), WRAPS)
@example("a b\nc", None, 3, [], "space")
def test_what_grows_looks_like_what_comes_at_once(
    text: str, data: st.DataObject | None, columns: int, places: list[int], wrap: Wrap
) -> None:
    wrapped, said = Wrapped(wrap), ""
    for piece in cut(sanitise(text), data):
        said += piece
        markup = inked(said, places)
        assert wrapped.rows(markup, columns) == at_once(markup, columns, wrap)


@given(st.text("ab \n", max_size=60), st.data(), st.integers(1, 9), st.lists(st.integers(0, 40), max_size=4), WRAPS)
def test_words_that_grow_look_like_words_that_come_at_once(
    text: str, data: st.DataObject, columns: int, places: list[int], wrap: Wrap
) -> None:
    wrapped, said = Wrapped(wrap), ""
    for piece in cut(text, data):
        said += piece
        markup = inked(said, places)
        assert wrapped.rows(markup, columns) == at_once(markup, columns, wrap)


@given(st.lists(st.tuples(TEXT, st.integers(1, 30)), max_size=6))
def test_other_texts_and_widths_are_no_growth(shown: list[tuple[str, int]]) -> None:
    wrapped = Wrapped()
    for text, columns in shown:
        markup = inked(sanitise(text), [5])
        assert wrapped.rows(markup, columns) == at_once(markup, columns)

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from urwid.testing import render_text

from tests.support.addresses import Recorder
from ui.composer import Composer
from ui.outgoing import Written
from ui.palette import Role
from ui.paragraph import legible, paragraph
from ui.paste import Pasted

ODD_TEXTS = st.text(st.sampled_from("ab \n\t日ก็👍🏽🇩🇪\u200b\u200d\u0301\ufe0f\u1161"), max_size=120)
UNDRAWABLE = "\u200d日aaa"
"""urwid raises ValueError for it in two columns."""


@given(ODD_TEXTS, st.integers(2, 60))
@example(UNDRAWABLE, 2)
@example("\u0301 🏽\u200d👍🏽🏽 ", 5)
def test_every_text_can_be_drawn_in_every_width(text: str, columns: int) -> None:
    block = paragraph(Role.TEXT, text)

    assert block.rows((columns,)) >= 1
    assert block.render((columns,)).cols() == columns


@given(ODD_TEXTS, st.integers(4, 60))
@example(UNDRAWABLE, 4)
def test_every_text_can_be_written_in_every_width(text: str, columns: int) -> None:
    composer = Composer(Recorder[Written]().tell)
    composer.keypress((columns, 3), Pasted(text))

    assert composer.rows_wanted(columns) >= 1
    assert composer.render((columns, 3), True).rows() == 3


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        (UNDRAWABLE, 2, ["日", "aa", "a"]),
        ("é\n" + UNDRAWABLE, 2, ["é", "日", "aa", "a"]),
        ("👩\u200d👧", 20, ["👩\u200d👧"]),
    ],
)
def test_marks_are_left_out_only_where_a_line_cannot_be_drawn_with_them(
    text: str, columns: int, shown: list[str]
) -> None:
    assert render_text(paragraph(Role.TEXT, text), (columns,), strip=True) == shown


def test_a_text_that_can_be_drawn_is_legible_as_it_is() -> None:
    assert legible("e\u0301\u200d\n👍🏽", 20) == "e\u0301\u200d\n👍🏽"


def test_what_follows_a_joiner_that_joins_nothing_is_not_hidden() -> None:
    block = paragraph(Role.TEXT, "\u200dab\u200dc\n👩\u200d👧")

    assert render_text(block, (6,), strip=True) == ["abc", "👩\u200d👧"]


def test_what_is_hidden_here_and_counted_twice_there_is_not_hidden() -> None:
    block = paragraph(Role.TEXT, "\u200d a  \u200d  \u200d🌈🏽🏽")

    assert render_text(block, (20,), strip=True) == [" a    🌈"]

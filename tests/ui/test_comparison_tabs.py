import pytest

from ui.comparison_caption import Caption
from ui.comparison_tabs import fitted_tabs, place_at, tab_row
from ui.palette import STYLES, Role

FOUR = (
    Caption(1, "llama3.2:3b", "done"),
    Caption(2, "qwen3:8b", "answering", under_way=True),
    Caption(3, "phi4-mini", "failed", bad=True),
    Caption(4, "mistral-nemo:12b", "loading", under_way=True),
)
MANY = [Caption(number, f"model{number}", "done") for number in range(1, 17)]


def text(captions: list[Caption] | tuple[Caption, ...], focus: int, columns: int) -> str:
    return "".join(tab.text for tab in fitted_tabs(captions, focus, columns)).rstrip()


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (120, " 1 llama3.2:3b done  2 qwen3:8b answering  3 phi4-mini failed  4 mistral-nemo:12b loading"),
        (82, " 1 llama3... done  2 qwen3:8b answering  3 phi4-mini failed  4 mistra... loading"),
        (60, " 1 llama3.2:3b  2… qwen3:8b  3! phi4-mini  4… mistral-ne..."),
        (40, " 1  2… qwen3:8b  3!  4…"),
    ],
)
def test_phases_go_first_then_names_are_cut_then_only_the_one_in_focus_has_one(columns: int, said: str) -> None:
    assert text(FOUR, 1, columns) == said


def test_where_even_numbers_have_no_room_the_far_ones_go() -> None:
    assert text(MANY, 8, 40) == " 5  6  7  8  9 model9  10  11  12  13"
    assert text(MANY, 0, 40).startswith(" 1 model1  2  3 ")


def test_roles_tell_what_the_marks_tell() -> None:
    assert [tab.role for tab in fitted_tabs(FOUR, 0, 120)] == [
        Role.STATUS_STRONG,
        Role.LABEL,
        Role.ERROR,
        Role.LABEL,
    ]


def test_the_one_in_focus_stands_out_without_colours_too_where_another_failed() -> None:
    in_focus, failed = fitted_tabs((FOUR[0], FOUR[2]), 0, 120)
    assert [STYLES[tab.role][2] for tab in (in_focus, failed)] == ["standout,bold", "bold"]


def test_an_answer_that_was_picked_has_a_mark() -> None:
    assert text([Caption(1, "m", "done", picked=True), *MANY[1:]], 1, 60).startswith(" 1* ")


def test_a_tab_is_found_where_it_is() -> None:
    tabs = fitted_tabs(FOUR, 1, 40)
    assert [place_at(tabs, column) for column in (0, 2, 3, 15, 16, 20, 23, 24)] == [0, 0, 1, 1, 2, 3, 3, None]


def test_the_row_is_as_wide_as_the_screen() -> None:
    assert sum(len(run.decode()) for _, _, run in tab_row(fitted_tabs(FOUR, 1, 50), 50)) == 50

from urwid.testing import render_runs, render_text

from ui.diff_view import Answer, DiffView
from ui.palette import Role

SIZE = (44, 6)
ONE = Answer(1, "alpha", "The sky is blue.\n\nIt is so at noon.")
OTHER = Answer(3, "beta", "The sky is grey.\n\nIt is so at noon, and later.")


def rows(view: DiffView, size: tuple[int, int] = SIZE) -> list[str]:
    return render_text(view, size, strip=True)


def test_words_of_one_alone_are_marked_as_wdiff_does() -> None:
    assert rows(DiffView(ONE, OTHER)) == [
        " [-1 alpha-] {+3 beta+}  -2 +4",
        "The sky is [-blue.-] {+grey.+}",
        "",
        "It is so at [-noon.-] {+noon, and later.+}",
        "",
        "",
    ]


def test_how_much_differs_is_said_where_there_is_little_room_too() -> None:
    one, other = Answer(1, "mistral-nemo:12b", "a b c"), Answer(16, "llama3.2:3b-instruct", "a d")
    heads = [rows(DiffView(one, other), (columns, 2))[0] for columns in (80, 60, 40, 24)]
    assert heads == [
        " [-1 mistral-nemo:12b-] {+16 llama3.2:3b-instruct+}  1 word in both, -2 +1",
        " [-1 mistral-nemo:12b-] {+16 llama3.2:3b-instruct+}  -2 +1",
        " [-1 mistr...-] {+16 llama...+}  -2 +1",
        " [-1-] {+16+}  -2 +1",
    ]


def test_characters_that_stand_without_blanks_are_marked_one_by_one() -> None:
    assert rows(DiffView(Answer(1, "a", "空は青い。"), Answer(2, "b", "空は赤い。")))[1] == "空は [-青-] {+赤+} い。"


def test_they_have_colours_too() -> None:
    seen = {run[0] for row in render_runs(DiffView(ONE, OTHER), SIZE) for run in row}
    assert {Role.ADDED, Role.REMOVED, Role.TEXT} <= seen


def test_it_is_said_that_more_may_come_and_how_much_was_compared() -> None:
    long = Answer(2, "beta", "x " * 5_000, over=False)
    assert rows(DiffView(ONE, long), (100, 2))[0].endswith("so far, of the first 4,000 words")


def test_what_a_terminal_obeys_is_made_visible() -> None:
    shown = rows(DiffView(Answer(1, "a\x1b[2J", "x\x1b[2J"), Answer(2, "b", "y")), (60, 3))
    assert shown[0].startswith(" [-1 a␛[2J-]")
    assert shown[1] == "[-x␛[2J-] {+y+}"


def test_it_scrolls_no_further_than_there_is_text() -> None:
    view = DiffView(Answer(1, "a", ""), Answer(2, "b", "\n".join(f"line {number}" for number in range(20))))
    assert rows(view)[1] == "{+line 0+}"
    view.scroll(3)
    assert rows(view)[1] == "{+line 3+}"
    view.page(1)
    assert rows(view)[1] == "{+line 6+}"
    view.to_end()
    assert rows(view)[-1] == "{+line 19+}"
    view.scroll(5)
    assert rows(view)[-1] == "{+line 19+}"
    view.page(-1)
    assert rows(view)[-1] == "{+line 16+}"
    view.to_top()
    assert rows(view)[1] == "{+line 0+}"


def test_nothing_to_compare_is_nothing_to_see() -> None:
    assert rows(DiffView(Answer(1, "a", ""), Answer(2, "b", ""))) == [
        " [-1 a-] {+2 b+}  0 words in both, -0 +0",
        *[""] * 5,
    ]

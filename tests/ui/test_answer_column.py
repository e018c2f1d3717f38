from urwid import Canvas

from tests.ui.contest import answers, begins
from tests.ui.stage import Stage
from tests.ui.talk import started
from ui.answer_column import AnswerColumn
from ui.key_words import DEFAULT_KEY_WORDS
from ui.rows import Row, RowsCanvas

SIZE = (20, 4)


def column(text: str) -> AnswerColumn:
    shown = Stage(started(), *begins("alpha", "beta"), *answers("alpha", text))
    talk = next(talk for talk in shown.model.conversations.values() if talk.id == "alpha")
    return AnswerColumn(talk, DEFAULT_KEY_WORDS)


def texts(rows: list[Row]) -> list[str]:
    return ["".join(run.decode() for _, _, run in row).rstrip() for row in rows]


def test_it_shows_the_answer_and_neither_the_prompt_nor_who_gave_it() -> None:
    assert texts(list(column("One.\n\nTwo.").rows(SIZE))) == ["One.", "", "Two.", ""]


def test_rows_are_the_same_objects_until_something_changes() -> None:
    one = column("One.")
    rows = one.rows(SIZE)
    assert one.rows(SIZE) is rows
    assert one.rows((19, 4)) is not rows


def test_several_keys_in_a_row_scroll_as_often() -> None:
    one = column("\n\n".join(map(str, range(1, 21))))
    one.rows(SIZE)
    one.to_top()
    one.scroll(1)
    one.scroll(1)
    assert texts(list(one.rows(SIZE)))[0] == "2"
    one.page(1)
    one.follow()
    assert texts(list(one.rows(SIZE)))[-1] == "20"


def test_what_was_never_drawn_cannot_be_scrolled() -> None:
    one = column("One.")
    one.scroll(-5)
    assert texts(list(one.rows(SIZE)))[0] == "One."


def test_its_text_is_as_the_model_wrote_it() -> None:
    assert column(" *One.* ").answer == "*One.*"


def test_rows_fill_a_canvas_of_their_size() -> None:
    canvas: Canvas = RowsCanvas(column("One.").rows(SIZE), SIZE[0])
    assert (canvas.cols(), canvas.rows()) == SIZE

"""What the screen says of keys, where each is of use."""

import pytest
from urwid.testing import render_text

from protocol.models import ServerSurvey
from protocol.ui import ServerChanged
from tests.support.addresses import Recorder
from tests.ui.models import model_after
from tests.ui.page import Page
from tests.ui.talk import MODEL, accepted, done, started, thought
from ui.face import Face
from ui.key_words import key_words
from ui.keymap import Keymap
from ui.keys import Action
from ui.model import Model
from ui.outgoing import Written
from ui.status import Segment, fit, segments

HERE = ServerChanged(ServerSurvey("here"))


class Screen:
    """A whole screen that shows what a model knows."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.face = Face(Recorder[Written]().tell)

    def rows(self, size: tuple[int, int]) -> list[str]:
        self.face.show(self.model, 9.0)
        return render_text(self.face, size, focus=True, strip=True)


@pytest.mark.parametrize(
    ("columns", "says"),
    [(40, False), (80, True), (200, True)],
)
def test_where_there_is_code_the_status_line_says_how_it_is_copied(columns: int, says: bool) -> None:
    model = model_after(started(), accepted("1"), done("1", "```py\nx\n```"))
    parts = [*segments(model, 9.0), Segment("smollm2:135m", 9)]
    assert ("F3 copies" in [part.text for part in fit(parts, columns)]) is says


def test_the_hint_at_copying_names_the_key_that_was_chosen_for_it() -> None:
    model = model_after(started(), accepted("1"), done("1", "```py\nx\n```"))
    words = key_words(Keymap({Action.COPY: ("f9",)}))
    assert [part.text for part in segments(model, 9.0, words=words) if part.hints] == ["F9 copies", "F1 keys"]


def test_nothing_is_said_of_copying_where_there_is_no_code_or_a_reply_is_under_way() -> None:
    plain = model_after(started(), accepted("1"), done("1", "Hi."))
    busy = model_after(started(), accepted("1"), done("1", "```py\nx\n```"), accepted("2"))
    assert [[part.text for part in segments(one, 9.0) if part.hints] for one in (plain, busy)] == [
        ["F1 keys"],
        ["Esc stops"],
    ]


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)], ids=str)
def test_while_a_reply_comes_the_composer_says_that_what_is_written_waits(size: tuple[int, int]) -> None:
    screen = Screen(model_after(HERE, started(), accepted("1")))
    assert screen.rows(size)[-1] == "> Write ahead: it waits its turn"
    screen.model.apply(done("1", "Hi."), 1.0)
    assert screen.rows(size)[-1] == "> Write here"


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize(
    ("size", "lines"),
    [
        ((40, 10), ["Enter sends, Esc stops, Ctrl-P commands,", "F1 keys, Alt-L chats, Ctrl-D quits"]),
        ((80, 24), ["Enter sends, Esc stops, Ctrl-P commands, F1 keys, Alt-L chats, Ctrl-D quits", ""]),
        ((200, 60), ["Enter sends, Esc stops, Ctrl-P commands, F1 keys, Alt-L chats, Ctrl-D quits", ""]),
    ],
    ids=str,
)
def test_the_welcome_says_how_chats_are_found_where_they_are_kept(
    size: tuple[int, int], lines: list[str], kept: bool
) -> None:
    screen = Screen(model_after(HERE, started()))
    screen.model.kept = kept
    assert screen.rows(size)[2:4] == [line if kept else line.replace("Alt-L chats, ", "") for line in lines]


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_blank_row_is_between_folded_thinking_and_an_answer_that_begins_with_a_heading(columns: int) -> None:
    page = Page((columns, 10)).take(started(), accepted("1"), thought("1", "hm"), done("1", "# 1\n\n2", thinking="hm"))
    assert page.text() == ["> Hi", "", MODEL, "thought for 1 s  Ctrl-T shows", "", "1", "", "2"]

import pytest
import urwid
from hypothesis import given
from hypothesis import strategies as st
from urwid.testing import press, render_text

from protocol.models import ServerSurvey
from protocol.turn import TurnState
from protocol.ui import ServerChanged
from tests.support.addresses import Recorder
from tests.ui.talk import accepted, grew, moved, started
from ui.composer import Composer
from ui.face import Face
from ui.model import Model
from ui.outgoing import Written
from ui.paste import Pasted

HERE = ServerChanged(ServerSurvey("here"))
SIZE = (40, 12)
STATUS = " llama3.2  answering 0 s  Esc stops"


def face_with(lines: int) -> Face:
    """A face that shows a reply of so many numbered lines."""
    model = Model()
    reply = "".join(f"{number}\n" for number in range(1, lines + 1))
    for event in (HERE, started(), accepted("1"), moved("1", TurnState.ANSWERING), grew("1", reply)):
        model.apply(event, 0.0)
    sent: Recorder[Written] = Recorder()
    face = Face(sent.tell)
    face.show(model, 0.0)
    return face


def rows(face: Face, size: tuple[int, int] = SIZE) -> list[str]:
    return render_text(face, size, focus=True, strip=True)


def numbers(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last + 1)]


def test_the_transcript_is_above_the_status_above_the_composer() -> None:
    drawn = rows(face_with(3))

    assert (drawn[:6], drawn[9], drawn[10], drawn[11]) == (
        ["> Hi", "", "llama3.2", *numbers(1, 3)],
        "",
        STATUS,
        "> Write ahead: it waits its turn",
    )


def test_the_composer_takes_a_third_at_most() -> None:
    face = face_with(20)
    press(face, SIZE, Pasted("a\nb\nc\nd\ne\nf"))

    assert rows(face)[-6:] == ["20", STATUS, "> c", "  d", "  e", "  f"]


@pytest.mark.parametrize(
    ("keys", "first_row"),
    [
        (["page up"], "3"),
        (["page up", "page down"], "11"),
        (["page up", "meta up"], "2"),
        (["page up", "meta down", "ctrl down"], "5"),
        (["ctrl home"], "> Hi"),
        (["home"], "> Hi"),
        (["ctrl home", "ctrl end"], "11"),
        (["home", "end"], "11"),
        (["ctrl home", "x", "home"], "> Hi"),
        (["x", "home"], "11"),
    ],
)
def test_keys_scroll(keys: list[str], first_row: str) -> None:
    face = face_with(20)
    for key in keys:
        rows(face)
        press(face, SIZE, key)

    assert rows(face)[0] == first_row


def test_the_wheel_scrolls() -> None:
    face = face_with(20)
    rows(face)

    face.mouse_event(SIZE, "mouse press", 4, 0, 0, True)
    assert rows(face)[0] == "8"
    face.mouse_event(SIZE, "mouse press", 5, 0, 0, True)
    assert rows(face)[0] == "11"


def test_a_click_into_the_composer_moves_the_cursor() -> None:
    face = face_with(1)
    press(face, SIZE, *"abc")

    face.mouse_event(SIZE, "mouse press", 1, 3, 11, True)
    press(face, SIZE, "x")

    assert face.composer.text == "axbc"


@pytest.mark.parametrize("key", ["esc", "ctrl c", "f1", "f2", "ctrl t", "ctrl z", "ctrl l"])
def test_keys_that_neither_write_nor_scroll_are_passed_on(key: str) -> None:
    assert press(face_with(1), SIZE, key) == [key]


@pytest.mark.parametrize("size", [(39, 10), (40, 9), (10, 3), (1, 1)])
def test_a_screen_too_small_gets_one_sentence(size: tuple[int, int]) -> None:
    sentence = f"chinwag needs 40x10; this is {size[0]}x{size[1]}"

    drawn = rows(face_with(3), size)

    assert "".join(drawn).replace(" ", "") in sentence.replace(" ", "")
    assert len(drawn) == size[1]


def test_the_smallest_screen_has_all_three_parts() -> None:
    assert rows(face_with(20), (40, 10))[-3:] == ["20", STATUS, "> Write ahead: it waits its turn"]


def test_what_the_keys_do_in_a_search_is_said_as_soon_as_it_begins() -> None:
    face = face_with(3)
    press(face, SIZE, "ctrl r")
    assert rows(face)[-2:] == [" here  search: Enter takes, Esc leaves", "(search) :"]

    press(face, SIZE, "esc")
    assert rows(face)[-2:] == [STATUS, "> Write ahead: it waits its turn"]


def test_home_and_end_end_a_search_and_do_not_scroll() -> None:
    face = face_with(20)
    press(face, SIZE, "ctrl r", "home")

    assert (rows(face)[0], rows(face)[-1]) == ("11", "> Write ahead: it waits its turn")


class BlankPaper(Composer):
    """Fails to draw."""

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        raise ValueError("no ink")


def test_a_part_that_cannot_be_drawn_says_so_and_the_others_are_drawn() -> None:
    face = face_with(3)
    face.composer = BlankPaper(Recorder[Written]().tell)

    assert rows(face, (80, 12))[-2:] == [
        " llama3.2   answering 0 s   here   Esc stops",
        "(this part of the screen cannot be drawn: no ink)",
    ]


def test_a_key_that_fails_says_so_until_the_next_key() -> None:
    def no_post(_: Written) -> None:
        raise ValueError("no stamps")

    face = Face(no_post)
    hints = []
    for key in ("x", "enter", "y"):
        assert press(face, SIZE, key) == []
        face.show(Model(), 0.0)
        hints.append("that key failed: no stamps" in rows(face)[-2])

    assert hints == [False, True, False]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 40)), max_size=10))
def test_it_fills_a_screen_of_any_size(sizes: list[tuple[int, int]]) -> None:
    face = face_with(30)
    press(face, SIZE, *"some text that is wrapped somewhere")
    for size in sizes:
        canvas = face.render(size, True)
        assert (canvas.cols(), canvas.rows()) == size

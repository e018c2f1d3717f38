from collections.abc import Iterator
from typing import cast

import pytest
import urwid
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from urwid.testing import render_runs

from protocol.chat import ToolCall
from protocol.identity import TurnId
from protocol.turn import TurnState
from protocol.ui import NoticePosted, UiEvent, WaitReason
from tests.ui.cuts import cut
from tests.ui.page import SIZE, Page, long_talk, numbered
from tests.ui.talk import (
    MODEL,
    OTHER,
    REFUSED,
    TALK,
    accepted,
    called,
    done,
    ended,
    failed,
    grew,
    moved,
    queued,
    started,
    thought,
)
from ui.conversation import Conversation
from ui.palette import Role
from ui.transcript import Transcript
from ui.turn import Turn

GOES_ON = "Alt-C continues, Alt-R anew"


def test_an_empty_conversation_says_what_this_is() -> None:
    assert Page((80, 5)).take(started()).text() == [
        "chinwag: a chat with a language model",
        "llama3.2 on here",
        "Enter sends, Esc stops, Ctrl-P commands, F1 keys, Alt-L chats, Ctrl-D quits",
    ]


def test_the_welcome_makes_room_for_the_first_prompt() -> None:
    assert Page().take(started(), accepted("1", "Hello\nthere")).text() == ["> Hello", "  there"]


def test_a_reply_stands_below_its_prompt_under_the_name_of_its_model() -> None:
    page = Page().take(
        started(),
        accepted("1", "Hello"),
        moved("1", TurnState.ANSWERING),
        grew("1", "Hi ", "there"),
        done("1", "Hi there"),
    )

    assert page.text() == ["> Hello", "", MODEL, "Hi there"]


def test_thinking_is_shown_while_it_comes_and_folded_when_the_answer_begins() -> None:
    page = Page().take(started(), accepted("1"), moved("1", TurnState.THINKING), thought("1", "hm ", "hm"))
    assert page.text() == ["> Hi", "", MODEL, "thinking", "hm hm"]

    page.take(thought("1", "!"), grew("1", "Yes"))
    assert page.text() == ["> Hi", "", MODEL, "thought for 2 s  Ctrl-T shows", "", "Yes"]


def test_thinking_unfolds_and_folds_by_a_key() -> None:
    page = Page().take(started(), accepted("1"), moved("1", TurnState.THINKING), thought("1", "hm"), grew("1", "Yes"))

    page.transcript.toggle_thinking()
    assert page.text() == ["> Hi", "", MODEL, "thinking", "hm", "", "Yes"]
    page.transcript.toggle_thinking()
    assert page.text() == ["> Hi", "", MODEL, "thought for 1 s  Ctrl-T shows", "", "Yes"]


def test_thinking_that_comes_folds_at_once_and_streams_when_it_is_unfolded() -> None:
    page = Page().take(started(), accepted("1"), moved("1", TurnState.THINKING), thought("1", "hm"))

    page.transcript.toggle_thinking()
    assert page.text() == ["> Hi", "", MODEL, "thinking  Ctrl-T shows"]
    page.take(thought("1", " hm"))
    assert page.text() == ["> Hi", "", MODEL, "thinking  Ctrl-T shows"]
    page.transcript.toggle_thinking()
    assert page.text() == ["> Hi", "", MODEL, "thinking", "hm hm"]
    page.take(thought("1", " hm"), grew("1", "Yes"))
    assert page.text() == ["> Hi", "", MODEL, "thinking", "hm hm hm", "", "Yes"]


def test_thinking_that_was_folded_while_it_came_stays_so_in_the_next_reply() -> None:
    page = Page().take(started(), accepted("1"), moved("1", TurnState.THINKING), thought("1", "hm"))
    page.transcript.toggle_thinking()
    page.take(done("1", "Yes", thinking="hm"), accepted("2"), moved("2", TurnState.THINKING), thought("2", "eh"))

    assert page.text()[-2:] == [MODEL, "thinking  Ctrl-T shows"]


def summary(state: TurnState = TurnState.DONE) -> list[UiEvent]:
    asks = replace(accepted("1", "Sum it up."), keeps=1, sums_up=14)
    return [started(), asks, moved("1", TurnState.ANSWERING), grew("1", "Owls."), ended("1", state, "Owls.")]


def test_a_summary_streams_under_its_own_name_and_is_folded_when_it_is_done() -> None:
    *under_way, end = summary()
    page = Page().take(*under_way)
    assert page.text() == ["to be summed up: 14 messages", "", "llama3.2", "Owls."]
    assert page.take(end).text() == ["summary of 14 messages  Ctrl-T shows"]


def test_a_summary_unfolds_and_folds_by_the_key_for_thinking() -> None:
    page = Page().take(*summary())
    page.transcript.toggle_thinking()
    assert page.text() == ["summary of 14 messages", "", "llama3.2", "Owls."]
    page.transcript.toggle_thinking()
    assert page.text() == ["summary of 14 messages  Ctrl-T shows"]


def test_a_summary_that_is_not_whole_is_not_folded() -> None:
    shown = Page().take(*summary(TurnState.CANCELLED)).text()
    assert shown == ["to be summed up: 14 messages", "", "llama3.2", "Owls.", f"cancelled: {GOES_ON}"]


def test_a_tool_call_is_one_line() -> None:
    page = Page().take(
        started(),
        accepted("1"),
        moved("1", TurnState.ANSWERING),
        called("1", ToolCall("get_weather", '{"city":\n "Paris"}'), ToolCall("shout", '{"x": "' + "a" * 90 + '"}')),
    )

    assert page.text()[3:] == ['tool get_weather {"city": "Paris"}', 'tool shout {"x": "aaaaaaaaaaaaaaaaaaaaa…']


def test_a_tool_call_unfolds_with_the_thinking() -> None:
    shout = ToolCall("shout", '{"x": "' + "a " * 30 + '"}')
    page = Page().take(started(), accepted("1"), moved("1", TurnState.ANSWERING), called("1", shout))

    page.transcript.toggle_thinking()
    assert page.text()[3:] == [
        "tool shout",
        '  {"x": "a a a a a a a a a a a a a a a a',
        '  a a a a a a a a a a a a a a "}',
    ]
    page.transcript.toggle_thinking()
    assert len(page.text()[3:]) == 1


def test_only_the_last_turn_says_how_thinking_is_unfolded() -> None:
    page = Page().take(started(), accepted("1"), thought("1", "hm"), done("1", "a", thinking="hm"), accepted("2"))

    assert page.text() == ["> Hi", "", MODEL, "thought for 1 s", "", "a", "", "> Hi"]


@pytest.mark.parametrize(
    ("events", "marks"),
    [
        ([queued("1")], ["queued: waits for the reply before it"]),
        ([queued("1", WaitReason.STREAM_LIMIT)], ["queued: waits for a free stream"]),
        ([moved("1", TurnState.CONNECTING)], [MODEL]),
        (
            [moved("1", TurnState.RETRYING, failure=REFUSED, delay=1.5)],
            ["| retry 1 in 1.5 s: Connection refused.", "Alt-G tries now, Esc stops"],
        ),
        (
            [moved("1", TurnState.WAITING_FOR_SERVER, failure=REFUSED)],
            ["| waits for the server: Connection refused. Start the server.", "Alt-G tries now, Esc stops"],
        ),
        ([ended("1", TurnState.CUT, "a")], [MODEL, "a", "cut: the length limit was reached", GOES_ON]),
        ([ended("1", TurnState.CANCELLED, "a")], [MODEL, "a", f"cancelled: {GOES_ON}"]),
        ([ended("1", TurnState.CANCELLED)], ["cancelled: Alt-R asks again"]),
        ([ended("1", TurnState.INTERRUPTED, "a")], [MODEL, "a", f"interrupted: {GOES_ON}"]),
        ([ended("1", TurnState.INTERRUPTED)], ["interrupted: Alt-R asks again"]),
        ([failed("1", "a")], [MODEL, "a", "| Connection refused.", "| Start the server.", GOES_ON]),
        ([failed("1")], ["| Connection refused.", "| Start the server.", "Alt-R asks again"]),
        ([done("1", "a")], [MODEL, "a"]),
        ([done("1", "")], ["the model said nothing"]),
    ],
)
def test_a_turn_says_how_it_stands(events: list[UiEvent], marks: list[str]) -> None:
    assert Page((64, 12)).take(started(), accepted("1"), *events).text() == ["> Hi", "", *marks]


def test_an_error_is_shown_in_its_own_colour() -> None:
    page = Page().take(started(), accepted("1"), failed("1"))

    runs = [run for row in render_runs(page.transcript, SIZE) for run in row]
    assert (Role.ERROR, "Connection refused.") in runs


def test_notices_stand_where_they_came() -> None:
    page = Page().take(started(), accepted("1"), done("1", "a"), NoticePosted(TALK, "Note."), accepted("2", "Next"))

    assert page.text() == ["> Hi", "", MODEL, "a", "", "Note.", "", "> Next"]


def test_hostile_text_of_a_model_is_made_visible() -> None:
    page = Page().take(started(TALK, "evil\x1b]0;x\x07"), accepted("1", "\x9b2J"), grew("1", "\x1b]52;c;eA==", "\x07"))

    assert page.text() == ["> �2J", "", "evil␛]0;x␇", "␛]52;c;eA==␇"]


def test_the_end_is_kept_in_view_as_text_comes() -> None:
    page = long_talk(30)
    assert page.rows() == [str(number) for number in range(21, 31)]

    page.take(grew("1", "31\n"))
    assert page.rows() == [str(number) for number in range(22, 32)]


def test_nothing_moves_while_the_reader_has_scrolled_up() -> None:
    page = long_talk().scroll(-5)
    assert page.rows() == [*(str(number) for number in range(16, 25)), "v more below   Ctrl-End"]

    page.take(grew("1", numbered(3, start=31)))
    assert page.rows() == [*(str(number) for number in range(16, 25)), "v 3 new lines   Ctrl-End"]


def test_new_lines_are_counted_where_they_come_above_a_prompt_that_waits() -> None:
    page = long_talk().take(accepted("2", "Next")).scroll(-5).take(grew("1", "31\n"))

    assert page.rows()[-1] == "v 1 new line   Ctrl-End"


def test_scrolling_down_to_the_end_follows_again() -> None:
    page = long_talk().scroll(-5).scroll(4)
    assert not page.transcript.follows

    page.scroll(1)
    assert page.transcript.follows
    assert page.take(grew("1", "31\n")).rows()[-1] == "31"


def test_a_text_that_fits_has_nothing_to_scroll() -> None:
    page = long_talk(3).scroll(-5)

    assert page.transcript.follows


def test_the_beginning_and_the_end_are_one_key_away() -> None:
    page = long_talk()
    page.rows()

    page.transcript.to_top(SIZE)
    assert page.rows()[:3] == ["> Hi", "", MODEL]
    page.transcript.follow()
    assert page.rows()[-1] == "30"


def test_scrolling_up_stops_at_the_beginning() -> None:
    assert long_talk().scroll(-1_000).rows()[:3] == ["> Hi", "", MODEL]


def test_another_width_keeps_the_place_of_the_reader() -> None:
    text = "".join(f"word{number:04} " * 12 + "\n" for number in range(200))
    page = Page().take(started(), accepted("1"), moved("1", TurnState.ANSWERING), grew("1", text)).scroll(-300)
    place = page.rows()[0].split()[0]
    page.take(grew("1", "new\n"))
    page.rows()

    for size in ((90, 10), (40, 30), (52, 12), SIZE):
        page.size = size
        rows = page.rows()
        assert abs(int(rows[0].split()[0][4:]) - int(place[4:])) <= 4
        assert rows[-1] == "v 1 new line   Ctrl-End"


def test_thinking_is_not_folded_under_the_eyes_of_a_reader() -> None:
    page = Page().take(started(), accepted("1"), moved("1", TurnState.THINKING), thought("1", numbered(30))).scroll(-5)
    before = page.rows()[:-1]

    page.take(grew("1", "Yes"))
    assert page.rows()[:-1] == before
    page.transcript.follow()
    assert page.text() == ["> Hi", "", MODEL, "thought for 1 s  Ctrl-T shows", "", "Yes"]


def test_a_new_attempt_takes_the_place_of_the_one_before() -> None:
    page = Page().take(started(), accepted("1"), moved("1", TurnState.THINKING), thought("1", "hm"))
    page.take(moved("1", TurnState.RETRYING, failure=REFUSED, delay=1.0), moved("1", TurnState.CONNECTING, attempt=2))
    page.take(grew("1", "Yes", attempt=2))

    assert page.text() == ["> Hi", "", MODEL, "Yes"]


def test_another_conversation_is_shown_from_its_own_entries() -> None:
    page = long_talk().scroll(-5)

    assert page.take(started(OTHER), accepted("1", "Other", OTHER)).text() == ["> Other"]
    page.transcript.show(page.model.conversations[TALK], MODEL, "here")
    assert page.rows()[-1] == "30"


def test_a_block_that_cannot_be_drawn_says_so_and_the_others_are_drawn() -> None:
    page = Page().take(started(), accepted("1"), moved("1", TurnState.ANSWERING), grew("1", "a"))
    page.transcript = Unlucky()
    page.model.shown.changed.add(0)

    assert page.take().text() == ["> Hi", "(this part cannot be drawn: no luck)", "", MODEL, "a"]


def test_an_entry_that_cannot_be_shown_says_so_and_the_others_are_shown() -> None:
    page = Page().take(started(), accepted("1", "Before"))
    page.model.shown.changed.add(len(page.model.shown.entries))
    page.model.shown.entries.append(Turn(TurnId("2"), cast(str, None), 0.0))

    page.take(accepted("3", "After"))

    assert page.text() == [
        "> Before",
        "",
        "| (this part cannot be shown: 'NoneType'",
        "| object has no attribute 'translate')",
        "",
        "> After",
    ]


class BadBlock(urwid.Text):
    """Fails to draw."""

    def rows(self, size: tuple[int], focus: bool = False) -> int:
        raise ValueError("no luck")

    def render(self, size: tuple[int] | tuple[()], focus: bool = False) -> urwid.TextCanvas:  # type: ignore[override]
        raise ValueError("no luck")


class Unlucky(Transcript):
    """One of its blocks is bad."""

    def show(self, conversation: Conversation, model: str, server: str, kept: bool = True) -> None:
        super().show(conversation, model, server, kept)
        (view,) = self._turns()
        view._top.append(BadBlock(""))
        view.update(settle=True)


@given(st.text(max_size=3_000), st.data(), st.integers(40, 120))
def test_the_picture_of_a_reply_does_not_depend_on_how_it_was_cut(text: str, data: st.DataObject, columns: int) -> None:
    def picture(pieces: list[str]) -> list[str]:
        growth: Iterator[UiEvent] = (grew("1", piece) for piece in pieces)
        return Page((columns, 50)).take(started(), accepted("1"), moved("1", TurnState.ANSWERING), *growth).rows()

    assert picture(cut(text, data)) == picture([text])


SIZES = st.tuples(st.integers(40, 90), st.integers(2, 30))


@given(st.lists(st.integers(-15, 15), max_size=8), st.lists(SIZES, max_size=4))
def test_any_scrolling_and_resizing_draws_a_whole_window(moves: list[int], sizes: list[tuple[int, int]]) -> None:
    page = long_talk(40)
    for size in [SIZE, *sizes]:
        page.size = size
        for move in moves:
            page.scroll(move)
            canvas = page.transcript.render(size)
            assert (canvas.cols(), canvas.rows()) == size

import pytest
from urwid.testing import render_text

from protocol.identity import ConversationId
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, TitleSet, UiEvent
from tests.ui.models import model_after
from tests.ui.talk import MODEL, OTHER, REFUSED, TALK, accepted, failed, grew, moved, queued, started
from ui.strip import Strip, Tab, fitted, tabs

TITLED: list[UiEvent] = [started(), TitleSet(TALK, "Rain in Rome"), started(OTHER), TitleSet(OTHER, "The sea")]


def rows(columns: int, *events: UiEvent) -> list[str]:
    """What the strip shows in so many columns."""
    model = model_after(*events)
    strip = Strip()
    strip.show(tabs(model.open_conversations, model.shown))
    return render_text(strip, (columns,), strip=True) if strip.rows((columns,)) else []


def test_one_conversation_needs_no_strip() -> None:
    assert rows(80, started()) == []


def test_each_conversation_has_its_number_and_its_title() -> None:
    assert rows(80, *TITLED, started(ConversationId("third"))) == [" 1 Rain in Rome  2 The sea  3 new"]


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([accepted("1")], "queued"),
        ([accepted("1"), queued("1")], "queued"),
        ([accepted("1"), moved("1", TurnState.CONNECTING)], "loading"),
        ([accepted("1"), moved("1", TurnState.THINKING)], "thinking"),
        ([accepted("1"), moved("1", TurnState.ANSWERING)], "answering"),
        ([accepted("1"), moved("1", TurnState.RETRYING, failure=REFUSED, delay=1.0)], "retrying"),
        ([accepted("1"), moved("1", TurnState.WAITING_FOR_SERVER, failure=REFUSED)], "waits for server"),
    ],
)
def test_what_goes_on_in_a_conversation_is_said(events: list[UiEvent], said: str) -> None:
    assert rows(80, *TITLED, *events) == [f" 1 Rain in Rome {said}  2 The sea"]


def test_what_failed_elsewhere_is_news() -> None:
    assert rows(80, *TITLED, accepted("1"), failed("1")) == [" 1* Rain in Rome failed  2 The sea"]


def test_where_there_is_little_room_titles_are_cut() -> None:
    busy: list[UiEvent] = [*TITLED, accepted("1"), moved("1", TurnState.ANSWERING), grew("1", "x")]
    assert rows(40, *busy) == [" 1 Rain in Rome answering  2 The sea"]
    assert rows(34, *busy) == [" 1 Rain i... answering  2 The sea"]


def many(count: int, shown: int) -> list[Tab]:
    return [Tab(number, f"title {number}", "", False, number == shown) for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("shown", "numbers"), [(1, [1, 2, 3, 4]), (10, [9, 10, 11]), (20, [18, 19, 20]), (5, [3, 4, 5, 6])]
)
def test_of_many_those_near_the_shown_one_are_there(shown: int, numbers: list[int]) -> None:
    found = fitted(many(20, shown), 40)
    assert [tab.number for tab, _ in found] == numbers
    assert sum(len(text) for _, text in found) <= 40


def test_a_column_of_the_screen_belongs_to_a_conversation() -> None:
    strip = Strip()
    strip.show([Tab(1, "Rome", "", False, True), Tab(2, "Paris", "", True, False)])
    assert [strip.number_at(40, column) for column in (0, 7, 8, 17, 18)] == [1, 1, 2, 2, None]


def test_a_conversation_without_a_model_or_title_is_new() -> None:
    assert rows(80, ConversationStarted(TALK, None), ConversationStarted(OTHER, MODEL)) == [" 1 new  2 new"]

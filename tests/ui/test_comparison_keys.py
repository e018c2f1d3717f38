from collections.abc import Callable

import pytest

from protocol.commands import Command, Version
from protocol.compare_words import CompareJudge, CompareLook, CompareMerge, ComparePick, CompareRepeat
from protocol.identity import ConversationId
from tests.support.addresses import Recorder
from tests.ui.contest import answers, begins, comes_again, says
from tests.ui.stage import Stage
from tests.ui.talk import started
from ui.comparison_keys import ComparisonKeys
from ui.keys import Action


class Desk:
    """Keys of a comparison of two, of which the first has ended, and what they send."""

    def __init__(self, compares: bool = True) -> None:
        self.stage = Stage(started())
        if compares:
            self.stage.take(*begins("alpha", "beta"), *answers("alpha", "One."), *says("beta", "Two"))
        self.sent: Recorder[Command] = Recorder()
        self.titles: list[str] = []
        self.pressed: list[tuple[ConversationId, Command]] = []
        """What is for one column."""
        pane = self.stage.face.comparison
        self.keys = ComparisonKeys(pane, self.sent.tell, lambda *pressed: self.pressed.append(pressed), self._choose)

    def _choose(self, title: str, tell: Callable[[str], None]) -> None:
        self.titles.append(title)
        tell("phi4")

    def does(self, action: Action) -> str | None:
        said = self.keys.does(action)
        self.stage.later(0.0)
        return said


@pytest.mark.parametrize(
    ("action", "command"),
    [
        (Action.PICK_ANSWER, ComparePick(1)),
        (Action.RETRY, CompareRepeat()),
        (Action.JUDGE, CompareJudge("phi4")),
        (Action.MERGE, CompareMerge("phi4")),
    ],
)
def test_a_key_sends_what_it_stands_for(action: Action, command: Command) -> None:
    desk = Desk()
    assert desk.does(action) == ""
    assert desk.sent.told == [command]


def test_the_answer_in_focus_is_picked() -> None:
    desk = Desk()
    desk.stage.press("tab")
    desk.does(Action.PICK_ANSWER)
    assert desk.sent.told == [ComparePick(2)]


def test_f4_leads_to_the_chat_and_back_and_what_sleeps_is_told_again() -> None:
    desk = Desk()
    assert desk.does(Action.COMPARISON) == ""
    assert (desk.stage.face.comparison.on_screen, desk.sent.told) == (False, [])
    assert desk.does(Action.COMPARISON) == ""
    assert (desk.stage.face.comparison.on_screen, desk.sent.told) == (True, [CompareLook()])


def test_esc_ends_the_differences_before_it_stops_anything() -> None:
    desk = Desk()
    assert desk.does(Action.DIFFERENCES) == ""
    assert desk.does(Action.CANCEL) == ""
    assert desk.does(Action.CANCEL) is None


@pytest.mark.parametrize("action", [Action.WIDEN, Action.TOGETHER, Action.THINKING])
def test_what_changes_how_answers_are_seen_shows_them(action: Action) -> None:
    desk = Desk()
    desk.does(Action.DIFFERENCES)
    desk.does(action)
    assert not desk.stage.face.comparison.differs


def test_ways_of_looking_are_changed_and_said() -> None:
    desk = Desk()
    view = desk.stage.face.comparison.view
    assert view is not None
    assert desk.does(Action.TOGETHER) == "only this answer scrolls"
    assert desk.does(Action.TOGETHER) == "all answers scroll together"
    desk.does(Action.WIDEN)
    assert view.alone
    assert desk.does(Action.THINKING) == ""


@pytest.mark.parametrize(("action", "step"), [(Action.VERSION_BEFORE, -1), (Action.VERSION_AFTER, 1)])
def test_of_an_answer_that_came_twice_another_version_is_asked_for(action: Action, step: int) -> None:
    desk = Desk()
    desk.stage.take(*comes_again("alpha", "Uno."))
    desk.does(Action.DIFFERENCES)
    assert desk.does(action) == ""
    assert (desk.pressed, desk.stage.face.comparison.on_screen) == ([(ConversationId("alpha"), Version(step))], True)
    assert not desk.stage.face.comparison.differs


def test_an_answer_with_one_version_and_one_that_is_on_its_way_say_so() -> None:
    desk = Desk()
    assert desk.does(Action.VERSION_BEFORE) == "this answer has no other version"
    desk.stage.press("tab")
    assert desk.does(Action.VERSION_BEFORE) == "this answer is still on its way: Esc stops it"
    assert desk.pressed == []


def test_a_key_that_is_for_answers_says_where_there_are_none() -> None:
    desk = Desk(compares=False)
    assert desk.does(Action.PICK_ANSWER) == "no answers are compared here: F4 shows the last, /compare begins"
    assert desk.does(Action.RETRY) is None
    assert desk.sent.told == []


def test_keys_that_are_for_the_chat_are_left_to_it() -> None:
    desk = Desk()
    assert desk.does(Action.PALETTE) is None
    assert desk.stage.face.comparison.on_screen
    assert desk.does(Action.UNDO_PROMPT) is None
    assert not desk.stage.face.comparison.on_screen

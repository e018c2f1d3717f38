"""Keys as they reach the engine; how they look on the screen is in test_app."""

from pathlib import Path

import pytest
from urwid.display.raw import Screen

from protocol.commands import Command, Edit, Now, QueueNow, Retry, Version
from protocol.identity import ConversationId
from protocol.input_handler import CancelPressed, CommandPressed, InputHandlerMessage
from protocol.turn import TurnState
from protocol.ui import UiEvent
from tests.support.addresses import Recorder
from tests.ui.contest import answers, begins, comes_again
from tests.ui.talk import TALK, accepted, again, ended, moved, started
from ui.clipboard import Clipboard
from ui.copier import Copier
from ui.face import Face
from ui.finder import Finder
from ui.keyboard import Keyboard
from ui.model import Model
from ui.outgoing import Written

NOW = 1_700_000_000.0


class Desk:
    """A keyboard, and what it told the engine."""

    def __init__(self, *events: UiEvent, connected: bool = True) -> None:
        self.model = Model()
        self.engine: Recorder[InputHandlerMessage] = Recorder()
        self.take(*events)
        self.submitted: Recorder[Written | Command] = Recorder()
        self.pressed: Recorder[str] = Recorder()
        face = self.face = Face(self.submitted.tell)
        self.finder = Finder(
            self.model,
            face.open_list,
            face.close_list,
            self.pressed.tell,
            self.submitted.tell,
            face.composer.begin,
            lambda: NOW,
        )
        self.copied: Recorder[str] = Recorder()
        clipboard = Clipboard(self.copied.tell, {}, lambda _: None, lambda *_: None)
        copier = Copier(face, clipboard, Path())
        self.keyboard = Keyboard(self.model, face, self.finder, copier, Screen(), lambda: 0.0, lambda: None, lambda: "")
        if connected:
            self.keyboard.connect(self.engine)

    def take(self, *events: UiEvent) -> None:
        for event in events:
            self.model.apply(event, 0.0)

    def told(self, *keys: str) -> list[InputHandlerMessage]:
        for key in keys:
            assert self.keyboard.act(key)
        return list(self.engine.take())


@pytest.mark.parametrize(
    ("key", "command"),
    [("meta r", Retry()), ("meta e", Edit()), ("meta p", Version(-1)), ("meta s", QueueNow(None)), ("meta g", Now())],
)
def test_a_key_that_stands_for_a_command_goes_to_the_conversation_that_is_shown(key: str, command: Command) -> None:
    assert Desk(started()).told(key) == [CommandPressed(TALK, command)]


def comparing() -> Desk:
    """Answers are compared on the screen, and the one in focus came twice."""
    desk = Desk(started(), *begins("alpha", "beta"), *answers("alpha", "One."), *comes_again("alpha", "Uno."))
    desk.face.show(desk.model, 0.0)
    return desk


def test_a_key_for_the_versions_of_an_answer_goes_to_its_column() -> None:
    assert comparing().told("meta p") == [CommandPressed(ConversationId("alpha"), Version(-1))]


def test_where_nothing_can_be_taken_any_more_a_key_for_an_answer_says_so() -> None:
    desk = comparing()
    desk.model.broken = True
    assert desk.told("meta n") == []
    assert desk.keyboard.hint == "chinwag failed: copy what you need, quit, start it again"


def test_there_is_nobody_to_tell_before_the_engine_and_the_first_conversation_are_there() -> None:
    assert Desk(started(), connected=False).told("meta r", "esc") == []
    assert Desk().told("meta r", "esc") == []


def test_a_key_that_means_nothing_is_left_to_others() -> None:
    assert not Desk(started()).keyboard.act("meta h")


def test_esc_stops_only_where_something_is_to_come() -> None:
    desk = Desk(started())
    assert desk.told("esc") == []
    desk.take(accepted("1"))
    assert desk.told("esc") == [CancelPressed(TALK)]


def test_ctrl_c_stops_a_reply_once_and_another_version_of_it_again() -> None:
    desk = Desk(started(), accepted("1"), moved("1", TurnState.ANSWERING))
    assert desk.told("ctrl c", "ctrl c") == [CancelPressed(TALK)]
    desk.take(ended("1", TurnState.CANCELLED), again("1"))
    desk.keyboard.see(["x"], [])
    assert desk.told("ctrl c") == [CancelPressed(TALK)]


def test_any_other_key_takes_the_hint_away() -> None:
    desk = Desk(started())
    desk.told("ctrl c")
    assert desk.keyboard.hint == "press Ctrl-C again to quit"
    desk.keyboard.see(["ctrl c"], [])
    assert desk.keyboard.hint == "press Ctrl-C again to quit"
    desk.keyboard.see(["x"], [])
    assert desk.keyboard.hint == ""

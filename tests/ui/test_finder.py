from collections.abc import Callable
from datetime import datetime

import pytest
from urwid.testing import press, render_text

from protocol.chat import Role
from protocol.command_table import COMMANDS
from protocol.commands import Chats, Command, Open, Search, Show
from protocol.commands import Model as ChooseModel
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.kept import Hit, KeptConversation
from protocol.models import InstalledModel, RunningModel, ServerSurvey
from protocol.turn import TurnState
from protocol.ui import ConversationsListed, HitsFound, ServerChanged, UiEvent
from tests.support.addresses import Recorder
from tests.ui.models import model_after
from tests.ui.talk import OTHER, TALK, accepted, moved, started
from ui.chooser import Chooser
from ui.finder import Finder
from ui.keys import COMMANDS_OF_KEYS, KEYS, Action
from ui.outgoing import Written
from ui.sought import Sought

SIZE = (60, 12)
NOON = datetime(2026, 11, 22, 12, 0).timestamp()
MINUTE = 60.0
KEPT = KeptConversation(ConversationId("kept"), "The sea", "m", NOON - MINUTE, unread=True)
HERE = KeptConversation(OTHER, "Rain", "m", NOON)
HIT = Hit(KEPT, MessageId("9"), Role.USER, "how deep is it")
SURVEY = ServerSurvey(
    "here",
    models=(
        InstalledModel("tiny:1b", 1_300_000_000, "llama", "1B", "Q4_0"),
        InstalledModel("small", 90_000_000),
    ),
    running=(RunningModel("small"),),
)


class Alarms:
    """They wait until the test has them ring."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []

    def set(self, _seconds: float, callback: Callable[[], None]) -> None:
        self._waiting.append(callback)

    def ring(self) -> None:
        waiting, self._waiting = self._waiting, []
        for callback in waiting:
            callback()


class Desk:
    """A finder, the list that is open, and what came of it."""

    def __init__(self, *events: UiEvent) -> None:
        self.model = model_after(started(), started(OTHER), *events)
        self.list: Chooser | None = None
        self.pressed, self.written = Recorder[str](), Recorder[str]()
        self.submitted: Recorder[Written | Command] = Recorder()
        self.alarms = Alarms()
        self.finder = Finder(
            self.model,
            self._show,
            self._hide,
            self.pressed.tell,
            self.submitted.tell,
            self.written.tell,
            lambda: NOON,
        )
        self.finder.attach(self.alarms.set)

    def _show(self, chooser: Chooser) -> None:
        self.list = chooser

    def _hide(self) -> None:
        self.list = None

    def rows(self) -> list[str]:
        """What the list shows, without the empty rows."""
        assert self.list is not None
        return [row for row in render_text(self.list, SIZE, focus=True, strip=True) if row]

    def press(self, *keys: str) -> "Desk":
        for key in keys:
            assert self.list is not None
            press(self.list, SIZE, key)
        return self


def test_every_command_and_every_action_that_has_none_is_in_the_palette() -> None:
    desk = Desk()
    desk.finder.commands()
    assert desk.list is not None
    rows = render_text(desk.list, (200, 100), strip=True)
    assert all(any(entry.usage in row for row in rows) for entry in COMMANDS)
    typed = {entry.parse("") for entry in COMMANDS} - {None}
    others = [row for row in KEYS if isinstance(row.does, Action) and COMMANDS_OF_KEYS.get(row.does) not in typed]
    missing = {row.does for row in others if not any(row.help in line for line in rows)}
    assert missing == {Action.PALETTE, Action.GO_TO}


def test_a_command_that_needs_words_is_begun_another_one_is_sent_and_one_with_a_key_does_what_the_key_does() -> None:
    desk = Desk()
    desk.finder.commands()
    desk.press(*"/search", "enter")
    desk.finder.commands()
    desk.press(*"undelete", "enter")
    desk.finder.commands()
    desk.press(*"/retry", "enter")
    assert desk.written.take() == ["/search "]
    assert desk.submitted.take() == [Written("/undelete")]
    assert desk.pressed.take() == ["action:retry"]
    assert desk.list is None


def first_of_the_palette(words: str, size: tuple[int, int]) -> str:
    desk = Desk()
    desk.finder.commands()
    desk.press(*words)
    assert desk.list is not None
    return render_text(desk.list, size, strip=True)[1].strip()


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)], ids=str)
@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("quit", "quit chinwag"),
        ("chat", "show the chats that are kept"),
        ("new chat", "begin a new chat"),
        ("delete", "put this chat away, or the one named"),
        ("/retry", "ask the last prompt again"),
        ("copy", "copy the last reply"),
    ],
)
def test_a_command_whose_name_is_typed_comes_first_in_the_palette(
    words: str, first: str, size: tuple[int, int]
) -> None:
    assert first_of_the_palette(words, size).startswith(first)


def test_the_palette_finds_a_new_chat_by_the_word_for_it() -> None:
    desk = Desk()
    desk.finder.commands()
    rows = desk.press(*"chat").rows()
    assert [row.split()[-2:] for row in rows if row.startswith("  begin a new chat")] == [["/new", "Ctrl-N"]]


def test_the_keys_are_listed_and_can_be_done_there() -> None:
    desk = Desk()
    desk.finder.keys()
    assert desk.press(*"draw").rows()[1] == "  draw the screen anew                                Ctrl-L"
    desk.press("enter")
    assert desk.pressed.take() == ["action:redraw"]


def test_a_model_is_chosen_from_those_of_the_server() -> None:
    desk = Desk(ServerChanged(SURVEY))
    desk.finder.models()
    assert desk.rows() == [
        "Model:                                                   2/2",
        "  tiny:1b                                     1B Q4_0 1.3 GB",
        "  small                                         90 MB loaded",
    ]
    desk.press("enter")
    assert desk.submitted.take() == [ChooseModel("tiny:1b")]


def test_where_no_model_is_known_that_is_said() -> None:
    desk = Desk()
    desk.finder.models()
    assert desk.rows() == [
        "Model:                                                   0/0",
        "  no model is known: is the server there?",
    ]


def test_the_command_without_a_name_opens_the_list_of_models_others_are_left_to_the_engine() -> None:
    desk = Desk()
    assert [desk.finder.takes(text) for text in (" /model ", "/model tiny", "/chats", "What is a /model?")] == [
        True,
        False,
        False,
        False,
    ]
    assert desk.list is not None


def test_the_chats_that_are_kept_are_listed_with_what_goes_on_in_those_that_are_open() -> None:
    desk = Desk(started(), accepted("1", conversation=OTHER), moved("1", TurnState.ANSWERING, conversation=OTHER))
    desk.finder.chats()
    assert desk.submitted.take() == [Chats()]
    desk.finder.answer(ConversationsListed(TALK, (HERE, KEPT)))
    assert desk.rows() == [
        "Chats:                                                   2/2",
        "  Rain                                       answering 12:00",
        "  The sea                                       unread 11:59",
    ]


def test_a_chat_that_is_open_is_shown_at_once_another_one_is_opened() -> None:
    desk = Desk(started())
    desk.finder.answer(ConversationsListed(TALK, (HERE, KEPT)))
    desk.press("enter")
    assert (desk.model.shown.id, desk.submitted.take()) == (OTHER, [Show(OTHER)])
    desk.finder.answer(ConversationsListed(OTHER, (HERE, KEPT)))
    desk.press("down", "enter")
    assert (desk.model.shown.id, desk.submitted.take()) == (OTHER, [Open("kept")])


def test_what_was_said_is_searched_when_nothing_more_is_typed_for_a_moment() -> None:
    desk = Desk()
    desk.finder.answer(ConversationsListed(TALK, (HERE, KEPT)))
    desk.press(*"dee")
    assert desk.submitted.take() == []
    desk.alarms.ring()
    assert desk.submitted.take() == [Search("dee")]
    desk.finder.answer(HitsFound(TALK, "dee", (HIT,)))
    assert desk.rows() == [
        "Chats: dee                                               1/3",
        "  The sea                                              11:59",
        "    you: how deep is it",
    ]
    desk.press("enter")
    assert desk.submitted.take() == [Open("kept")]
    assert desk.model.sought == Sought(KEPT.id, TurnId("9"), False, "dee")


def test_a_chat_that_is_chosen_by_its_title_is_shown_at_its_end() -> None:
    desk = Desk()
    desk.model.sought = Sought(OTHER, TurnId("9"), False, "dee")
    desk.finder.answer(ConversationsListed(TALK, (HERE,)))
    desk.press("enter")
    assert desk.model.sought is None


def test_hits_of_other_words_than_those_that_are_typed_are_not_shown() -> None:
    desk = Desk()
    desk.finder.answer(ConversationsListed(TALK, ()))
    desk.press(*"dee")
    desk.finder.answer(HitsFound(TALK, "sea", (HIT,)))
    assert len(desk.rows()) == 2
    desk.finder.answer(HitsFound(TALK, "dee", (HIT,)))
    desk.press("p")
    assert len(desk.rows()) == 2


def test_a_search_that_was_typed_as_a_command_opens_a_list_of_its_hits() -> None:
    desk = Desk()
    desk.finder.answer(HitsFound(TALK, "deep", (HIT,)))
    assert desk.rows()[1:] == [
        "  The sea                                              11:59",
        "    you: how deep is it",
    ]
    desk.press("esc")
    desk.finder.answer(HitsFound(TALK, "rome", ()))
    assert desk.rows()[1:] == ["  nothing that is kept says 'rome'"]


def test_nothing_is_searched_when_the_list_is_closed() -> None:
    desk = Desk()
    desk.finder.answer(ConversationsListed(TALK, ()))
    desk.press(*"deep", "esc")
    desk.alarms.ring()
    assert desk.submitted.take() == []

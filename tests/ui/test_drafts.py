"""What is written in each conversation, and what becomes of it."""

from collections.abc import Callable

from urwid.testing import press

from protocol.comparison import ColumnKind, JudgeOffered
from protocol.identity import ConversationId, TurnId
from protocol.kept import Draft
from protocol.ui import PromptOffered
from tests.support.addresses import Recorder
from ui.composer import Composer
from ui.drafts import BEAT, Drafts
from ui.outgoing import Written
from ui.paste import Pasted

ONE, TWO, GONE = ConversationId("one"), ConversationId("two"), ConversationId("gone")
SIZE = (40, 5)


class Desk:
    """A composer, the drafts of it, and what was told of them."""

    def __init__(self) -> None:
        self.sent = Recorder[Written]()
        self.composer = Composer(self.sent.tell)
        self.told: list[tuple[ConversationId, str]] = []
        self.alarms: list[tuple[float, Callable[[], None]]] = []
        self.drafts = Drafts(
            self.composer,
            lambda conversation, text: self.told.append((conversation, text)),
            lambda seconds, callback: self.alarms.append((seconds, callback)),
        )

    def show(self, conversation: ConversationId, new: bool = False) -> str:
        """Show a conversation; return what is written then."""
        self.drafts.show(conversation, new)
        return self.composer.text

    def type(self, *keys: str) -> "Desk":
        for key in keys:
            self.drafts.watch()
            press(self.composer, SIZE, key)
        return self

    def beat(self) -> list[tuple[ConversationId, str]]:
        """Let the alarms ring; return what is told."""
        self.told.clear()
        waiting, self.alarms = self.alarms, []
        for seconds, callback in waiting:
            assert seconds == BEAT
            callback()
        return self.told


def test_each_conversation_has_a_draft_of_its_own() -> None:
    desk = Desk()
    assert desk.show(ONE) == ""
    desk.type(*"first")
    assert desk.show(TWO) == ""
    desk.type(*"second")
    assert [desk.show(ONE), desk.show(TWO), desk.show(TWO)] == ["first", "second", "second"]


def test_what_is_written_is_told_once_a_beat_and_only_where_it_changed() -> None:
    desk = Desk()
    desk.show(ONE)
    assert desk.type(*"abc").beat() == [(ONE, "abc")]
    assert desk.type("left").beat() == []
    assert desk.type("backspace").beat() == [(ONE, "ac")]
    assert desk.beat() == []


def test_it_is_told_at_once_where_another_conversation_is_shown_and_at_the_end() -> None:
    desk = Desk()
    desk.show(ONE)
    desk.type("a")
    desk.show(TWO)
    assert desk.told == [(ONE, "a")]
    desk.type("b")
    desk.drafts.tell()
    desk.drafts.tell()
    assert desk.told == [(ONE, "a"), (TWO, "b")]


def test_a_draft_that_was_sent_is_none() -> None:
    desk = Desk()
    desk.show(ONE)
    desk.type("a").beat()
    assert desk.type("enter").beat() == [(ONE, "")]


def test_drafts_of_earlier_runs_are_there_when_their_conversation_is() -> None:
    desk = Desk()
    desk.show(ONE)
    desk.drafts.recall([Draft(TWO, "second", True), Draft(ONE, "first", True)])
    assert desk.composer.text == "first"
    assert desk.show(TWO) == "second"
    assert (desk.beat(), desk.show(ONE)) == ([], "first")


def test_what_is_written_already_is_not_replaced_by_an_earlier_draft() -> None:
    desk = Desk()
    desk.show(ONE)
    desk.type(*"now")
    desk.drafts.recall([Draft(ONE, "before", True)])
    assert desk.composer.text == "now"


def test_the_draft_of_a_conversation_that_never_began_comes_back_in_a_new_one_once() -> None:
    desk = Desk()
    desk.drafts.recall([Draft(GONE, "lost?", False), Draft(ConversationId("older"), "older", False)])
    assert desk.show(ONE) == ""
    assert desk.show(TWO, new=True) == "lost?"
    assert desk.told == [(TWO, "lost?"), (GONE, "")]
    assert desk.show(ConversationId("third"), new=True) == ""


def test_it_comes_back_in_the_first_new_one_also_when_it_is_recalled_later() -> None:
    desk = Desk()
    desk.show(ONE, new=True)
    desk.drafts.recall([Draft(GONE, "lost?", False)])
    assert desk.composer.text == "lost?"


def test_what_was_typed_before_there_was_a_conversation_goes_along() -> None:
    desk = Desk().type(*"early")
    assert desk.show(ONE, new=True) == "early"
    assert desk.show(TWO) == ""


def test_a_prompt_that_is_edited_is_no_draft_and_is_an_edit_again_with_its_conversation() -> None:
    desk = Desk()
    desk.show(ONE)
    offer = PromptOffered(ONE, TurnId("1"), "offered")
    desk.composer.offer(offer)
    desk.type("!")
    assert desk.show(TWO) == ""
    assert desk.composer.mode == ""
    desk.type(*"next")
    assert desk.show(ONE) == "offered!"
    assert desk.composer.mode == "editing: Enter sends, Esc leaves"
    assert desk.told == [(TWO, "next")]
    desk.type("enter")
    assert desk.sent.told == [Written("offered!", offer)]


def test_an_edit_that_was_left_for_another_conversation_is_found_with_up_once_it_is_given_up() -> None:
    desk = Desk()
    desk.show(ONE)
    desk.composer.offer(JudgeOffered(ONE, ColumnKind.JUDGE, "phi4", "Which?"))
    desk.type("!")
    desk.show(TWO)
    desk.show(ONE)
    assert desk.type("esc").composer.text == ""
    assert desk.type("up").composer.text == "Which?!"


def test_a_search_that_is_under_way_in_an_edit_ends_where_another_conversation_is_shown() -> None:
    desk = Desk()
    desk.show(ONE)
    desk.composer.offer(PromptOffered(ONE, TurnId("1"), "offered"))
    desk.type("ctrl r")
    desk.show(TWO)
    assert not desk.composer.searching


def test_a_question_to_a_judge_is_no_draft_and_is_there_again_with_its_conversation() -> None:
    desk = Desk()
    desk.show(ONE)
    desk.composer.offer(JudgeOffered(ONE, ColumnKind.JUDGE, "phi4", "Which?"))
    desk.type("!")
    assert desk.show(TWO) == ""
    assert desk.composer.mode == ""
    assert desk.show(ONE) == "Which?!"
    assert desk.composer.mode.startswith("for phi4 to judge")
    assert desk.told == []


def test_a_paste_is_kept_whole() -> None:
    desk = Desk()
    desk.show(ONE)
    press(desk.composer, SIZE, Pasted("x" * 20_000))
    desk.show(TWO)
    assert desk.told == [(ONE, "x" * 20_000)]
    assert len(desk.show(ONE)) < 100
    assert desk.composer.draft == "x" * 20_000

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urwid.testing import check_box_sizing, press, render_text

from protocol.identity import ConversationId, TurnId
from protocol.ui import PromptOffered
from tests.support.addresses import Recorder
from ui.composer import Composer
from ui.outgoing import Written
from ui.paste import Pasted

SIZE = (20, 4)


class Desk:
    """A composer and what it sent."""

    def __init__(self, *keys: str) -> None:
        self.written: Recorder[Written] = Recorder()
        self.composer = Composer(self.written.tell)
        self.press(*keys)

    @property
    def sent(self) -> list[str]:
        """The texts that were sent."""
        return [written.text for written in self.written.told]

    def press(self, *keys: str) -> list[str]:
        """Press keys; longer texts than a key's name are typed with `type`."""
        return press(self.composer, SIZE, *keys)

    def type(self, text: str) -> "Desk":
        """Type the characters of a text."""
        self.press(*text)
        return self

    def rows(self) -> list[str]:
        """Return what is drawn in the rows wanted, at most four."""
        rows = min(SIZE[1], self.composer.rows_wanted(SIZE[0]))
        return render_text(self.composer, (SIZE[0], rows), focus=True, strip=True)


def test_enter_sends_and_clears() -> None:
    desk = Desk().type("Hello")
    desk.press("enter")

    assert (desk.sent, desk.composer.text) == (["Hello"], "")


@pytest.mark.parametrize("text", ["", "  "])
def test_enter_on_nothing_sends_nothing(text: str) -> None:
    desk = Desk().type(text)
    desk.press("enter")

    assert (desk.sent, desk.composer.text) == ([], text)


@pytest.mark.parametrize("key", ["ctrl j", "meta enter", "shift enter", "ctrl enter"])
def test_a_line_is_broken_without_sending(key: str) -> None:
    desk = Desk("a", key, "b")

    assert (desk.sent, desk.composer.text) == ([], "a\nb")


def test_a_paste_is_one_insertion_and_never_sends() -> None:
    desk = Desk("a", "b", "left", Pasted("one\ntwo\n"))

    assert (desk.sent, desk.composer.text) == ([], "aone\ntwo\nb")


def test_a_paste_is_made_harmless() -> None:
    assert Desk(Pasted("\x1b[31m\x9b\u202e")).composer.text == "␛[31m��"


def test_a_long_paste_takes_no_time() -> None:
    desk = Desk()
    text = Pasted("0123456789" * 1_000)
    began = time.process_time()
    desk.press(text)

    assert time.process_time() - began < 0.05
    assert len(desk.composer.text) == 10_000


def test_it_grows_with_its_text() -> None:
    assert Desk().rows() == ["> Write here"]
    assert Desk().type("ab").rows() == ["> ab"]
    assert Desk("a", "ctrl j", "b").rows() == ["> a", "  b"]
    assert Desk().type("a line that is wrapped").rows() == ["> a line that is", "  wrapped"]


def test_the_row_of_the_cursor_is_always_drawn() -> None:
    desk = Desk(Pasted("1\n2\n3\n4\n5\n6"))
    assert desk.rows() == ["> 3", "  4", "  5", "  6"]

    desk.press("up", "up", "up", "up")
    assert desk.rows() == ["> 2", "  3", "  4", "  5"]
    desk.press("down", "down", "down", "down")
    assert desk.rows() == ["> 3", "  4", "  5", "  6"]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["ctrl a", "x"], "xone two"),
        (["ctrl a", "ctrl e", "x"], "one twox"),
        (["ctrl u"], ""),
        (["ctrl a", "ctrl k"], ""),
        (["ctrl w"], "one "),
        (["meta b", "x"], "one xtwo"),
        (["ctrl left", "x"], "one xtwo"),
        (["ctrl a", "meta f", "x"], "onex two"),
        (["ctrl a", "ctrl right", "x"], "onex two"),
        (["ctrl a", "meta d"], " two"),
        (["ctrl a", "ctrl d"], "ne two"),
        (["ctrl w", "ctrl a", "ctrl y"], "twoone "),
        (["ctrl w", "ctrl _"], "one two"),
        (["home", "delete"], "ne two"),
        (["backspace"], "one tw"),
    ],
)
def test_the_keys_of_readline_edit(keys: list[str], text: str) -> None:
    desk = Desk().type("one two")
    desk.press(*keys)

    assert desk.composer.text == text


@pytest.mark.parametrize("key", ["esc", "ctrl c", "ctrl d", "f1", "page up", "ctrl l", "ctrl t"])
def test_keys_for_others_are_passed_on(key: str) -> None:
    assert Desk().press(key) == [key]


def test_up_recalls_what_was_sent_and_down_returns() -> None:
    desk = Desk().type("one")
    desk.press("enter")
    desk.type("two")
    desk.press("enter")
    desk.type("draft")

    texts = []
    for key in ("up", "up", "up", "down", "down", "down"):
        desk.press(key)
        texts.append(desk.composer.text)

    assert texts == ["two", "one", "one", "two", "draft", "draft"]


def test_up_and_down_move_within_a_text_of_several_lines() -> None:
    desk = Desk().type("sent")
    desk.press("enter", "a", "ctrl j", "b", "up", "x")
    assert desk.composer.text == "ax\nb"

    desk.press("up")
    assert desk.composer.text == "sent"


def test_a_text_set_aside_comes_back_with_up() -> None:
    desk = Desk().type("precious")

    desk.composer.set_aside()
    assert desk.composer.text == ""
    desk.press("up")
    assert desk.composer.text == "precious"


def test_a_text_put_back_does_not_overwrite_what_is_written() -> None:
    desk = Desk()
    desk.composer.put_back("refused")
    assert desk.composer.text == "refused"

    desk.composer.put_back("another")
    assert desk.composer.text == "refused"


OFFER = PromptOffered(ConversationId("talk"), TurnId("1"), "offered")


def test_an_offered_prompt_is_sent_in_the_place_of_the_old_one() -> None:
    desk = Desk().type("draft")
    desk.composer.offer(OFFER)
    assert (desk.rows(), desk.composer.mode) == (["* offered"], "editing: Enter sends, Esc leaves")

    desk.press("!", "enter")
    assert desk.written.told == [Written("offered!", OFFER)]
    assert (desk.rows(), desk.composer.mode) == (["> Write here"], "")
    desk.press("up", "up")
    assert desk.composer.text == "draft"


def test_esc_leaves_an_offered_prompt_and_what_was_changed_is_found_with_up() -> None:
    desk = Desk()
    desk.composer.offer(OFFER)
    assert desk.press("!", "esc") == []
    assert (desk.sent, desk.composer.text, desk.composer.mode) == ([], "", "")
    assert desk.press("esc", "up") == ["esc"]
    assert desk.composer.text == "offered!"


def test_an_offered_prompt_left_as_it_was_is_not_remembered() -> None:
    desk = Desk()
    desk.composer.offer(OFFER)
    desk.press("esc", "up")

    assert desk.composer.text == ""


def test_an_offered_prompt_made_empty_is_not_sent() -> None:
    desk = Desk()
    desk.composer.offer(OFFER)
    desk.press("ctrl u", "enter")

    assert (desk.sent, desk.rows()) == ([], ["* Write here"])


def test_an_offer_takes_the_place_of_another() -> None:
    desk = Desk()
    desk.composer.offer(OFFER)
    desk.press("!")
    other = PromptOffered(OFFER.conversation, TurnId("2"), "other")
    desk.composer.offer(other)
    desk.press("enter", "up", "up")

    assert (desk.written.told, desk.composer.text) == ([Written("other", other)], "offered!")


def test_an_offered_prompt_is_a_text_like_any_other_where_another_conversation_is_shown() -> None:
    desk = Desk()
    desk.composer.offer(OFFER)
    desk.composer.withdraw_from(OFFER.conversation)
    assert desk.composer.mode == "editing: Enter sends, Esc leaves"

    desk.composer.withdraw_from(ConversationId("other"))
    desk.press("enter")
    assert desk.written.told == [Written("offered")]


def test_a_text_that_was_refused_is_no_edit_any_more() -> None:
    desk = Desk()
    desk.composer.offer(OFFER)
    desk.press("enter")
    desk.composer.put_back("offered")

    assert desk.rows() == ["> offered"]


def test_alt_s_sends_a_text_now_and_is_for_others_where_there_is_none() -> None:
    desk = Desk().type("hurry")

    assert desk.press("meta s", "meta s") == ["meta s"]
    assert desk.written.told == [Written("hurry", urgent=True)]


def test_texts_of_earlier_runs_are_found_with_up() -> None:
    desk = Desk().type("draft")
    desk.composer.remember(["one", "two"])

    texts = []
    for key in ("up", "up", "down", "down"):
        desk.press(key)
        texts.append(desk.composer.text)
    assert texts == ["two", "one", "two", "draft"]


def test_a_long_text_of_an_earlier_run_is_folded_and_sent_whole() -> None:
    desk = Desk()
    desk.composer.remember(["x" * 20_000])
    desk.press("up")
    assert desk.composer.text == "[text 1: 1 lines, 20,000 characters]"

    desk.press("enter")
    assert desk.sent == ["x" * 20_000]


def searching(*keys: str) -> Desk:
    """A composer with a draft, a past, and a search of it."""
    desk = Desk()
    desk.composer.remember(["one", "two", "three"])
    desk.type("draft")
    desk.press("ctrl r", *keys)
    return desk


def test_a_search_takes_the_place_of_the_text_and_enter_takes_what_was_found() -> None:
    desk = searching("o")
    assert (desk.rows(), desk.composer.mode) == (["(search) o: two"], "search: Enter takes, Esc leaves")

    desk.press("enter")
    assert (desk.sent, desk.composer.text, desk.composer.mode) == ([], "two", "")
    desk.press("down", "down")
    assert desk.composer.text == "draft"


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["o", "ctrl r", "enter"], "one"),
        (["o", "n", "enter"], "one"),
        (["x", "backspace", "t", "w", "enter"], "two"),
        (["x", "enter"], "draft"),
        (["enter"], "draft"),
        (["o", "esc"], "draft"),
        (["o", "ctrl g"], "draft"),
        (["o", "left", "x"], "twxo"),
        (["o", "ctrl a", "x"], "xtwo"),
        (["o", "up"], "one"),
        ([Pasted("thr"), "enter"], "three"),
    ],
)
def test_keys_of_a_search(keys: list[str], text: str) -> None:
    desk = searching(*keys)

    assert (desk.sent, desk.composer.searching, desk.composer.text) == ([], False, text)


def test_keys_for_others_take_what_was_found_and_are_passed_on() -> None:
    desk = searching("o")

    assert (desk.press("f1"), desk.composer.text) == (["f1"], "two")


def test_an_edit_stays_one_through_a_search() -> None:
    desk = searching("esc")
    desk.composer.offer(OFFER)
    desk.press("ctrl r", "o", "n", "enter", "enter")

    assert desk.written.told == [Written("one", OFFER)]


def test_texts_of_earlier_runs_that_come_in_a_search_change_nothing_in_it() -> None:
    desk = searching("o")
    desk.composer.remember(["older"])
    assert desk.rows() == ["(search) o: two"]

    desk.press("ctrl r", "ctrl r", "enter")
    assert desk.composer.text == "older"


def test_a_search_draws_one_row_in_a_box_of_several() -> None:
    assert render_text(searching("o").composer, SIZE, focus=True, strip=True) == ["(search) o: two", "", "", ""]


def test_a_click_puts_the_cursor_there() -> None:
    desk = Desk().type("abc")

    assert desk.composer.mouse_event(SIZE, "mouse press", 1, 3, 0, True)
    desk.press("x")
    assert desk.composer.text == "axbc"


@given(st.text(st.sampled_from("ab \n日👍\u0301"), max_size=60))
def test_it_draws_every_text_at_every_size(text: str) -> None:
    desk = Desk(Pasted(text))

    check_box_sizing(desk.composer, cols=12, rows=3)

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urwid.testing import check_box_sizing

from protocol.identity import ConversationId, TurnId
from protocol.ui import PromptOffered
from tests.ui.desk import SIZE, Desk
from ui.composer import Composer
from ui.outgoing import Written
from ui.paste import Pasted


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


def test_a_click_puts_the_cursor_there() -> None:
    desk = Desk().type("abc")

    assert desk.composer.mouse_event(SIZE, "mouse press", 1, 3, 0, True)
    desk.press("x")
    assert desk.composer.text == "axbc"


@given(st.text(st.sampled_from("ab \n日👍\u0301"), max_size=60))
def test_it_draws_every_text_at_every_size(text: str) -> None:
    desk = Desk(Pasted(text))

    check_box_sizing(desk.composer, cols=12, rows=3)


def test_a_folded_paste_is_opened_and_deleted_as_one() -> None:
    desk = Desk()
    desk.press(Pasted("long " * 4_000))
    words = desk.composer.text
    assert len(words) < 100
    desk.press("backspace")
    assert desk.composer.text == ""
    desk.press(Pasted("long " * 4_000), *"!", "left", "ctrl o")
    assert desk.composer.text == "long " * 4_000 + "!"
    desk.press("ctrl o")
    assert desk.composer.text == "long " * 4_000 + "!"


def test_somebody_else_may_edit_the_whole_text_pastes_and_all() -> None:
    desk = Desk()
    desk.press(*"a ", Pasted("b" * 20_000))
    desk.composer.edit(lambda text: f"{text}\x1b c")
    desk.press("enter")
    assert desk.sent == ["a " + "b" * 20_000 + "\u241b c"]


def test_what_others_wrote_is_undone_like_what_was_typed() -> None:
    desk = Desk().type("a ")
    desk.press(Pasted("b\nb"))
    desk.press(Pasted("c" * 20_000))
    folded = desk.composer.text
    desk.press("ctrl o")
    desk.composer.edit(lambda text: text.upper())

    texts = []
    for _ in range(4):
        desk.press("ctrl _")
        texts.append(desk.composer.text)
    assert texts == ["a b\nb" + "c" * 20_000, folded, "a b\nb", "a "]


def test_a_paste_that_was_deleted_comes_back() -> None:
    desk = Desk()
    desk.press(Pasted("c" * 20_000))
    folded = desk.composer.text
    desk.press("backspace", "ctrl _", "enter")

    assert (folded[:7], desk.sent) == ("[text 1", ["c" * 20_000])


def test_what_was_sent_is_not_brought_back_by_undo() -> None:
    desk = Desk().type("one")
    desk.press("enter", "ctrl _")

    assert desk.composer.text == ""


def test_what_may_not_be_sent_yet_stays_as_it_is_written_pastes_and_edits_too() -> None:
    allowed: list[bool] = [False, True]
    seen: list[Written] = []

    def may_send(written: Written) -> bool:
        seen.append(written)
        return allowed.pop(0)

    desk = Desk()
    desk.composer = Composer(desk.written.tell, may_send=may_send)
    offer = PromptOffered(ConversationId("talk"), TurnId("1"), "Why")
    desk.composer.offer(offer)
    desk.press("?", Pasted("one\n" * 50), "enter")
    held = desk.composer.text
    assert (desk.sent, held.startswith("Why?"), desk.composer.mode != "") == ([], True, True)
    desk.press("enter")
    assert (desk.written.told, desk.composer.text) == ([Written("Why?" + "one\n" * 50, offer)], "")
    assert seen[0] == seen[1]

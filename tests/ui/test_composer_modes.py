"""The composer, while a prompt is edited in it or a search takes its place."""

import pytest
from urwid.testing import render_text

from protocol.comparison import ColumnKind, JudgeOffered
from protocol.identity import ConversationId, TurnId
from protocol.ui import PromptOffered
from tests.ui.desk import SIZE, Desk
from ui.composer import Edit, Offer
from ui.outgoing import Written
from ui.paste import Pasted

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


def test_a_search_that_found_nothing_looks_through_texts_of_earlier_runs_that_come_later() -> None:
    desk = searching("x")
    assert desk.rows() == ["(not found) x:"]

    desk.composer.remember(["x, found", "older"])
    assert desk.rows() == ["(search) x: x, found"]


def test_a_search_draws_one_row_in_a_box_of_several() -> None:
    assert render_text(searching("o").composer, SIZE, focus=True, strip=True) == ["(search) o: two", "", "", ""]


def test_a_question_to_a_judge_is_seen_whole_and_sent_as_one() -> None:
    asks = JudgeOffered(ConversationId("talk"), ColumnKind.JUDGE, "phi4", "\n".join(map(str, range(1, 40))))
    desk = Desk()
    desk.composer.offer(asks)
    assert desk.rows() == ["* 36", "  37", "  38", "  39"]
    assert desk.composer.mode == "for phi4 to judge: Enter sends, Esc leaves"
    desk.press("!", "enter")
    assert desk.written.told == [Written(f"{asks.prompt}!", asks=asks)]


@pytest.mark.parametrize("offer", [OFFER, JudgeOffered(ConversationId("talk"), ColumnKind.JUDGE, "phi4", "Which?")])
def test_what_is_offered_can_be_taken_away_as_it_is_now_and_gone_on_with(offer: Offer) -> None:
    desk = Desk("a")
    assert desk.composer.take_edit() is None
    desk.composer.offer(offer)
    mode = desk.composer.mode
    desk.press("!")
    edit = desk.composer.take_edit()
    assert (edit, desk.composer.text, desk.composer.mode) == (Edit(offer, f"{offer.prompt}!"), "", "")
    assert edit is not None
    desk.composer.resume(edit)
    assert (desk.composer.text, desk.composer.mode) == (f"{offer.prompt}!", mode)


def test_what_is_written_goes_to_several_is_said_where_nothing_is_written() -> None:
    desk = Desk()
    desk.composer.invite(ahead=False, models=3)
    assert desk.rows()[0].startswith("> Write the prompt")
    desk.composer.invite(ahead=False)
    assert desk.rows() == ["> Write here"]

"""The transcript, as versions and prompts that wait change places."""

import time

from urwid.testing import render_runs

from protocol.identity import TurnId
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import PromptReworded, QueueReordered, VersionsCounted
from tests.ui.page import SIZE, Page, long_talk, numbered
from tests.ui.talk import (
    MODEL,
    TALK,
    accepted,
    again,
    done,
    ended,
    exchange,
    moved,
    queued,
    shows,
    started,
)
from ui.palette import Role


def test_what_can_be_done_about_an_end_is_said_of_the_last_turn_only() -> None:
    page = Page((60, 12)).take(started(), accepted("1"), ended("1", TurnState.CANCELLED), accepted("2", "Next"))

    assert page.text() == ["> Hi", "", "cancelled", "", "> Next"]


def test_versions_are_marked_behind_the_prompt_and_the_name_of_the_model() -> None:
    page = Page().take(started(), accepted("1", "Hello\nthere"), moved("1", TurnState.ANSWERING), done("1", "Hi"))
    assert page.text() == ["> Hello", "  there", "", MODEL, "Hi"]

    page.take(VersionsCounted(TALK, TurnId("1"), Place(1, 2), Place(2, 3)))
    assert page.text() == ["> Hello", "  there  1/2", "", f"{MODEL}  2/3", "Hi"]
    runs = [run for row in render_runs(page.transcript, SIZE) for run in row]
    assert [run for run in runs if "/" in run[1]] == [(Role.MARK, "  1/2"), (Role.MARK, "  2/3")]


def test_another_path_is_shown_from_its_end() -> None:
    page = long_talk().scroll(-20)
    page.take(done("1", ""), shows(exchange("2", "Other", numbered(12)), exchange("3", "And?", "So.")))

    assert (page.rows()[-4:], page.transcript.follows) == (["> And?", "", MODEL, "So."], True)


def test_on_a_shorter_path_the_last_turn_says_what_can_be_done() -> None:
    page = Page().take(started(), accepted("1"), ended("1", TurnState.CANCELLED), accepted("2"), done("2", "b"))

    assert page.take(shows(exchange("1", state=TurnState.CANCELLED))).text()[-1] == "cancelled: Alt-R asks again"


def test_a_path_that_differs_at_its_end_costs_no_more_than_that() -> None:
    exchanges = [exchange(str(number), "Hi", "word " * 200) for number in range(500)]
    page = Page().take(started(), shows(*exchanges))
    began = time.process_time()
    page.take(shows(*exchanges[:-1])).rows()

    assert time.process_time() - began < 0.05
    assert len(page.model.shown.entries) == 499


def test_an_empty_path_is_welcomed_and_a_path_is_not() -> None:
    page = Page((80, 5)).take(started(), accepted("1"), done("1", "a"), shows())
    assert page.text()[0] == "chinwag: a chat with a language model"
    assert page.take(shows(exchange("1", "Hi", "a"))).text() == ["> Hi", "", MODEL, "a"]


def test_thinking_of_another_run_is_folded_without_a_time() -> None:
    page = Page().take(started(), shows(exchange("1", "Hi", "Yes", "hm")))

    assert page.text() == ["> Hi", "", MODEL, "thought  Ctrl-T shows", "", "Yes"]


def test_the_version_before_stays_until_the_next_attempt_begins() -> None:
    page = Page().take(started(), accepted("1"), done("1", "Old."), again("1"), queued("1"))
    assert page.text() == ["> Hi", "", MODEL, "Old.", "queued: waits for the reply before it"]

    page.take(moved("1", TurnState.CONNECTING, attempt=2), VersionsCounted(TALK, TurnId("1"), Place(), Place(2, 2)))
    assert page.text() == ["> Hi", "", f"{MODEL}  2/2"]


def test_prompts_that_wait_change_words_and_places() -> None:
    page = Page().take(started(), accepted("1", "one"), accepted("2", "two"), accepted("3", "three"))
    page.take(QueueReordered((TurnId("3"), TurnId("1"), TurnId("2"))), PromptReworded(TALK, TurnId("1"), "uno"))

    assert page.text() == ["> three", "", "> uno", "", "> two"]

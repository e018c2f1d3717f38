"""An answer of a comparison is picked: the chat goes on from it, and the others are its versions."""

import pytest
from msgspec.structs import replace

from protocol.chat import Role
from protocol.comparison import (
    AnswersBrought,
    Compare,
    CompareAgain,
    ComparisonChanged,
    Contestant,
    DropComparison,
    JudgeAnswers,
    JudgeOffered,
    PickAnswer,
)
from protocol.coordinator import ChooseVersion, RetryReply
from protocol.errors import ServerRefusal
from protocol.identity import MessageId
from protocol.reply import Broken, Reply
from protocol.stream_reader import OpenStream
from protocol.tree import Node, Place
from protocol.turn import TurnState
from protocol.ui import Exchange, InputRefused, NoticePosted, PathShown, VersionsCounted
from tests.support.comparing import BOTH, LARGE, UNDECIDED, Names, begun_in, both_answered
from tests.support.coordinating import DONE, MODEL, A, Desk, answered, asked, broke, finished, stream, submit, surveyed

REFUSED = ServerRefusal("No.", status=400).failure
ONLY = Place()


def prompt(names: Names) -> Node:
    return Node(MessageId(names.turn), stream(2).message, Role.USER, "Why?", ending=DONE)


def answer(names: Names, number: int, text: str, model: str) -> Node:
    return Node(names.reply(number), MessageId(names.turn), Role.ASSISTANT, text, ending=DONE, model=model)


def posted(text: str) -> NoticePosted:
    return NoticePosted(A, text)


def picked(model: str) -> NoticePosted:
    words = f"The chat goes on from the answer of {model}; the others are its versions."
    return posted(f"{words} {MODEL} answers next: /model {model} has this one go on.")


def test_from_the_answer_that_is_picked_the_conversation_goes_on() -> None:
    desk, names = both_answered()
    ids = (names.first.message, 1), (names.second.message, 2)
    replies = answer(names, 1, "Small.", "small"), answer(names, 2, "Large.", "large")
    before = Exchange(stream(2).turn, "1?", ONLY, stream(2), MODEL, Reply("1."), TurnState.DONE, DONE, ONLY)
    shown = stream(int(names.turn), 2)
    now = Exchange(names.turn, "Why?", ONLY, shown, "large", Reply("Large."), TurnState.DONE, DONE, Place(2, 2))
    comparison = names.picked(names.right, *ids)
    assert desk.after(PickAnswer(A, 2)) == [
        AnswersBrought(A, comparison, prompt(names), replies, names.reply(2)),
        PathShown(A, names.reply(2), (before, now)),
        picked("large"),
    ]
    (opened,) = [one for one in desk.after(submit(A, "2?")) if isinstance(one, OpenStream)]
    assert opened.request == asked("1?", "1.", "Why?", "Large.", "2?")


def test_another_can_be_picked_afterwards() -> None:
    desk, names = both_answered()
    ids = (names.first.message, 1), (names.second.message, 2)
    desk.given(PickAnswer(A, 2))
    told = desk.after(PickAnswer(A, 1))
    assert told[0] == AnswersBrought(A, names.picked(names.left, *ids), prompt(names), (), names.reply(1))
    assert isinstance(told[1], PathShown)
    assert told[1].head == names.reply(1)


def test_an_answer_that_comes_after_the_pick_is_one_more_version() -> None:
    desk, names = begun_in()
    desk.given(finished(names.first, "Small."), PickAnswer(A, 1), answered(names.second))
    told = desk.after(finished(names.second, "Large."))
    comparison = names.picked(names.left, (names.first.message, 1), (names.second.message, 2))
    late = answer(names, 2, "Large.", "large")
    assert told[-2:] == [
        AnswersBrought(A, comparison, prompt(names), (late,), names.reply(1)),
        VersionsCounted(A, names.turn, ONLY, Place(1, 2)),
    ]


def test_it_waits_for_a_reply_to_the_same_prompt_that_is_under_way() -> None:
    desk, names = begun_in()
    desk.given(finished(names.first, "Small."), PickAnswer(A, 1), RetryReply(A))
    assert not [one for one in desk.after(finished(names.second, "Large.")) if isinstance(one, AnswersBrought)]
    told = desk.after(finished(stream(int(names.turn), 2), "Tiny."))
    (brought,) = [one for one in told if isinstance(one, AnswersBrought)]
    assert brought.replies == (answer(names, 3, "Large.", "large"),)


def test_a_partial_answer_is_a_partial_version_and_nothing_is_none() -> None:
    desk, names = begun_in()
    desk.given(broke(names.first, REFUSED, Reply("Ha")), broke(names.second, REFUSED))
    (brought,) = [one for one in desk.after(PickAnswer(A, 1)) if isinstance(one, AnswersBrought)]
    partial = replace(answer(names, 1, "Ha", "small"), state=TurnState.FAILED, ending=Broken(REFUSED))
    assert brought.replies == (partial,)
    words = "large has no answer to go on from yet."
    assert desk.after(PickAnswer(A, 2)) == [posted(words)]


@pytest.mark.parametrize("number", [0, 3])
def test_there_is_no_other_answer(number: int) -> None:
    desk, _ = both_answered()
    assert desk.after(PickAnswer(A, number)) == [posted(f"There is no answer {number}: they are 1 to 2.")]


def test_all_that_have_ended_are_asked_again() -> None:
    desk, names = begun_in()
    desk.given(finished(names.first, "Small."))
    again = stream(int(names.first.turn), 2)
    told = desk.after(CompareAgain(A))
    assert [one.stream for one in told if isinstance(one, OpenStream)] == [again]
    assert desk.after(CompareAgain(A)) == [posted("Every answer is still on its way: Esc stops one.")]
    desk.given(finished(again, "Smaller."))
    (brought,) = [one for one in desk.after(PickAnswer(A, 1)) if isinstance(one, AnswersBrought)]
    assert [node.text for node in brought.replies] == ["Small.", "Smaller."]
    assert brought.head == names.reply(2)


def test_the_version_that_is_shown_is_picked_though_another_came_later() -> None:
    desk, names = both_answered()
    again = stream(int(names.first.turn), 2)
    desk.given(CompareAgain(A), finished(again, "Smaller."), finished(stream(int(names.second.turn), 2), "Larger."))
    (shown,) = desk.after(ChooseVersion(names.left, -1))
    assert isinstance(shown, PathShown)
    assert (shown.head, shown.exchanges[-1].reply_place) == (names.first.message, Place(1, 2))
    (offer,) = [one for one in desk.after(JudgeAnswers(A, "judge")) if isinstance(one, JudgeOffered)]
    assert ("Small." in offer.prompt, "Smaller." in offer.prompt, "Larger." in offer.prompt) == (True, False, True)
    (brought,) = [one for one in desk.after(PickAnswer(A, 1)) if isinstance(one, AnswersBrought)]
    assert next(node.text for node in brought.replies if node.id == brought.head) == "Small."


def test_a_version_that_brought_nothing_leaves_the_one_before_to_be_picked() -> None:
    desk, names = both_answered()
    again = stream(int(names.first.turn), 2)
    desk.given(CompareAgain(A), broke(again, REFUSED))
    (brought,) = [one for one in desk.after(PickAnswer(A, 1)) if isinstance(one, AnswersBrought)]
    assert next(node.text for node in brought.replies if node.id == brought.head) == "Small."


def test_one_that_was_dropped_can_be_gone_back_to() -> None:
    desk, names = both_answered()
    desk.given(DropComparison(A))
    told = desk.after(PickAnswer(A, 1))
    assert isinstance(told[0], AnswersBrought)
    assert (told[0].comparison.picked, told[0].comparison.dropped) == (names.left, False)


def test_an_earlier_one_still_brings_what_comes_late() -> None:
    desk, names = begun_in()
    desk.given(finished(names.first, "Small."), PickAnswer(A, 1))
    later = Names(8, names.reply(1))
    assert later.began in desk.after(Compare(A, BOTH, "Why?"))
    (brought,) = [told for told in desk.after(finished(names.second, "Large.")) if isinstance(told, AnswersBrought)]
    assert (brought.comparison.id, [node.text for node in brought.replies]) == (names.comparison.id, ["Large."])


def test_the_words_name_the_model_that_answers_next_only_where_it_is_another() -> None:
    desk = Desk()
    same = Contestant(MODEL), LARGE
    desk.given(surveyed(), Compare(A, same, "Why?"), finished(stream(3), "Tiny."))
    words = f"The chat goes on from the answer of {MODEL}; the others are its versions."
    assert desk.after(PickAnswer(A, 1))[-1] == posted(words)


def test_what_is_asked_again_after_it_was_dropped_is_to_be_decided_again() -> None:
    desk, names = both_answered()
    desk.given(DropComparison(A))
    assert ComparisonChanged(A, names.comparison) in desk.after(CompareAgain(A))
    assert desk.after(submit(A, "2?")) == [InputRefused(A, "2?", UNDECIDED)]

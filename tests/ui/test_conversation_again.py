"""Prompts that are asked again."""

import pytest

from protocol.identity import TurnId
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import (
    TurnAccepted,
    UiEvent,
    VersionsCounted,
)
from tests.ui.models import talk_after, told
from tests.ui.talk import (
    MODEL,
    REFUSED,
    TALK,
    accepted,
    again,
    done,
    ended,
    grew,
    moved,
    started,
    stream,
)
from ui.model import Model
from ui.pieces import Pieces
from ui.turn import Attempt, Turn


def test_a_prompt_asked_again_keeps_its_reply_until_the_next_attempt_begins() -> None:
    news = accepted("1"), moved("1", TurnState.ANSWERING), grew("1", "old"), done("1", "old"), again("1")

    waiting = talk_after(*news)
    old = Attempt(stream("1"), MODEL, answer=Pieces("old"), chunks=1, first_chunk=3.0, last_chunk=3.0)
    assert waiting.entries == [Turn(TurnId("1"), "Hi", 5.0, attempt=old, first=0)]
    assert waiting.open == {TurnId("1"): 0}

    begun = talk_after(*news, moved("1", TurnState.CONNECTING, attempt=2), grew("1", "new", attempt=2))
    new = Attempt(stream("1", 2), MODEL, answer=Pieces("new"), chunks=1, first_chunk=7.0, last_chunk=7.0, began=6.0)
    assert begun.entries == [Turn(TurnId("1"), "Hi", 6.0, TurnState.CONNECTING, attempt=new, first=2)]


def test_tries_are_counted_anew_when_a_prompt_is_asked_again() -> None:
    talk = talk_after(
        accepted("1"),
        done("1", "a", attempt=3),
        again("1"),
        moved("1", TurnState.CONNECTING, attempt=4),
        moved("1", TurnState.RETRYING, attempt=4, failure=REFUSED),
    )

    first = talk.entries[0]
    assert isinstance(first, Turn)
    assert first.tries == 1


def test_a_turn_asked_again_that_ends_before_an_attempt_keeps_the_reply_it_had() -> None:
    talk = talk_after(accepted("1"), done("1", "old"), again("1"), ended("1", TurnState.CANCELLED, attempt=0))

    assert talk.entries == [
        Turn(
            TurnId("1"),
            "Hi",
            4.0,
            TurnState.CANCELLED,
            attempt=Attempt(stream("1"), MODEL, answer=Pieces("old")),
            first=0,
        )
    ]


@pytest.mark.parametrize("earlier", [(), (accepted("1"), done("1", "a"), accepted("2"), done("2", "b"))])
def test_a_turn_asked_again_that_is_not_the_last_is_a_turn_like_any_other(earlier: tuple[UiEvent, ...]) -> None:
    talk = talk_after(*earlier, TurnAccepted(TALK, TurnId("1"), "again", again=True))

    assert (told(talk)[-1], talk.open) == ("again", {TurnId("1"): len(talk.entries) - 1})


def test_a_prompt_asked_again_is_found_above_the_notices_and_the_prompts_that_wait() -> None:
    model = Model()
    for event in (started(), accepted("1"), done("1", "a"), accepted("2")):
        model.apply(event, 0.0)
    model.post("a notice")
    model.apply(again("1"), 0.0)

    assert model.shown.open == {TurnId("2"): 1, TurnId("1"): 0}


def test_marks_are_counted_for_the_turn_under_way_and_for_the_last_that_ended() -> None:
    counted = VersionsCounted(TALK, TurnId("1"), Place(1, 2), Place(2, 3))
    for talk in (talk_after(accepted("1"), counted), talk_after(accepted("1"), done("1", "a"), counted)):
        turn = talk.entries[0]
        assert isinstance(turn, Turn)
        assert (turn.prompt_place, turn.reply_place) == (Place(1, 2), Place(2, 3))

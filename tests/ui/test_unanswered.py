import pytest

from protocol.identity import ConversationId, TurnId
from protocol.models import ServerSurvey
from protocol.turn import TurnState
from protocol.ui import (
    ConversationsListed,
    ConversationStarted,
    HitsFound,
    InputRefused,
    NoticePosted,
    PromptReworded,
    ServerChanged,
    UiEvent,
)
from tests.ui.talk import TALK, accepted, again, ended, moved, shows, started
from ui.unanswered import Unanswered


def waits(text: str, *events: UiEvent, after: float = 0.0) -> bool:
    unanswered = Unanswered()
    unanswered.send(text, 100.0)
    for event in events:
        unanswered.hear(event)
    return unanswered.waits(100.0 + after)


@pytest.mark.parametrize(
    "event", [accepted("1", "Hi"), InputRefused(TALK, " Hi ", "No."), PromptReworded(TALK, TurnId("1"), "Hi")]
)
def test_a_prompt_that_is_taken_or_refused_is_answered(event: UiEvent) -> None:
    assert not waits("Hi", event)
    assert waits("Ho", event, after=1000.0)


@pytest.mark.parametrize(
    "event",
    [
        NoticePosted(TALK, "There."),
        ConversationsListed(TALK, ()),
        HitsFound(TALK, "x", ()),
        InputRefused(TALK, "/chats", "No."),
        started(),
        shows(),
        again("1"),
        ended("1", TurnState.CANCELLED),
    ],
)
def test_a_command_is_answered_by_what_it_brings_about(event: UiEvent) -> None:
    assert not waits("/chats", event)


@pytest.mark.parametrize("event", [moved("1", TurnState.ANSWERING), ServerChanged(ServerSurvey("here")), accepted("1")])
def test_what_happens_besides_is_no_answer_to_a_command(event: UiEvent) -> None:
    assert waits("/chats", event)


def test_a_command_that_may_have_no_answer_is_not_waited_for_long() -> None:
    assert waits("/cancel", after=0.9)
    assert not waits("/cancel", after=1.1)
    assert waits("/model x", after=14.0)
    assert not waits("/model x", after=16.0)


def test_each_answer_is_for_one_text() -> None:
    unanswered = Unanswered()
    unanswered.send("Hi", 0.0)
    unanswered.send("Hi", 0.0)
    unanswered.hear(accepted("1", "Hi"))
    assert unanswered.waits(0.0)
    unanswered.hear(accepted("2", "Hi"))
    assert not unanswered.waits(0.0)


@pytest.mark.parametrize("event", [accepted("1"), InputRefused(TALK, "Why?", "No.")])
def test_a_command_that_holds_a_prompt_is_answered_by_what_becomes_of_that(event: UiEvent) -> None:
    assert not waits("/compare a b -- Why?", event)


def test_that_a_column_begins_is_no_answer() -> None:
    assert waits("/compare a b -- Why?", ConversationStarted(TALK, "a", shown=False, column_of=ConversationId("1")))

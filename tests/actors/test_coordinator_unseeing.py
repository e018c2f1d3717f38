"""The Librarian is dead: nobody looks at the server any more, and no prompt waits for a look."""

import pytest

from protocol.coordinator import (
    ActorFailed,
    AllAbandoned,
    ChooseModel,
    CoordinatorMessage,
    RestoreConversation,
    RetryNow,
    ShowModels,
    StartConversation,
)
from protocol.errors import ActorDied
from protocol.identity import TurnId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.models import InstalledModel, ServerSurvey
from protocol.reply import Broken, Reply
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from protocol.timekeeper import SurveyDue
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    EngineFailed,
    ModelSet,
    NoticePosted,
    ServerChanged,
    TurnAccepted,
    TurnEnded,
)
from tests.support.coordinating import (
    AWAY,
    DONE,
    MODEL,
    NOTHING,
    UNREACHABLE,
    A,
    B,
    Desk,
    ReaderClosed,
    begun,
    broke,
    ended,
    failed,
    finished,
    stream,
    submit,
    surveyed,
)

DEATH = ActorDied("The Librarian failed.", "The log has the details.").failure
DEAD = ActorFailed("Librarian", DEATH)
UNSEEN = ActorDied(
    "Nobody looks at the server any more. The Librarian failed.", "Name a model with /model NAME."
).failure
TWO = ServerSurvey("here", models=(InstalledModel(MODEL), InstalledModel("huge:70b")))
ONCE = EngineSettings(retry=RetryPolicy(attempts=1))


def unsendable(turn: int) -> TurnEnded:
    """A prompt that no model was ever asked."""
    return TurnEnded(A, stream(turn, 0), TurnState.FAILED, NOTHING, Broken(UNSEEN))


@pytest.mark.parametrize("before", [(), (surveyed(TWO),), (surveyed(AWAY),)], ids=["unknown", "undecided", "away"])
def test_a_prompt_without_a_model_ends_with_words_that_say_what_to_do(before: tuple[CoordinatorMessage, ...]) -> None:
    desk = Desk(model=None)
    desk.given(*before, submit(A))
    here = "here" if before else ""
    assert desk.after(DEAD) == [
        EngineFailed(DEATH),
        ServerChanged(ServerSurvey(here, failure=UNSEEN)),
        unsendable(2),
    ]
    assert desk.after(submit(A, "more")) == [TurnAccepted(A, stream(3).turn, "more"), unsendable(3)]


def test_a_model_that_is_named_is_taken_on_trust_and_the_next_prompt_is_sent() -> None:
    desk = Desk(model=None)
    desk.given(surveyed(TWO), DEAD)
    assert desk.after(ChooseModel(A, "other")) == [
        ModelSet(A, "other"),
        NoticePosted(A, "other answers from the next prompt on."),
    ]
    desk.given(ChooseModel(A, MODEL))
    assert desk.after(submit(A))[1:] == begun(A, stream(2))


def test_questions_that_wait_for_a_look_and_later_ones_are_answered() -> None:
    desk = Desk()
    desk.given(surveyed(TWO), ShowModels(A), ChooseModel(A, "gone"))
    assert desk.after(DEAD)[2:] == [
        ModelSet(A, "gone"),
        NoticePosted(A, "gone answers from the next prompt on."),
        NoticePosted(A, str(UNSEEN)),
    ]
    assert desk.after(ShowModels(A)) == [NoticePosted(A, str(UNSEEN))]


def test_prompts_that_wait_for_the_server_are_sent_once_and_fail_if_that_is_away() -> None:
    desk = Desk(settings=ONCE)
    desk.given(surveyed(), submit(A), broke(stream(2), UNREACHABLE))
    assert desk.after(DEAD)[2:] == begun(A, stream(2, 2))
    assert desk.after(broke(stream(2, 2), UNREACHABLE)) == [
        ReaderClosed(stream(2, 2)),
        failed(A, stream(2, 2), UNREACHABLE),
    ]
    assert desk.after(SurveyDue()) == []


def test_a_prompt_of_an_earlier_run_is_sent_without_a_look() -> None:
    desk, kept = Desk(0), WaitingPrompt(TurnId("2"), "Hi")
    desk.given(DEAD)
    told = desk.after(RestoreConversation(ConversationRecord(A, "", MODEL, "", 1.0, 1.0, None, waiting=(kept,))))
    assert told[-3:] == begun(A, stream(2))


def test_what_streams_goes_on() -> None:
    desk = Desk()
    desk.given(submit(A))
    assert desk.after(DEAD) == [EngineFailed(DEATH), ServerChanged(ServerSurvey("", failure=UNSEEN))]
    assert desk.after(finished(stream(2)))[-1] == ended(A, stream(2), TurnState.DONE, Reply("Hello."), DONE)


def test_a_conversation_that_begins_is_not_looked_for() -> None:
    desk = Desk(1)
    desk.given(DEAD)
    assert desk.after(StartConversation()) == [ConversationStarted(B, None)]
    assert desk.after(RetryNow(A)) == [
        NoticePosted(A, "Nothing waits here to be tried again: /retry asks the last prompt again.")
    ]


def test_it_is_still_known_after_the_coordinator_has_begun_anew() -> None:
    desk = Desk(model=None)
    desk.given(DEAD)
    desk.coordinator.recover(SurveyDue(), ActorDied("The Coordinator failed.").failure)
    assert desk.after(AllAbandoned())[-1] == ServerChanged(ServerSurvey("", failure=UNSEEN))
    assert desk.after(submit(A))[1:] == [unsendable(2)]

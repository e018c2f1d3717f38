import pytest

from protocol.accumulator import AbandonReply
from protocol.coordinator import (
    CancelConversation,
    DropQueued,
    EditQueued,
    MoveQueued,
    QueueCommand,
    RetryNow,
    RetryReply,
    SendNow,
    ShowQueue,
    Submit,
)
from protocol.errors import Failure
from protocol.identity import StreamId, TurnId
from protocol.librarian import SurveyServer
from protocol.reply import Reply
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from protocol.timekeeper import RetryDue
from protocol.turn import TurnState
from protocol.ui import (
    InputRefused,
    NoticePosted,
    PromptOffered,
    PromptReworded,
    QueueReordered,
    TurnAccepted,
    TurnQueued,
    WaitReason,
)
from tests.support.coordinating import (
    LOST,
    STOPPED,
    UNREACHABLE,
    A,
    B,
    Desk,
    ReaderClosed,
    asked,
    begun,
    broke,
    ended,
    finished,
    limits,
    stream,
    submit,
    surveyed,
)

FIRST, SECOND, THIRD, FOURTH = (TurnId(name) for name in "3456")
ANSWERED = "It is being answered already."
SENT = "It was sent before: /edit changes it once it has ended."
EARLIER = WaitReason.EARLIER_PROMPT


def gone(number: int) -> list[NoticePosted]:
    return [NoticePosted(A, f"There is no number {number} in the queue: /queue shows what is there.")]


def busy() -> Desk:
    """Of two conversations the first has one prompt that streams, numbered 1, and three that wait."""
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    desk.given(submit(A, "1?"), submit(A, "2?"), submit(A, "3?"), submit(A, "4?"))
    return desk


def parked(failure: Failure = UNREACHABLE) -> Desk:
    """The first prompt was sent, and waits for the server; another waits behind it."""
    desk = Desk(2, settings=EngineSettings(retry=RetryPolicy(attempts=1)))
    desk.given(surveyed(), submit(A, "1?"), submit(A, "2?"), broke(stream(3), failure))
    return desk


def stopping(of: StreamId) -> list[object]:
    """A stream is cut."""
    return [ReaderClosed(of), AbandonReply(of)]


def test_a_prompt_that_waits_is_offered_and_changed_in_place() -> None:
    desk = busy()
    assert desk.after(EditQueued(A, 3)) == [PromptOffered(A, THIRD, "3?")]
    assert desk.after(Submit(A, "Three?", edits=THIRD)) == [PromptReworded(A, THIRD, "Three?")]
    desk.given(DropQueued(A, 2))
    assert desk.after(finished(stream(3), "1."))[-1:] == begun(A, stream(5), asked("1?", "1.", "Three?"))[-1:]


def test_a_prompt_of_another_conversation_is_offered_where_the_user_is_and_changed_where_it_waits() -> None:
    desk = busy()
    assert desk.after(EditQueued(B, 3)) == [PromptOffered(B, THIRD, "3?")]
    assert desk.after(Submit(B, "Three?", edits=THIRD)) == [PromptReworded(A, THIRD, "Three?")]


def test_a_prompt_that_is_being_answered_cannot_be_changed() -> None:
    desk = busy()
    assert desk.after(EditQueued(A, 1)) == [NoticePosted(A, ANSWERED)]
    assert desk.after(Submit(A, "One?", edits=FIRST)) == [InputRefused(A, "One?", ANSWERED)]


def test_a_prompt_that_was_sent_and_waits_again_cannot_be_changed_but_dropped() -> None:
    desk = parked()
    assert desk.after(EditQueued(A, 1)) == [NoticePosted(A, SENT)]
    assert desk.after(Submit(A, "One?", edits=FIRST)) == [InputRefused(A, "One?", SENT)]
    assert desk.after(DropQueued(A, 1)) == [
        ended(A, stream(3), TurnState.CANCELLED),
        *begun(A, stream(4), asked("2?")),
    ]


def test_a_prompt_that_is_asked_again_cannot_be_changed() -> None:
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    desk.given(submit(A, "1?"), finished(stream(3)), submit(B), RetryReply(A))
    assert desk.after(EditQueued(A, 2)) == [NoticePosted(A, SENT)]


def test_a_prompt_is_dropped_and_has_its_place_in_what_was_said() -> None:
    desk = busy()
    assert desk.after(DropQueued(A, 3)) == [ended(A, stream(5, 0), TurnState.CANCELLED)]
    assert desk.after(ShowQueue(A)) == [
        NoticePosted(
            A,
            "1. connecting: 1?\n2. waits for the reply before it: 2?\n3. waits for the reply before it: 4?\n"
            "Change what waits: /queue edit|drop|now N, /queue move N M",
        )
    ]


def test_a_reply_under_way_is_not_dropped() -> None:
    assert busy().after(DropQueued(A, 1)) == [NoticePosted(A, f"{ANSWERED} Esc stops it.")]


@pytest.mark.parametrize("number", [-1, 0, 5])
@pytest.mark.parametrize("command", [EditQueued, DropQueued, SendNow])
def test_a_number_that_is_not_there_is_said_to_be_missing(command: type[EditQueued], number: int) -> None:
    assert busy().after(command(A, number)) == gone(number)


@pytest.mark.parametrize(("number", "to", "missing"), [(0, 2, 0), (9, 2, 9), (2, 0, 0), (2, 9, 9)])
def test_nothing_is_moved_from_or_to_a_number_that_is_not_there(number: int, to: int, missing: int) -> None:
    assert busy().after(MoveQueued(A, number, to)) == gone(missing)


@pytest.mark.parametrize(
    ("number", "to", "order"),
    [
        (4, 2, (FOURTH, SECOND, THIRD)),
        (2, 4, (THIRD, FOURTH, SECOND)),
        (3, 3, (SECOND, THIRD, FOURTH)),
        (4, 1, (FOURTH, SECOND, THIRD)),
    ],
)
def test_a_prompt_is_moved_and_never_before_the_one_that_is_being_answered(
    number: int, to: int, order: tuple[TurnId, ...]
) -> None:
    desk = busy()
    assert desk.after(MoveQueued(A, number, to)) == [QueueReordered(order)]
    told = desk.after(finished(stream(3)))
    assert begun(A, StreamId(order[0], 1))[0] in told


def test_a_prompt_moved_to_the_front_of_its_conversation_says_what_it_waits_for() -> None:
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    desk.given(submit(B), submit(A, "1?"), submit(A, "2?"))
    assert desk.after(MoveQueued(A, 3, 2)) == [
        QueueReordered((TurnId("5"), TurnId("4"))),
        TurnQueued(A, TurnId("5"), WaitReason.STREAM_LIMIT),
        TurnQueued(A, TurnId("4"), EARLIER),
    ]


def test_what_was_sent_before_stays_before_what_was_not() -> None:
    desk = parked()
    assert desk.after(MoveQueued(A, 2, 1)) == [QueueReordered((FIRST, SECOND))]
    assert desk.after(MoveQueued(A, 1, 2)) == [QueueReordered((FIRST, SECOND))]


@pytest.mark.parametrize("command", [MoveQueued(A, 1, 2), SendNow(A, 1)])
def test_a_reply_under_way_is_not_moved(command: QueueCommand) -> None:
    assert busy().after(command) == [NoticePosted(A, f"{ANSWERED} Esc stops it.")]


def test_a_prompt_sent_now_stops_the_reply_and_goes_next() -> None:
    desk = busy()
    assert desk.after(SendNow(A, 4)) == [QueueReordered((FOURTH, SECOND, THIRD)), *stopping(stream(3))]
    assert desk.after(finished(stream(3), "Half", STOPPED)) == [
        ReaderClosed(stream(3)),
        ended(A, stream(3), TurnState.CANCELLED, Reply("Half")),
        *begun(A, stream(6), asked("1?", "Half", "4?")),
    ]


def test_without_a_number_the_first_that_waits_here_is_sent_now() -> None:
    assert busy().after(SendNow(A)) == stopping(stream(3))
    assert busy().after(SendNow(B)) == [NoticePosted(B, "No prompt waits in this chat.")]


def test_a_prompt_sent_now_takes_the_place_of_one_that_is_about_to_be_tried_again() -> None:
    desk = Desk(2)
    desk.given(submit(A, "1?"), submit(A, "2?"), broke(stream(3), LOST))
    assert desk.after(SendNow(A)) == [ended(A, stream(3), TurnState.CANCELLED), *begun(A, stream(4), asked("2?"))]


def test_a_prompt_that_waits_for_the_server_is_sent_now_if_the_server_is_there() -> None:
    desk = parked()
    assert desk.after(SendNow(A, 1)) == [SurveyServer()]
    assert desk.after(surveyed())[:1] == begun(A, stream(3, 2), asked("1?"))[:1]


def test_a_prompt_sent_now_behind_one_that_was_sent_already_is_next_after_it() -> None:
    wait = NoticePosted(A, "It comes after the prompt before it, which was sent already and waits for its reply.")
    assert parked().after(SendNow(A, 2)) == [wait, SurveyServer()]


def test_a_prompt_that_waits_for_the_server_is_tried_now_if_the_server_is_there() -> None:
    desk = parked()
    assert desk.after(RetryNow(A)) == [SurveyServer()]
    assert desk.after(surveyed())[:1] == begun(A, stream(3, 2), asked("1?"))[:1]


def test_a_prompt_whose_break_is_not_over_is_tried_now_and_only_once() -> None:
    desk = Desk()
    desk.given(submit(A, "1?"), broke(stream(2), LOST))
    assert desk.after(RetryNow(A)) == begun(A, stream(2, 2), asked("1?"))
    assert desk.after(RetryDue(stream(2))) == []


def test_where_nothing_waits_to_be_tried_again_that_is_said() -> None:
    nothing = "Nothing waits here to be tried again: /retry asks the last prompt again."
    assert busy().after(RetryNow(A), RetryNow(B)) == [NoticePosted(A, nothing), NoticePosted(B, nothing)]


def test_an_urgent_prompt_stops_the_reply_and_goes_next() -> None:
    desk = busy()
    assert desk.after(Submit(A, "Now!", urgent=True)) == [
        TurnAccepted(A, TurnId("7"), "Now!"),
        QueueReordered((TurnId("7"), SECOND, THIRD, FOURTH)),
        *stopping(stream(3)),
        TurnQueued(A, TurnId("7"), EARLIER),
    ]
    assert desk.after(finished(stream(3), "", STOPPED))[2:] == begun(A, stream(7), asked("Now!"))


def test_an_urgent_prompt_where_nothing_is_under_way_is_like_any_other() -> None:
    assert Desk().after(Submit(A, "Hi", urgent=True)) == Desk().after(submit(A))


def test_a_prompt_that_waits_can_be_changed_and_made_urgent_at_once() -> None:
    desk = busy()
    assert desk.after(Submit(A, "Three!", edits=THIRD, urgent=True)) == [
        PromptReworded(A, THIRD, "Three!"),
        QueueReordered((THIRD, SECOND, FOURTH)),
        *stopping(stream(3)),
    ]


def test_a_prompt_dropped_while_a_reply_is_retried_stays_on_the_branch_where_it_was() -> None:
    desk = parked()
    desk.given(DropQueued(A, 2), surveyed(), finished(stream(3, 2), "1."))
    assert desk.after(submit(A, "3?"))[1:] == begun(A, stream(5), asked("1?", "1.", "3?"))


def test_prompts_cancelled_before_they_were_sent_follow_each_other_and_are_not_sent_again() -> None:
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    desk.given(submit(B), submit(A, "1?"), submit(A, "2?"), CancelConversation(A), finished(stream(3)))
    assert desk.after(submit(A, "3?"))[1:] == begun(A, stream(6), asked("3?"))

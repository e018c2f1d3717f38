import pytest

from protocol.coordinator import (
    BranchCommand,
    CancelConversation,
    ChooseVersion,
    ContinueReply,
    EditPrompt,
    RedoPrompt,
    ReplyFinished,
    RetryReply,
    Submit,
    UndoPrompt,
)
from protocol.errors import ServerRefusal
from protocol.frames import Metrics
from protocol.identity import StreamId, TurnId
from protocol.reply import Broken, Ending, Finished, Reply, Stopped
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from protocol.timekeeper import Remind, RetryDue
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import (
    Exchange,
    InputRefused,
    NoticePosted,
    PathShown,
    PromptOffered,
    TurnAccepted,
    TurnMoved,
    TurnQueued,
    VersionsCounted,
    WaitReason,
)
from tests.support.coordinating import (
    DONE,
    LOST,
    MODEL,
    NOTHING,
    STOPPED,
    A,
    B,
    Desk,
    ReaderClosed,
    answered,
    asked,
    begun,
    broke,
    ended,
    finished,
    limits,
    stream,
    submit,
)

ONLY = Place()
ONE, TWO = TurnId("2"), TurnId("3")
LENGTH = Finished("length", Metrics())
REFUSED = Broken(ServerRefusal("No.", status=400).failure)
WHOLE = "The last reply is whole: there is nothing to go on with."
NO_TEXT = "There is no text to go on with: /retry asks again."
COMMANDS: list[BranchCommand] = [
    RetryReply(A),
    ContinueReply(A),
    EditPrompt(A),
    UndoPrompt(A),
    RedoPrompt(A),
    ChooseVersion(A, 1),
]
UNDER_WAY = "A reply is under way: Esc stops it."


def exchange(
    prompt: str,
    text: str,
    of: StreamId,
    said: Place = ONLY,
    replied: Place = ONLY,
    state: TurnState = TurnState.DONE,
    ending: Ending = DONE,
) -> Exchange:
    return Exchange(of.turn, prompt, said, of, MODEL, Reply(text), state, ending, replied)


def after_one(text: str = "1.", ending: Ending = DONE) -> Desk:
    """One exchange was had."""
    desk = Desk()
    desk.given(submit(A, "1?"), finished(stream(2), text, ending))
    return desk


def after_two() -> Desk:
    """Two exchanges were had."""
    desk = after_one()
    desk.given(submit(A, "2?"), finished(stream(3), "2."))
    return desk


def test_a_prompt_asked_again_gets_another_version_of_its_reply() -> None:
    desk = after_one()
    assert desk.after(RetryReply(A)) == [
        TurnAccepted(A, ONE, "1?", again=True),
        *begun(A, stream(2, 2), asked("1?"), (ONLY, Place(2, 2))),
    ]
    assert desk.after(finished(stream(2, 2), "One."))[-1] == ended(A, stream(2, 2), TurnState.DONE, Reply("One."), DONE)
    assert desk.after(submit(A, "2?"))[1:] == begun(A, stream(3), asked("1?", "One.", "2?"))


def test_the_last_prompt_is_asked_again_with_what_was_said_before_it() -> None:
    desk = after_two()
    assert desk.after(RetryReply(A))[1:] == begun(A, stream(3, 2), asked("1?", "1.", "2?"), (ONLY, Place(2, 2)))


def test_an_attempt_that_brought_nothing_is_no_version() -> None:
    desk = Desk()
    desk.given(submit(A), ReplyFinished(stream(2), NOTHING, REFUSED))
    assert desk.after(RetryReply(A))[1:] == begun(A, stream(2, 2))


def test_a_prompt_that_was_cancelled_before_it_was_sent_can_be_asked() -> None:
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    desk.given(submit(B), submit(A), CancelConversation(A), finished(stream(3)))
    assert desk.after(RetryReply(A)) == [TurnAccepted(A, TurnId("4"), "Hi", again=True), *begun(A, stream(4))]


def test_a_retry_that_is_cancelled_before_it_began_shows_the_old_version_again() -> None:
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    desk.given(submit(A, "1?"), finished(stream(3), "1."), submit(B))
    assert desk.after(RetryReply(A)) == [
        TurnAccepted(A, TurnId("3"), "1?", again=True),
        TurnQueued(A, TurnId("3"), WaitReason.STREAM_LIMIT),
    ]
    assert desk.after(CancelConversation(A)) == [
        ended(A, stream(3, 0), TurnState.CANCELLED),
        PathShown(A, stream(3).message, (exchange("1?", "1.", stream(3)),)),
    ]


def test_a_partial_reply_is_gone_on_with_as_another_version_of_it() -> None:
    desk = after_one("Half a", LENGTH)
    half = Reply("Half a")
    assert desk.after(ContinueReply(A)) == [
        TurnAccepted(A, ONE, "1?", again=True, continues=stream(2).message),
        *begun(A, stream(2, 2), asked("1?", "Half a"), (ONLY, Place(2, 2)), half),
    ]
    desk.given(finished(stream(2, 2), "Half a loaf."))
    assert desk.after(submit(A, "2?"))[-3:] == begun(A, stream(3), asked("1?", "Half a loaf.", "2?"))


@pytest.mark.parametrize("ending", [LENGTH, STOPPED, REFUSED], ids=["cut", "cancelled", "failed"])
def test_what_did_not_end_by_itself_can_be_gone_on_with(ending: Ending) -> None:
    assert after_one("Half a", ending).after(ContinueReply(A))[0] == TurnAccepted(A, ONE, "1?", True, stream(2).message)


def test_a_whole_reply_cannot_be_gone_on_with_nor_one_without_text() -> None:
    assert after_one().after(ContinueReply(A)) == [NoticePosted(A, WHOLE)]
    desk = Desk()
    desk.given(submit(A), ReplyFinished(stream(2), Reply("", "Hm"), Stopped()))
    assert desk.after(ContinueReply(A)) == [NoticePosted(A, NO_TEXT)]


def test_a_continuation_that_breaks_before_anything_was_added_is_tried_again_from_the_same_partial() -> None:
    desk = Desk(settings=EngineSettings(retry=RetryPolicy(attempts=2)))
    half = Reply("Half a")
    desk.given(submit(A, "1?"), finished(stream(2), "Half a", STOPPED), ContinueReply(A))
    assert desk.after(broke(stream(2, 2), LOST, half)) == [
        ReaderClosed(stream(2, 2)),
        TurnMoved(A, stream(2, 2), TurnState.RETRYING, MODEL, LOST, 0.5),
        Remind(0.5, RetryDue(stream(2, 2))),
    ]
    marks = (ONLY, Place(3, 3))
    assert desk.after(RetryDue(stream(2, 2))) == begun(A, stream(2, 3), asked("1?", "Half a"), marks, half)
    more = Reply("Half a loaf")
    assert desk.after(broke(stream(2, 3), LOST, more))[-1] == ended(
        A, stream(2, 3), TurnState.FAILED, more, Broken(LOST)
    )


def test_a_continuation_cancelled_while_it_waits_to_be_tried_again_keeps_what_it_began_with() -> None:
    desk = Desk(settings=EngineSettings(retry=RetryPolicy(attempts=2)))
    half = Reply("Half a")
    desk.given(submit(A, "1?"), finished(stream(2), "Half a", STOPPED), ContinueReply(A))
    desk.given(broke(stream(2, 2), LOST, half))
    assert desk.after(CancelConversation(A)) == [ended(A, stream(2, 2), TurnState.CANCELLED, half)]


def test_the_last_prompt_is_offered_and_what_is_sent_for_it_becomes_its_sibling() -> None:
    desk = after_two()
    assert desk.after(EditPrompt(A)) == [PromptOffered(A, TWO, "2?")]
    assert desk.after(Submit(A, "Two?", edits=TWO)) == [
        PathShown(A, stream(2).message, (exchange("1?", "1.", stream(2)),)),
        TurnAccepted(A, TurnId("4"), "Two?"),
        *begun(A, stream(4), asked("1?", "1.", "Two?"), (Place(2, 2), ONLY)),
    ]


def test_a_first_prompt_can_be_edited_too() -> None:
    assert after_two().after(Submit(A, "One?", edits=ONE)) == [
        PathShown(A, None, ()),
        TurnAccepted(A, TurnId("4"), "One?"),
        *begun(A, stream(4), asked("One?"), (Place(2, 2), ONLY)),
    ]


def test_an_edited_prompt_that_is_never_sent_is_a_sibling_all_the_same() -> None:
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    desk.given(submit(A, "1?"), finished(stream(3), "1."), submit(B), Submit(A, "One?", edits=TurnId("3")))
    assert desk.after(CancelConversation(A)) == [
        ended(A, stream(5, 0), TurnState.CANCELLED),
        VersionsCounted(A, TurnId("5"), Place(2, 2), ONLY),
    ]


def test_what_is_sent_in_place_of_a_prompt_that_nobody_knows_is_sent_as_it_is() -> None:
    assert after_one().after(Submit(A, "2?", edits=TurnId("gone")))[0] == TurnAccepted(A, TWO, "2?")


def test_a_prompt_that_was_sent_in_another_conversation_is_changed_there() -> None:
    desk = Desk(2)
    desk.given(submit(A, "1?"), finished(stream(3)))
    reason = "The prompt that you changed was sent meanwhile, in another chat: /open it to change it there."
    assert desk.after(Submit(B, "One?", edits=TurnId("3"))) == [InputRefused(B, "One?", reason)]


def test_an_undo_goes_back_before_the_last_prompt_and_a_redo_returns() -> None:
    desk = after_two()
    first, second = exchange("1?", "1.", stream(2)), exchange("2?", "2.", stream(3))
    back = NoticePosted(A, "Taken back: /redo brings it back.")
    assert desk.after(UndoPrompt(A)) == [PathShown(A, stream(2).message, (first,)), back]
    assert desk.after(UndoPrompt(A)) == [PathShown(A, None, ()), back]
    assert desk.after(UndoPrompt(A)) == [NoticePosted(A, "There is nothing to take back.")]
    assert desk.after(RedoPrompt(A)) == [PathShown(A, stream(2).message, (first,))]
    assert desk.after(RedoPrompt(A)) == [PathShown(A, stream(3).message, (first, second))]
    assert desk.after(RedoPrompt(A)) == [NoticePosted(A, "There is nothing to bring back.")]


def test_what_is_sent_after_an_undo_is_a_sibling_of_what_was_taken_back() -> None:
    desk = after_two()
    desk.given(UndoPrompt(A))
    assert desk.after(submit(A, "Two?"))[1:] == begun(A, stream(4), asked("1?", "1.", "Two?"), (Place(2, 2), ONLY))


def test_versions_are_walked_through_in_both_directions_and_round_the_ends() -> None:
    desk = after_one()
    desk.given(RetryReply(A), finished(stream(2, 2), "One."))
    old = PathShown(A, stream(2).message, (exchange("1?", "1.", stream(2), replied=Place(1, 2)),))
    new = PathShown(A, stream(2, 2).message, (exchange("1?", "One.", stream(2, 2), replied=Place(2, 2)),))
    assert desk.after(*(ChooseVersion(A, step) for step in (-1, -1, 1, 1))) == [old, new, old, new]


def test_another_version_is_shown_with_what_followed_it() -> None:
    desk = after_two()
    desk.given(Submit(A, "One?", edits=ONE), finished(stream(4), "One."))
    first = exchange("1?", "1.", stream(2), said=Place(1, 2))
    assert desk.after(ChooseVersion(A, 1)) == [
        PathShown(A, stream(3).message, (first, exchange("2?", "2.", stream(3))))
    ]


def test_where_nothing_was_said_nothing_can_be_done_and_that_is_said() -> None:
    said, versions = "Nothing has been said here yet.", "Nothing here has another version: /retry and /edit make one."
    assert Desk().after(RetryReply(A), ContinueReply(A), EditPrompt(A), ChooseVersion(A, 1)) == [
        *[NoticePosted(A, said)] * 3,
        NoticePosted(A, versions),
    ]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_no_move_is_made_while_a_reply_is_under_way(command: BranchCommand) -> None:
    desk = after_one()
    desk.given(submit(A, "2?"), submit(A, "3?"))
    assert desk.after(command) == [NoticePosted(A, UNDER_WAY)]
    assert desk.after(Submit(A, "One?", edits=ONE)) == [InputRefused(A, "One?", UNDER_WAY)]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_no_move_is_made_while_prompts_wait(command: BranchCommand) -> None:
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    waiting = "Prompts wait in this chat: /queue shows them."
    desk.given(submit(A, "1?"), finished(stream(3)), submit(B), submit(A, "2?"))
    assert desk.after(command) == [NoticePosted(A, waiting)]


def test_what_another_conversation_does_is_no_obstacle() -> None:
    desk = Desk(2)
    desk.given(submit(A, "1?"), finished(stream(3)), submit(B))
    assert isinstance(desk.after(UndoPrompt(A))[0], PathShown)


def test_news_of_an_earlier_version_are_dropped() -> None:
    desk = after_one()
    desk.given(RetryReply(A))
    assert desk.after(answered(stream(2)), finished(stream(2)), RetryDue(stream(2))) == []

"""Conversations that nobody looks at fall asleep once they are on disk, and are read when they are wanted."""

import pytest

from protocol.accumulator import AbandonAll
from protocol.archivist import RecoverConversations
from protocol.chat import Role
from protocol.compaction import INSTRUCTION
from protocol.context import CompactConversation, ShowContext
from protocol.coordinator import (
    AllAbandoned,
    CancelAll,
    CancelConversation,
    ChooseModel,
    ConversationsRecovered,
    CoordinatorMessage,
    DiscardConversation,
    DropQueued,
    PrepareToStop,
    RedoPrompt,
    RestoreConversation,
    RetellConversations,
    RetryReply,
    ShowConversation,
    StartConversation,
    Submit,
    UndoPrompt,
)
from protocol.errors import ServerRefusal
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.kept import ConversationRecord
from protocol.models import ServerSurvey
from protocol.reply import Reply
from protocol.sleep import (
    ConfirmKept,
    ConversationRead,
    ConversationSlept,
    KeptConfirmed,
    ReadConversation,
    account_of,
)
from protocol.stream_reader import OpenStream
from protocol.tree import Node, Place
from protocol.turn import TurnState
from protocol.ui import (
    ConversationRetold,
    ConversationStarted,
    Exchange,
    InputRefused,
    ModelSet,
    NoticePosted,
    PathShown,
    TurnAccepted,
    TurnEnded,
)
from tests.support.coordinating import (
    DONE,
    MODEL,
    A,
    B,
    C,
    Desk,
    asked,
    begun,
    broke,
    finished,
    limits,
    stream,
    submit,
    surveyed,
)
from tests.support.engine import death_of

TURN = stream(3)
PROMPT = Node(MessageId("3"), None, Role.USER, "Hi", ending=DONE)
REPLY = Node(TURN.message, PROMPT.id, Role.ASSISTANT, "Hello.", ending=DONE, model=MODEL)
SAID = account_of(REPLY.id, (PROMPT, REPLY))
RECORD = ConversationRecord(A, "Hi", MODEL, "", 1.0, 2.0, REPLY.id, messages=(PROMPT, REPLY))
SLEPT, READ = ConversationSlept(A), ReadConversation(A)
PATH = PathShown(
    A, REPLY.id, (Exchange(TURN.turn, "Hi", Place(), TURN, MODEL, Reply("Hello."), TurnState.DONE, DONE, Place()),)
)
SHOWN = ConversationStarted(A, MODEL)
GONE = "It is not on disk any more."
CANNOT = f"What was said in this chat cannot be read. {GONE}"


def talked(most: int = 0) -> Desk:
    """A desk where something was said in the first conversation, and the second is shown."""
    desk = Desk(2, settings=limits(max_hidden_characters=most), kept=True)
    desk.given(surveyed(), ShowConversation(A), submit(A), finished(TURN))
    return desk


def asleep() -> Desk:
    """The same, where the first conversation has fallen asleep."""
    desk = talked()
    desk.given(ShowConversation(B), KeptConfirmed(A, SAID))
    return desk


def read(record: ConversationRecord | None = RECORD) -> ConversationRead:
    return ConversationRead(A, record, "" if record is not None else GONE)


def test_one_that_is_left_falls_asleep_when_all_of_it_is_on_disk() -> None:
    desk = talked()
    assert desk.after(ShowConversation(B)) == [ConversationStarted(B, MODEL), ConfirmKept(A, SAID)]
    assert desk.after(KeptConfirmed(A, SAID)) == [SLEPT]


def test_little_stays_in_memory() -> None:
    assert talked(most=len("HiHello.")).after(ShowConversation(B)) == [ConversationStarted(B, MODEL)]


def test_the_one_that_was_shown_longest_ago_falls_asleep_first() -> None:
    desk = Desk(3, settings=limits(max_hidden_characters=len("HiHello.")), kept=True)
    desk.given(surveyed(), submit(A), finished(stream(4)), submit(B), finished(stream(5)))
    told = desk.after(ShowConversation(A), ShowConversation(C))
    assert [one.conversation for one in told if isinstance(one, ConfirmKept)] == [B]
    told = desk.after(ShowConversation(B), ShowConversation(C))
    assert [one.conversation for one in told if isinstance(one, ConfirmKept)] == [A]


def test_one_in_which_a_reply_is_under_way_does_not() -> None:
    desk = talked()
    desk.given(submit(A, "And?"))
    assert desk.after(ShowConversation(B)) == [ConversationStarted(B, MODEL)]
    told = desk.after(finished(stream(4), "So."))
    assert [one.conversation for one in told if isinstance(one, ConfirmKept)] == [A]


@pytest.mark.parametrize(
    "meanwhile",
    [[ShowConversation(A)], [submit(A, "And?")], [submit(A, "And?"), finished(stream(4), "So.")], [UndoPrompt(A)]],
)
def test_what_has_changed_since_stays_in_memory(meanwhile: list[CoordinatorMessage]) -> None:
    desk = talked()
    desk.given(ShowConversation(B), *meanwhile)
    assert desk.after(KeptConfirmed(A, SAID)) == []


def test_one_that_is_wanted_is_read_and_shown() -> None:
    desk = asleep()
    assert desk.after(ShowConversation(A)) == [READ]
    assert desk.after(read()) == [PATH, SHOWN]


def test_one_that_is_said_something_to_goes_on_where_it_was() -> None:
    desk = asleep()
    assert desk.after(submit(A, "And?")) == [READ]
    accepted = TurnAccepted(A, TurnId("4"), "And?")
    assert desk.after(read()) == [PATH, accepted, *begun(A, stream(4), asked("Hi", "Hello.", "And?"))]


def test_what_is_said_while_it_is_read_keeps_its_order() -> None:
    desk = asleep()
    assert desk.after(submit(A, "1?"), CancelConversation(A), submit(A, "2?")) == [READ]
    told = desk.after(read())
    assert [one.prompt for one in told if isinstance(one, TurnAccepted)] == ["1?", "2?"]
    assert told.index(TurnAccepted(A, TurnId("5"), "2?")) > told.index(TurnAccepted(A, TurnId("4"), "1?"))
    (turn,) = desk.coordinator._turns.of(A)[1:]
    assert turn.prompt == "2?"


def test_others_go_on_while_it_is_read() -> None:
    desk = asleep()
    desk.given(submit(A, "1?"))
    assert desk.after(submit(B, "2?"))[0] == TurnAccepted(B, TurnId("4"), "2?")


def test_what_needs_nothing_of_what_was_said_wakes_nobody() -> None:
    desk = asleep()
    told = desk.after(ChooseModel(A, MODEL))
    assert (ModelSet(A, MODEL) in told, READ in told) == (True, False)
    assert desk.after(CancelConversation(A)) == []


def test_the_last_of_those_that_are_wanted_is_on_the_screen_in_the_end() -> None:
    desk = asleep()
    assert desk.after(ShowConversation(A), ShowConversation(B), StartConversation(MODEL)) == [READ]
    told = desk.after(read())
    assert [one.conversation for one in told if isinstance(one, ConversationStarted)] == [A, B, ConversationId("4")]


def test_a_prompt_that_changes_another_waits_for_those_before_it() -> None:
    desk = asleep()
    desk.given(submit(B, "in B"), submit(B, "waits"), submit(A, "to A"))
    change = Submit(B, "waits no more", TurnId("5"))
    assert desk.after(change, submit(B, "behind it")) == []
    told = [one for one in desk.after(read()) if hasattr(one, "prompt")]
    assert [one.prompt for one in told] == ["to A", "waits no more", "behind it"]


def test_all_that_is_cancelled_is_what_is_put_off_too() -> None:
    desk = asleep()
    desk.given(submit(A, "1?"), CancelAll(), read())
    assert [turn.cancelled for turn in desk.coordinator._turns.of(A)] == [True]


def test_all_that_is_cancelled_is_every_prompt_that_is_put_off() -> None:
    desk = asleep()
    desk.given(submit(A, "1?"), submit(A, "2?"), CancelAll(), read())
    assert [turn.cancelled for turn in desk.coordinator._turns.of(A)] == [True]


def test_what_names_a_waiting_prompt_by_its_number_means_the_queue_as_it_is() -> None:
    desk = asleep()
    desk.given(submit(B, "Ho"), submit(B, "Ha"), submit(A, "1?"))
    told = desk.after(DropQueued(A, 2))
    assert [one.stream.turn for one in told if isinstance(one, TurnEnded)] == [TurnId("5")]


def test_where_undo_has_left_is_known_after_it_has_slept() -> None:
    desk = talked()
    desk.given(UndoPrompt(A), ShowConversation(B), KeptConfirmed(A, account_of(None, (PROMPT, REPLY))))
    assert desk.after(RedoPrompt(A)) == [READ]
    assert desk.after(read())[1:] == [PATH]


def test_the_head_is_where_it_was_whatever_another_process_has_done() -> None:
    desk = asleep()
    desk.given(ShowConversation(A))
    other = Node(MessageId("x"), REPLY.id, Role.USER, "From elsewhere", ending=DONE)
    moved = ConversationRecord(A, "Hi", MODEL, "", 1.0, 3.0, other.id, messages=(PROMPT, REPLY, other))
    assert desk.after(read(moved)) == [PATH, SHOWN]


def test_what_cannot_be_read_is_said_and_tried_again() -> None:
    desk = asleep()
    desk.given(submit(A, "And?"), RetryReply(A), ShowConversation(A))
    refused, notice = InputRefused(A, "And?", CANNOT), NoticePosted(A, CANNOT)
    assert desk.after(read(None)) == [refused, notice, SHOWN, notice]
    assert desk.after(submit(A, "And?")) == [READ]


def test_one_that_is_deleted_and_brought_back_is_as_it_was() -> None:
    desk = asleep()
    assert desk.after(DiscardConversation(A), submit(A, "And?")) == [InputRefused(A, "And?", "This chat is deleted.")]
    assert desk.after(RestoreConversation(RECORD)) == [PATH, SHOWN]
    assert desk.after(read()) == []


def test_what_is_brought_back_while_it_waits_stays_in_memory() -> None:
    desk = talked()
    desk.given(ShowConversation(B), submit(B), finished(stream(4)), KeptConfirmed(A, SAID), DiscardConversation(B))
    desk.given(ShowConversation(A), RestoreConversation(ConversationRecord(B, "", MODEL, "", 1.0, 1.0, None)))
    reply = Node(stream(4).message, MessageId("4"), Role.ASSISTANT, "Hello.", ending=DONE)
    said = account_of(reply.id, (Node(MessageId("4"), None, Role.USER, "Hi", ending=DONE), reply))
    assert desk.after(KeptConfirmed(B, said)) == []


def test_a_prompt_of_one_that_sleeps_is_not_edited_elsewhere() -> None:
    desk = asleep()
    reason = "The prompt that you changed was sent meanwhile, in another chat: /open it to change it there."
    assert desk.after(Submit(B, "Ho", TURN.turn)) == [InputRefused(B, "Ho", reason)]


def test_the_archivist_that_begins_anew_is_asked_again() -> None:
    desk = asleep()
    desk.given(submit(A, "And?"))
    told = desk.after(RetellConversations())
    assert [one.record.id for one in told if isinstance(one, ConversationRetold)] == [B, A]
    assert told[-1] == READ


def test_a_dead_archivist_is_not_waited_for() -> None:
    desk = asleep()
    desk.given(submit(A, "1?"))
    words = (
        "What was said in this chat cannot be read. The part of chinwag that keeps the chats failed: start it again."
    )
    assert InputRefused(A, "1?", words) in desk.after(death_of("Archivist", "OSError()"))
    assert desk.after(submit(A, "2?")) == [InputRefused(A, "2?", words)]
    assert desk.after(ShowConversation(A)) == [SHOWN, NoticePosted(A, words)]


def test_what_waited_behind_it_goes_on_without_an_archivist() -> None:
    desk = asleep()
    desk.given(submit(B, "Ho"), finished(stream(4)), submit(A, "1?"), Submit(B, "Ha", TurnId("4")))
    told = desk.after(death_of("Archivist", "OSError()"))
    assert [one.prompt for one in told if isinstance(one, TurnAccepted)] == ["Ha"]


def test_what_is_put_off_when_the_user_leaves_is_left_to_the_next_run() -> None:
    desk = asleep()
    desk.given(submit(A, "1?"), Submit(A, "Ho", TURN.turn))
    assert desk.after(PrepareToStop()) == [InputRefused(A, "Ho", "chinwag is stopping.")]
    assert desk.after(read()) == []


def failed(desk: Desk) -> None:
    """The Coordinator has failed at something, and asked for everything."""
    message = CancelConversation(B)
    desk.coordinator.recover(message, death_of("Coordinator", "OSError()").failure)
    told = desk.take()
    assert AbandonAll() in told
    assert desk.after(AllAbandoned()) == [RecoverConversations()]


def test_a_coordinator_that_begins_anew_has_what_is_kept_and_acts_on_what_it_put_off() -> None:
    desk = asleep()
    desk.given(submit(A, "And?"))
    failed(desk)
    empty = ConversationRecord(B, "", MODEL, "", 0.0, 0.0, None)
    told = desk.after(ConversationsRecovered((RECORD, empty), B))
    assert [one.prompt for one in told if isinstance(one, TurnAccepted)] == ["And?"]
    assert desk.after(read()) == []


def test_where_nothing_is_told_of_what_is_kept_those_that_slept_sleep_on() -> None:
    desk = asleep()
    failed(desk)
    told = desk.after(ConversationsRecovered((), None, kept=False))
    assert [one.conversation for one in told if isinstance(one, PathShown)] == [B]
    assert desk.after(ShowConversation(A)) == [READ]
    assert desk.after(read())[:2] == [PATH, SHOWN]


def test_where_nothing_is_kept_nothing_sleeps() -> None:
    desk = Desk(2, settings=limits(max_hidden_characters=0))
    desk.given(surveyed(), ShowConversation(A), submit(A), finished(TURN))
    assert desk.after(ShowConversation(B)) == [ConversationStarted(B, MODEL)]


def test_one_that_is_to_be_summed_up_is_read_first() -> None:
    desk = asleep()
    assert desk.after(CompactConversation(A, 0)) == [READ]
    told = desk.after(read())
    assert told[1] == TurnAccepted(A, TurnId("4"), INSTRUCTION, keeps=0, sums_up=2)
    assert [one.request for one in told if isinstance(one, OpenStream)] == [asked("Hi", "Hello.", INSTRUCTION)]


def test_how_full_its_context_is_is_told_when_it_is_read() -> None:
    desk = asleep()
    assert desk.after(ShowContext(A)) == [READ]
    told = desk.after(read())
    assert (told[0], [type(one) for one in told[1:]]) == (PATH, [NoticePosted])


def test_what_cannot_be_read_is_not_summed_up() -> None:
    desk = asleep()
    desk.given(CompactConversation(A, 0))
    assert desk.after(read(None)) == [NoticePosted(A, CANNOT)]


def test_a_summary_is_confirmed_with_its_mark_before_it_sleeps() -> None:
    desk = talked()
    desk.given(CompactConversation(A, 0), finished(stream(4), "In short."))
    told = desk.after(ShowConversation(B))
    prompt = Node(MessageId("4"), REPLY.id, Role.USER, INSTRUCTION, ending=DONE, keeps=0)
    reply = Node(stream(4).message, prompt.id, Role.ASSISTANT, "In short.", ending=DONE, model=MODEL)
    assert told[-1] == ConfirmKept(A, account_of(reply.id, (PROMPT, REPLY, prompt, reply)))


def test_one_whose_model_was_missing_is_not_asked_again_while_it_sleeps() -> None:
    desk = Desk(2, settings=limits(max_hidden_characters=0), kept=True)
    gone = ServerRefusal("The server refused (status 404): model not found.", "", 404).failure
    desk.given(surveyed(), ShowConversation(A), submit(A), broke(TURN, gone), surveyed(ServerSurvey("here")))
    (confirm,) = [one for one in desk.after(ShowConversation(B)) if isinstance(one, ConfirmKept)]
    desk.given(KeptConfirmed(A, confirm.account))
    told = desk.after(surveyed(), ChooseModel(A, MODEL))
    assert [one for one in told if isinstance(one, OpenStream | TurnAccepted)] == []

"""A comparison outlasts what befalls the engine: conversations that sleep, a restart, the Coordinator's own failure."""

import pytest
from msgspec.structs import replace

from protocol.archivist import RecoverConversations
from protocol.comparison import (
    AnswersBrought,
    CompareAgain,
    Comparison,
    ComparisonChanged,
    ComparisonId,
    ComparisonShown,
    PickAnswer,
    RestoreComparison,
    ShowComparison,
)
from protocol.coordinator import (
    AllAbandoned,
    ConversationsRecovered,
    RestoreConversation,
    RetellConversations,
    StartConversation,
)
from protocol.errors import ActorDied
from protocol.identity import ConversationId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.reply import Reply, Stopped
from protocol.sleep import ConfirmKept, ConversationRead, ConversationSlept, KeptConfirmed, ReadConversation
from protocol.stream_reader import OpenStream
from protocol.turn import TurnState
from protocol.ui import ConversationRetold, InputRefused, PathShown, TurnEnded
from tests.support.comparing import Names
from tests.support.coordinating import MODEL, A, Desk, asked, finished, limits, stream, submit, surveyed

FAILURE = ActorDied("It died.").failure


def desk_of_two() -> tuple[Desk, Names]:
    """Two were asked after an exchange; nothing that is not shown may stay in memory, and another is shown."""
    desk = Desk(settings=limits(max_hidden_characters=0), kept=True)
    desk.given(surveyed(), submit(A, "1?"), finished(stream(2), "1."))
    names = Names(2, stream(2).message)
    desk.given(names.compare)
    return desk, names


def records_of(desk: Desk) -> dict[ConversationId, ConversationRecord]:
    """The conversations as the Archivist would have them: what waits, waits there too."""
    told = desk.after(RetellConversations())
    return {one.record.id: one.record for one in told if isinstance(one, ConversationRetold)}


def slept(desk: Desk) -> set[ConversationId]:
    """Those that fall asleep when another conversation is shown, all of them being on disk."""
    asked_for = [one for one in desk.after(StartConversation(MODEL)) if isinstance(one, ConfirmKept)]
    told = desk.after(*(KeptConfirmed(one.conversation, one.account) for one in asked_for))
    return {one.conversation for one in told if isinstance(one, ConversationSlept)}


def test_what_is_not_decided_does_not_sleep() -> None:
    desk, names = desk_of_two()
    desk.given(finished(names.first, "Small."), finished(names.second, "Large."))
    assert slept(desk) == set()


def test_what_is_still_on_its_way_does_not_sleep() -> None:
    desk, names = desk_of_two()
    desk.given(finished(names.first, "Small."), PickAnswer(A, 1))
    assert slept(desk) == set()
    told = desk.after(finished(names.second, "Large."))
    assert {one.conversation for one in told if isinstance(one, ConfirmKept)} == {A, names.left, names.right}


def test_what_is_decided_sleeps_and_is_read_when_it_is_wanted() -> None:
    desk, names = desk_of_two()
    desk.given(finished(names.first, "Small."), finished(names.second, "Large."), PickAnswer(A, 1))
    records = records_of(desk)
    assert slept(desk) == {A, names.left, names.right}
    wanted = [ReadConversation(A), ReadConversation(names.left), ReadConversation(names.right)]
    assert desk.after(PickAnswer(A, 2)) == wanted
    read = [ConversationRead(name, records[name]) for name in (A, names.left, names.right)]
    assert [type(one) for one in desk.after(*read[:2])] == [PathShown, PathShown]
    told = desk.after(read[2])
    assert [type(one) for one in told[:3]] == [PathShown, AnswersBrought, PathShown]
    assert isinstance(told[2], PathShown)
    assert told[2].head == names.reply(2)


def test_a_prompt_for_many_waits_until_what_was_said_before_is_read() -> None:
    desk = Desk(settings=limits(max_hidden_characters=0), kept=True)
    desk.given(surveyed(), submit(A, "1?"), finished(stream(2), "1."))
    records = records_of(desk)
    assert slept(desk) == {A}
    names = Names(3, stream(2).message)
    assert desk.after(names.compare) == [ReadConversation(A)]
    told = desk.after(ConversationRead(A, records[A]))
    assert [one.request for one in told if isinstance(one, OpenStream)] == [
        asked("1?", "1.", "Why?", model="small"),
        asked("1?", "1.", "Why?", model="large"),
    ]
    assert names.began in told


def test_a_column_that_cannot_be_read_is_said() -> None:
    desk, names = desk_of_two()
    desk.given(finished(names.first, "Small."), finished(names.second, "Large."), PickAnswer(A, 1))
    records = records_of(desk)
    slept(desk)
    desk.given(ShowComparison(A), ConversationRead(A, records[A]))
    told = desk.after(ConversationRead(names.left, None, "It is not on disk any more."))
    words = "What was said in this chat cannot be read. It is not on disk any more."
    assert [getattr(one, "text", "") for one in told] == [words]


def restored(waits: bool = False) -> tuple[Desk, Names, list[object]]:
    """A desk of a later run, and what was told when the conversation was opened there."""
    before, names = desk_of_two()
    before.given(finished(names.first, "Small."))
    records = records_of(before)
    if waits:
        waiting = WaitingPrompt(names.second.turn, "Why?")
        empty = replace(records[names.right], messages=(), head=None, waiting=(waiting,))
        records[names.right] = empty
    else:
        records[names.right] = records[names.right].settled()
    desk = Desk(first_id=100)
    columns = records[names.left], records[names.right]
    told = desk.after(
        surveyed(), RestoreConversation(records[A]), RestoreComparison(A, names.comparison, columns), surveyed()
    )
    return desk, names, told


def test_a_restart_has_it_again() -> None:
    desk, names, told = restored()
    assert told[-1] == ComparisonShown(A, names.comparison, asked=False)
    assert desk.after(submit(A, "2?")) == [
        InputRefused(
            A,
            "2?",
            "An answer is to be picked first: /compare pick N. Or go on without any of them: /compare drop.",
        )
    ]
    (brought,) = [one for one in desk.after(PickAnswer(A, 1)) if isinstance(one, AnswersBrought)]
    assert [node.text for node in brought.replies] == ["Small."]


def test_what_waited_is_sent_after_what_was_said_in_the_parent() -> None:
    desk, names, told = restored(waits=True)
    (opened,) = [one for one in told if isinstance(one, OpenStream)]
    assert (opened.stream, opened.request) == (names.second, asked("1?", "1.", "Why?", model="large"))
    desk.given(PickAnswer(A, 1))
    (brought,) = [one for one in desk.after(finished(names.second, "Large.")) if isinstance(one, AnswersBrought)]
    assert [node.text for node in brought.replies] == ["Large."]


def test_one_whose_parent_is_not_there_is_not_restored() -> None:
    _, names = desk_of_two()
    assert Desk(first_id=100).after(RestoreComparison(A, names.comparison, ())) == []


def test_what_is_open_already_is_later_than_what_was_read() -> None:
    desk, names = desk_of_two()
    desk.given(finished(names.first, "Small."), PickAnswer(A, 1))
    told = desk.after(RestoreComparison(A, names.comparison, ()))[-1]
    assert isinstance(told, ComparisonShown)
    assert told.comparison.picked == names.left


def recovered(desk: Desk, names: Names, *comparisons: Comparison) -> list[object]:
    """The Coordinator fails while one streams, and is told what is kept."""
    records = {name: record.settled() for name, record in records_of(desk).items()}
    desk.coordinator.recover(surveyed(), FAILURE)
    told = desk.after(finished(names.second, "La", Stopped()), AllAbandoned())
    assert told[-1] == RecoverConversations()
    return desk.after(ConversationsRecovered(tuple(records.values()), A, comparisons=comparisons))


def test_after_a_failure_of_the_coordinator_what_streamed_was_interrupted_and_one_can_be_picked() -> None:
    desk, names = desk_of_two()
    desk.given(finished(names.first, "Small."))
    told = recovered(desk, names, names.comparison)
    ends = [(one.conversation, one.state, one.reply) for one in told if isinstance(one, TurnEnded)]
    assert ends == [(names.right, TurnState.INTERRUPTED, Reply("La"))]
    assert [type(one) for one in desk.after(submit(A, "2?"))] == [InputRefused]
    (brought,) = [one for one in desk.after(PickAnswer(A, 1)) if isinstance(one, AnswersBrought)]
    assert [node.text for node in brought.replies] == ["Small."]


def test_what_is_kept_counts_more_than_what_was_known() -> None:
    desk, names = desk_of_two()
    desk.given(finished(names.first, "Small."))
    recovered(desk, names, replace(names.comparison, dropped=True))
    assert [one for one in desk.after(submit(A, "2?")) if isinstance(one, InputRefused)] == []


def test_after_a_failure_of_the_coordinator_the_last_comparison_is_still_the_last() -> None:
    desk, names = desk_of_two()
    before = replace(names.comparison, id=ComparisonId("before"), columns=(), dropped=True)
    recovered(desk, names, before, names.comparison)
    assert [type(one) for one in desk.after(submit(A, "2?"))] == [InputRefused]


def test_where_nothing_is_kept_what_is_known_is_enough() -> None:
    desk = Desk()
    desk.given(surveyed(), submit(A, "1?"), finished(stream(2), "1."))
    names = Names(2, stream(2).message)
    desk.given(names.compare, finished(names.first, "Small."))
    desk.coordinator.recover(surveyed(), FAILURE)
    desk.given(finished(names.second, "La", Stopped()), AllAbandoned(), surveyed())
    (brought,) = [one for one in desk.after(PickAnswer(A, 2)) if isinstance(one, AnswersBrought)]
    assert [node.text for node in brought.replies] == ["Small.", "La"]


def test_the_archive_that_begins_anew_is_told_of_it_before_its_columns() -> None:
    desk, names = desk_of_two()
    told = desk.after(RetellConversations())
    assert told[0] == ComparisonChanged(A, names.comparison)
    columns = [one.record for one in told if isinstance(one, ConversationRetold)]
    assert [(record.id, record.column_of) for record in columns] == [(A, None), (names.left, A), (names.right, A)]


@pytest.mark.parametrize("number", [1, 2])
def test_a_column_asked_again_after_a_restart_follows_what_was_said(number: int) -> None:
    desk, _, _ = restored()
    opened = [one.request for one in desk.after(CompareAgain(A)) if isinstance(one, OpenStream)]
    assert opened[number - 1] == asked("1?", "1.", "Why?", model=("small", "large")[number - 1])

"""Comparisons on disk: nothing of one is lost by a kill, and its columns are seen nowhere but in it."""

from pathlib import Path

from msgspec.structs import replace

from protocol.archivist import (
    DeleteConversation,
    ListConversations,
    RecoverConversations,
    Resume,
    SearchConversations,
    UndeleteConversation,
)
from protocol.chat import Role
from protocol.comparison import (
    AnswersBrought,
    Brought,
    Column,
    ColumnKind,
    Compare,
    Comparison,
    ComparisonBegan,
    ComparisonChanged,
    ComparisonId,
    Contestant,
    RestoreComparison,
)
from protocol.coordinator import ConversationsRecovered, RestoreConversation, StartConversation
from protocol.identity import ConversationId, MessageId, ServerName, TurnId
from protocol.kept import WaitingPrompt
from protocol.parameters import Parameters
from protocol.reply import Stopped
from protocol.timekeeper import FlushDue
from protocol.tree import MessageTree, Node
from protocol.turn import TurnState
from protocol.ui import (
    ConversationRetold,
    ConversationsListed,
    ConversationStarted,
    HitsFound,
    InputRefused,
    NoticePosted,
    PathShown,
    TurnAccepted,
    TurnMoved,
)
from tests.support.archiving import OTHER, OTHER_STARTED, STARTED, answered, connecting, done, grew, keeping, kept
from tests.support.keeping import DONE, TALK, left_by_a_kill, opened, rows, stream

LEFT, RIGHT = ConversationId("left"), ConversationId("right")
SEEDED = Parameters.of_options({"seed": 3})
SMALL, LARGE = Contestant("small", seed=3), Contestant("large", ServerName("mill"), "coder")
COLUMNS = Column(LEFT, SMALL, TurnId("l")), Column(RIGHT, LARGE, TurnId("r"))
ANCHOR = stream("1").message
COMPARISON = Comparison(ComparisonId("it"), TALK, ANCHOR, TurnId("p"), "Why?", COLUMNS)
COMPARE = Compare(TALK, (SMALL, LARGE), "Why?")
COLUMNS_STARTED = (
    ConversationStarted(LEFT, "small", "", "small, compared", False, SEEDED, column_of=TALK),
    ConversationStarted(RIGHT, "large", "", "large, compared", False, server=ServerName("mill"), column_of=TALK),
)
ACCEPTED = TurnAccepted(LEFT, TurnId("l"), "Why?"), TurnAccepted(RIGHT, TurnId("r"), "Why?")
BEGAN = (*COLUMNS_STARTED, ComparisonBegan(TALK, COMPARISON), *ACCEPTED)
PROMPT = Node(MessageId("p"), ANCHOR, Role.USER, "Why?", ending=DONE)
REPLY = Node(stream("p").message, PROMPT.id, Role.ASSISTANT, "Small.", ending=DONE, model="small")
PICKED = replace(COMPARISON, picked=LEFT, brought=(Brought(stream("l").message, REPLY.id),))
BROUGHT = AnswersBrought(TALK, PICKED, PROMPT, (REPLY,), REPLY.id)
SMALL_ANSWERS = connecting("l", talk=LEFT), done("l", "Small.", talk=LEFT)


def compared(folder: Path, *more: object) -> None:
    """Keep a comparison, after an exchange, and what is told then."""
    with keeping(folder, "before") as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), COMPARE, *BEGAN, *more)  # type: ignore[arg-type]


def test_its_prompt_is_on_disk_before_it_is_passed_on_and_then_in_its_columns(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, COMPARE)
        assert archivist.coordinator.take() == [COMPARE]
        prompts = "SELECT conversation, turn, prompt FROM outbox ORDER BY place"
        assert rows(tmp_path, prompts) == [("talk", None, "Why?")]
        archivist.hears(*BEGAN)
        assert rows(tmp_path, prompts) == [("left", "l", "Why?"), ("right", "r", "Why?")]


def test_one_that_is_refused_is_not_kept(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, COMPARE, InputRefused(TALK, "Why?", "No."))
    assert rows(tmp_path, "SELECT id FROM conversation") == []


def test_what_is_known_of_it_is_read_as_it_was_kept(tmp_path: Path) -> None:
    judge = Column(ConversationId("judge"), Contestant("judge"), TurnId("j"), ColumnKind.JUDGE, (RIGHT, LEFT))
    started = ConversationStarted(judge.conversation, "judge", shown=False, column_of=TALK)
    later = replace(PICKED, columns=(*COLUMNS, judge), offered=(RIGHT, LEFT), verdict="Best: A")
    compared(tmp_path, *SMALL_ANSWERS, BROUGHT, started, ComparisonChanged(TALK, later))
    with opened(tmp_path) as archive:
        assert archive.reader.comparisons(TALK) == [replace(later, created=1.0)]


def test_the_parent_has_what_was_brought_once(tmp_path: Path) -> None:
    late = Node(stream("p", 2).message, PROMPT.id, Role.ASSISTANT, "Large.", ending=DONE, model="large")
    shown = PathShown(TALK, REPLY.id, ())
    compared(tmp_path, *SMALL_ANSWERS, BROUGHT, shown, BROUGHT, replace(BROUGHT, replies=(REPLY, late)))
    record = kept(tmp_path)
    assert record is not None
    assert [(node.id, node.parent, node.text) for node in record.messages[2:]] == [
        (PROMPT.id, ANCHOR, "Why?"),
        (REPLY.id, PROMPT.id, "Small."),
        (late.id, PROMPT.id, "Large."),
    ]
    assert record.head == REPLY.id


def test_columns_are_neither_listed_nor_found_nor_exported(tmp_path: Path) -> None:
    compared(tmp_path, *SMALL_ANSWERS)
    with keeping(tmp_path) as archivist:
        archivist.hears(OTHER_STARTED, ListConversations(OTHER), SearchConversations(OTHER, "Small"))
        *_, listed, found = archivist.ui.take()
        assert isinstance(listed, ConversationsListed)
        assert isinstance(found, HitsFound)
        assert ([one.id for one in listed.kept], found.hits) == ([TALK], ())
        archivist.hears(Resume("small"))
        assert archivist.coordinator.take()[-1] == StartConversation()
    with opened(tmp_path) as archive:
        assert [record.id for record in archive.reader.records()] == [TALK]


def test_a_restart_has_it_again_with_what_came(tmp_path: Path) -> None:
    with keeping(tmp_path / "a", "dead") as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), COMPARE, *BEGAN)
        archivist.hears(*SMALL_ANSWERS, TurnMoved(RIGHT, stream("r"), TurnState.CONNECTING, "large"))
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with keeping(folder) as archivist:
        assert archivist.coordinator.take() == []
        archivist.hears(Resume(TALK))
        parent, restored = archivist.coordinator.take()
    assert isinstance(parent, RestoreConversation)
    assert isinstance(restored, RestoreComparison)
    assert restored.comparison == replace(COMPARISON, created=1.0)
    left, right = restored.records
    assert (left.column_of, left.parameters, right.server) == (TALK, SEEDED, "mill")
    assert [(node.text, node.state, node.ending) for node in left.messages] == [
        ("Why?", TurnState.DONE, DONE),
        ("Small.", TurnState.DONE, DONE),
    ]
    assert [(node.text, node.state, node.ending) for node in right.messages] == [
        ("Why?", TurnState.INTERRUPTED, Stopped()),
        ("", TurnState.INTERRUPTED, Stopped()),
    ]


def test_what_still_waited_in_a_column_is_sent_by_the_next_run(tmp_path: Path) -> None:
    with keeping(tmp_path / "a", "dead") as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), COMPARE, *BEGAN, *SMALL_ANSWERS)
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with keeping(folder) as archivist:
        parent, restored = archivist.coordinator.take()
        archivist.hears(OTHER_STARTED)
        words = "1 prompt of an earlier run waits for its reply: /queue shows it."
        assert archivist.ui.take()[-1] == NoticePosted(OTHER, words)
    assert isinstance(parent, RestoreConversation)
    assert (parent.record.id, parent.shown) == (TALK, False)
    assert isinstance(restored, RestoreComparison)
    waiting = {record.id: record.waiting for record in restored.records}
    assert waiting == {LEFT: (), RIGHT: (WaitingPrompt(TurnId("r"), "Why?"),)}


def test_only_the_last_one_is_there_again_and_those_in_which_something_waits(tmp_path: Path) -> None:
    column = Column(ConversationId("later"), SMALL, TurnId("x"))
    later = replace(COMPARISON, id=ComparisonId("next"), columns=(column,))
    started = ConversationStarted(column.conversation, "small", shown=False, column_of=TALK)
    compared(tmp_path, *SMALL_ANSWERS, connecting("r", talk=RIGHT), done("r", "Large.", talk=RIGHT))
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, started, ComparisonBegan(TALK, later), done("x", "", 0, column.conversation))
    with keeping(tmp_path) as archivist:
        archivist.hears(Resume(TALK))
        _, *restored = archivist.coordinator.take()
    assert [one.comparison.id for one in restored if isinstance(one, RestoreComparison)] == ["next"]


def test_an_earlier_one_in_which_something_waits_is_there_again_too(tmp_path: Path) -> None:
    column = Column(ConversationId("later"), SMALL, TurnId("x"))
    later = replace(COMPARISON, id=ComparisonId("next"), columns=(column,))
    started = ConversationStarted(column.conversation, "small", shown=False, column_of=TALK)
    with keeping(tmp_path / "a", "dead") as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), COMPARE, *BEGAN, *SMALL_ANSWERS)
        archivist.hears(started, ComparisonBegan(TALK, later), done("x", "", 0, column.conversation))
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with keeping(folder) as archivist:
        _, *restored = archivist.coordinator.take()
    assert [one.comparison.id for one in restored if isinstance(one, RestoreComparison)] == ["it", "next"]


def test_an_earlier_one_whose_late_answer_is_not_in_the_parent_yet_is_there_again_too(tmp_path: Path) -> None:
    column = Column(ConversationId("later"), SMALL, TurnId("x"))
    later = replace(COMPARISON, id=ComparisonId("next"), columns=(column,))
    started = ConversationStarted(column.conversation, "small", shown=False, column_of=TALK)
    with keeping(tmp_path / "a", "dead") as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), COMPARE, *BEGAN, *SMALL_ANSWERS, BROUGHT)
        archivist.hears(connecting("r", talk=RIGHT), grew("Lar", "r", talk=RIGHT))
        archivist.hears(started, ComparisonBegan(TALK, later), done("x", "", 0, column.conversation), FlushDue())
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with keeping(folder) as archivist:
        archivist.hears(Resume(TALK))
        restored = [one for one in archivist.coordinator.take() if isinstance(one, RestoreComparison)]
    assert [one.comparison.id for one in restored] == ["it", "next"]


def test_an_earlier_one_whose_judge_has_spoken_unheard_is_there_again_too(tmp_path: Path) -> None:
    judge = Column(ConversationId("judge"), Contestant("judge"), TurnId("j"), ColumnKind.JUDGE, (RIGHT, LEFT))
    judging = ConversationStarted(judge.conversation, "judge", shown=False, column_of=TALK)
    judged = replace(COMPARISON, columns=(*COLUMNS, judge), dropped=True)
    column = Column(ConversationId("later"), SMALL, TurnId("x"))
    later = replace(COMPARISON, id=ComparisonId("next"), columns=(column,))
    started = ConversationStarted(column.conversation, "small", shown=False, column_of=TALK)
    asked = TurnAccepted(judge.conversation, TurnId("j"), "Which?"), connecting("j", talk=judge.conversation)
    with keeping(tmp_path / "a", "dead") as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), COMPARE, *BEGAN, *SMALL_ANSWERS)
        archivist.hears(connecting("r", talk=RIGHT), done("r", "", 1, RIGHT), judging)
        archivist.hears(ComparisonChanged(TALK, judged), *asked, grew("Best: A", "j", talk=judge.conversation))
        archivist.hears(started, ComparisonBegan(TALK, later), done("x", "", 0, column.conversation), FlushDue())
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with keeping(folder) as archivist:
        archivist.hears(Resume(TALK))
        restored = [one for one in archivist.coordinator.take() if isinstance(one, RestoreComparison)]
    assert [one.comparison.id for one in restored] == ["it", "next"]


def test_it_is_deleted_and_brought_back_with_its_parent(tmp_path: Path) -> None:
    compared(tmp_path, *SMALL_ANSWERS)
    with keeping(tmp_path) as archivist:
        archivist.hears(OTHER_STARTED, DeleteConversation(OTHER, TALK))
        assert rows(tmp_path, "SELECT count(*) FROM conversation WHERE deleted IS NULL") == [(0,)]
        archivist.hears(UndeleteConversation(OTHER))
        restored = archivist.coordinator.take()[-1]
        assert rows(tmp_path, "SELECT count(*) FROM conversation WHERE deleted IS NULL") == [(3,)]
    assert isinstance(restored, RestoreComparison)
    assert [record.id for record in restored.records] == [LEFT, RIGHT]
    with opened(tmp_path) as archive:
        archive.delete(TALK, 1.0)
        archive.purge(9.0)
    assert rows(tmp_path, "SELECT * FROM comparison") == rows(tmp_path, "SELECT * FROM comparison_column") == []


def test_a_prompt_that_is_refused_takes_no_conversation_away_in_which_something_was_compared(tmp_path: Path) -> None:
    compared(tmp_path)
    refused = replace(COMPARE, prompt="2?"), InputRefused(TALK, "2?", "Pick first.")
    with keeping(tmp_path / "empty") as archivist:
        archivist.hears(STARTED, COMPARE, *COLUMNS_STARTED, ComparisonBegan(TALK, replace(COMPARISON, anchor=None)))
        archivist.hears(*refused)
    assert rows(tmp_path / "empty", "SELECT count(*) FROM conversation") == [(3,)]


def test_the_coordinator_is_told_of_it_when_it_begins_anew(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), COMPARE, *BEGAN, *SMALL_ANSWERS, BROUGHT)
        archivist.hears(RecoverConversations())
        recovered = archivist.coordinator.take()[-1]
    assert isinstance(recovered, ConversationsRecovered)
    assert recovered.comparisons == (replace(PICKED, created=1.0),)
    assert [(record.id, record.column_of) for record in recovered.records] == [
        (TALK, None),
        (LEFT, TALK),
        (RIGHT, TALK),
    ]


def test_what_the_archivist_failed_to_keep_is_kept_when_it_is_told_again(tmp_path: Path) -> None:
    compared(tmp_path / "whole", *SMALL_ANSWERS)
    left = kept(tmp_path / "whole", LEFT)
    parent = kept(tmp_path / "whole")
    assert left is not None
    assert parent is not None
    with keeping(tmp_path / "holed") as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), COMPARE, *COLUMNS_STARTED)
        archivist.hears(ComparisonChanged(TALK, COMPARISON), ConversationRetold(parent), ConversationRetold(left))
    assert kept(tmp_path / "holed", LEFT) == left
    assert rows(tmp_path / "holed", "SELECT conversation FROM outbox") == [("right",)]


def test_what_is_kept_of_a_column_is_a_tree_of_its_own(tmp_path: Path) -> None:
    compared(tmp_path, *SMALL_ANSWERS)
    left = kept(tmp_path, LEFT)
    assert left is not None
    assert (left.model, MessageTree(left.messages, left.head).path()[0].parent) == ("small", None)
    assert rows(tmp_path, "SELECT unread FROM conversation WHERE id = 'left'") == [(0,)]


LATE = Node(stream("p", 2).message, PROMPT.id, Role.ASSISTANT, "Large.", ending=DONE, model="large")
BOTH_BROUGHT = replace(PICKED, brought=(*PICKED.brought, Brought(stream("r").message, LATE.id)))


def said(folder: Path) -> tuple[list[str], MessageId | None]:
    """What the versions of the reply are, in the parent, and which message the next prompt follows."""
    record = kept(folder)
    assert record is not None
    return [node.text for node in record.messages if node.parent == PROMPT.id], record.head


def test_two_processes_that_pick_bring_each_answer_once(tmp_path: Path) -> None:
    compared(tmp_path, *SMALL_ANSWERS)
    swapped = replace(LATE, id=REPLY.id), replace(REPLY, id=LATE.id)
    brought = Brought(stream("r").message, REPLY.id), Brought(stream("l").message, LATE.id)
    picked = replace(COMPARISON, picked=RIGHT, brought=brought)
    with opened(tmp_path, "one") as one, opened(tmp_path, "other") as other:
        one.bring_answers(AnswersBrought(TALK, BOTH_BROUGHT, PROMPT, (REPLY, LATE), REPLY.id), (), 2.0)
        other.bring_answers(AnswersBrought(TALK, picked, PROMPT, swapped, REPLY.id), (), 3.0)
        right, left = BOTH_BROUGHT.brought[::-1]
        assert one.reader.comparisons(TALK) == [replace(picked, created=1.0, brought=(right, left))]
    assert said(tmp_path) == (["Small.", "Large."], LATE.id)


def test_an_answer_of_which_another_process_had_read_a_part_is_brought_whole(tmp_path: Path) -> None:
    compared(tmp_path, *SMALL_ANSWERS)
    with opened(tmp_path, "one") as one, opened(tmp_path, "other") as other:
        other.bring_answers(replace(BROUGHT, replies=(replace(REPLY, text="Sm"),)), (), 2.0)
        one.bring_answers(BROUGHT, (), 3.0)
        (comparison,) = one.reader.comparisons(TALK)
    assert comparison.brought == (Brought(stream("l").message, LATE.id),)
    assert said(tmp_path) == (["Sm", "Small."], LATE.id)


def test_who_has_read_a_part_of_an_answer_that_another_process_has_brought_whole_brings_nothing(tmp_path: Path) -> None:
    compared(tmp_path, *SMALL_ANSWERS)
    with opened(tmp_path, "one") as one, opened(tmp_path, "other") as other:
        one.bring_answers(BROUGHT, (), 2.0)
        other.bring_answers(replace(BROUGHT, replies=(replace(REPLY, text="Sm"),)), (), 3.0)
    assert said(tmp_path) == (["Small."], REPLY.id)


def test_what_another_process_has_picked_stays_picked(tmp_path: Path) -> None:
    compared(tmp_path, *SMALL_ANSWERS)
    with opened(tmp_path, "one") as one, opened(tmp_path, "other") as other:
        one.bring_answers(replace(BROUGHT, comparison=replace(PICKED, verdict="Best: A")), (), 2.0)
        other.keep_comparison(replace(COMPARISON, offered=(LEFT, RIGHT)), (), 3.0)
        (comparison,) = one.reader.comparisons(TALK)
    assert (comparison.picked, comparison.brought, comparison.verdict) == (LEFT, PICKED.brought, "Best: A")

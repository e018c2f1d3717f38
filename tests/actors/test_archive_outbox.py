from pathlib import Path

from protocol.chat import Conversation
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.kept import WaitingPrompt
from protocol.reply import Stopped
from protocol.turn import TurnState
from protocol.ui import PromptReworded, TurnAccepted
from tests.support.keeping import (
    DONE,
    EMPTY,
    MODEL,
    TALK,
    accept,
    answer,
    begin,
    ended,
    left_by_a_kill,
    opened,
    path_of,
    recorded,
    rows,
    stream,
)

OTHER = Conversation(ConversationId("other"))
OUTBOX = "SELECT conversation, turn, prompt, owner, created FROM outbox ORDER BY position"
ORDER = "SELECT turn FROM outbox ORDER BY position"


def waits(turn: str, prompt: str, again: bool = False, continues: str | None = None) -> WaitingPrompt:
    return WaitingPrompt(TurnId(turn), prompt, again, MessageId(continues) if continues else None)


def again(turn: str, prompt: str, continues: str | None = None) -> TurnAccepted:
    return TurnAccepted(TALK, TurnId(turn), prompt, True, MessageId(continues) if continues else None)


def test_a_prompt_is_on_disk_before_its_turn_is_known_and_waits_outside_of_the_tree(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        assert archive.keep_prompt(EMPTY, "Hi  there\nyou", 1.0) == "Hi there you"
        assert rows(tmp_path, OUTBOX) == [("talk", None, "Hi  there\nyou", "me", 1.0)]
        archive.accept_turn(TurnAccepted(TALK, TurnId("1"), "Hi  there\nyou"), 2.0)
        assert rows(tmp_path, OUTBOX) == [("talk", "1", "Hi  there\nyou", "me", 1.0)]
        record = recorded(archive)
    assert (record.messages, record.waiting) == ((), (waits("1", "Hi  there\nyou"),))


def test_a_refused_prompt_is_taken_back_and_equal_ones_stay(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", "Hi", 1.0)
        archive.keep_prompt(EMPTY, "Hi", 2.0)
        archive.keep_prompt(EMPTY, "Hi", 3.0)
        archive.take_back_prompt(TALK, "Hi")
        archive.take_back_prompt(TALK, "never said")
    assert rows(tmp_path, OUTBOX) == [("talk", "1", "Hi", "me", 1.0), ("talk", None, "Hi", "me", 3.0)]


def test_a_refused_prompt_that_was_all_of_a_conversation_leaves_nothing_and_the_next_one_keeps_its_title(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "No", 1.0)
        archive.take_back_prompt(TALK, "No")
        assert rows(tmp_path, "SELECT title FROM conversation") == []
        assert archive.keep_prompt(EMPTY, "Yes", 2.0, "What it is called") == "What it is called"
        archive.keep_prompt(EMPTY, "No", 3.0)
        archive.take_back_prompt(TALK, "No")
        assert rows(tmp_path, "SELECT title FROM conversation") == [("What it is called",)]


def test_a_process_takes_back_and_claims_only_its_own_prompts(tmp_path: Path) -> None:
    with opened(tmp_path, "one") as one, opened(tmp_path, "two") as two:
        one.keep_prompt(EMPTY, "Hi", 1.0)
        two.take_back_prompt(TALK, "Hi")
        two.accept_turn(TurnAccepted(TALK, TurnId("2"), "Hi"), 2.0)
    assert rows(tmp_path, OUTBOX) == [("talk", None, "Hi", "one", 1.0), ("talk", "2", "Hi", "two", 2.0)]


def test_equal_prompts_are_claimed_in_the_order_in_which_they_were_kept(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Hi", 1.0)
        archive.keep_prompt(EMPTY, "Hi", 2.0)
        for turn in ("1", "2"):
            archive.accept_turn(TurnAccepted(TALK, TurnId(turn), "Hi"), 3.0)
    assert rows(tmp_path, OUTBOX) == [("talk", "1", "Hi", "me", 1.0), ("talk", "2", "Hi", "me", 2.0)]


def test_a_turn_that_waits_already_stays_as_it_is(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", "Hi", 1.0)
        archive.keep_prompt(EMPTY, "Hi", 2.0)
        archive.accept_turn(TurnAccepted(TALK, TurnId("1"), "Hi"), 3.0)
    assert rows(tmp_path, OUTBOX) == [("talk", "1", "Hi", "me", 1.0), ("talk", None, "Hi", "me", 2.0)]


def test_a_prompt_that_is_asked_again_waits_too_and_claims_no_equal_one(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        answer(archive, "1", "Hi", "Hello")
        archive.keep_prompt(EMPTY, "Hi", 2.0)
        archive.accept_turn(again("1", "Hi", "1#1"), 3.0)
        assert rows(tmp_path, "SELECT turn FROM outbox ORDER BY place") == [(None,), ("1",)]
        assert recorded(archive).waiting[1] == waits("1", "Hi", True, "1#1")


def test_a_turn_of_a_conversation_that_is_not_kept_is_not_kept(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.accept_turn(TurnAccepted(TALK, TurnId("1"), "Hi"), 3.0)
    assert rows(tmp_path, OUTBOX) == []


def test_a_prompt_that_waits_gets_other_words_in_its_place(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", "Hi", 1.0)
        accept(archive, "2", "And?", 2.0)
        archive.keep_prompt(EMPTY, "Hello", 3.0)
        archive.reword(PromptReworded(TALK, TurnId("1"), "Hello"))
    assert rows(tmp_path, OUTBOX) == [("talk", "1", "Hello", "me", 1.0), ("talk", "2", "And?", "me", 2.0)]


def test_turns_are_reordered_among_themselves_and_what_does_not_wait_is_passed_over(tmp_path: Path) -> None:
    with opened(tmp_path, "other") as other, opened(tmp_path) as archive:
        accept(archive, "1", "one")
        accept(other, "x", "of another process")
        accept(archive, "2", "two", about=OTHER)
        accept(archive, "3", "three")
        archive.reorder([TurnId("3"), TurnId("gone"), TurnId("1"), TurnId("2")])
        assert rows(tmp_path, ORDER) == [("3",), ("x",), ("1",), ("2",)]
        archive.reorder([])
        assert recorded(archive, owner="me").waiting == (waits("3", "three"), waits("1", "one"))
        assert recorded(archive, owner="other").waiting == (waits("x", "of another process"),)


def test_a_parked_turn_waits_before_what_was_typed_after_it(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive, "1", "one")
        begin(archive, "2", "two", about=OTHER)
        accept(archive, "3", "three")
        archive.park(stream("2"), Stopped(), 2.0)
        archive.park(stream("1"), Stopped(), 2.0)
        assert rows(tmp_path, ORDER) == [("1",), ("2",), ("3",)]
        assert recorded(archive).waiting == (waits("1", "one", True), waits("3", "three"))


def test_what_a_dead_process_left_waiting_is_adopted_in_its_order_and_nothing_twice(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        answer(dying, "0", "zero", "Nought.")
        accept(dying, "1", "one")
        accept(dying, "2", "two", about=OTHER)
        dying.keep_prompt(EMPTY, "three", 3.0)
        dying.accept_turn(again("0", "zero"), 4.0)
        dying.reorder([TurnId("2"), TurnId("1"), TurnId("0")])
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with opened(folder) as archive:
        assert archive.interrupt_orphans() == [OTHER.id, TALK]
        waiting = (waits("1", "one"), waits("0", "zero", True), waits("dead-4", "three"))
        assert recorded(archive, owner="me").waiting == waiting
        assert recorded(archive, OTHER.id, "me").waiting == (waits("2", "two"),)
        assert archive.interrupt_orphans() == []
        assert [path.name for path in (folder / "running").iterdir()] == ["me"]
        archive.begin_reply(stream("dead-4"), MODEL, 5.0)
        assert path_of(archive)[-2:] == [("dead-4", "three"), ("dead-4#1", "")]


def test_a_prompt_that_is_changed_from_another_conversation_leaves_nothing_there(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        accept(archive, "1", "one")
        archive.keep_prompt(OTHER, "uno", 2.0)
        archive.reword(PromptReworded(TALK, TurnId("1"), "uno"))
        assert rows(tmp_path, OUTBOX) == [("talk", "1", "uno", "me", 1.0)]


def test_what_waits_in_a_deleted_conversation_is_adopted_only_when_that_is_back(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        accept(dying, "1", "one")
        dying.delete(TALK, 2.0)
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with opened(folder) as archive:
        assert archive.interrupt_orphans() == []
        archive.undelete()
        assert archive.interrupt_orphans() == [TALK]


def test_what_waits_in_a_living_process_is_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path, "living") as living, opened(tmp_path, "other") as other:
        accept(living, "1", "one")
        assert (other.interrupt_orphans(), living.interrupt_orphans()) == ([], [])
        assert recorded(other, owner="living").waiting == (waits("1", "one"),)


def test_a_prompt_that_ends_unsent_goes_into_the_tree_and_one_that_was_asked_again_in_vain_stays(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as archive:
        answer(archive, "1", "one", "One.")
        accept(archive, "2", "two")
        archive.end_turn(ended("2", TurnState.CANCELLED, "", Stopped(), attempt=0), 3.0)
        archive.accept_turn(again("1", "one"), 4.0)
        archive.end_turn(ended("1", TurnState.CANCELLED, "", Stopped(), attempt=0), 5.0)
        record = recorded(archive)
    assert [(node.id, node.state, node.ending) for node in record.messages] == [
        ("1", TurnState.DONE, DONE),
        ("1#1", TurnState.DONE, DONE),
        ("2", TurnState.CANCELLED, Stopped()),
    ]
    assert (record.head, record.waiting, record.updated) == ("2", (), 5.0)

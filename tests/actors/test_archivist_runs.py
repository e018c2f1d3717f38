from pathlib import Path

from actors.archivist import DELETED_FOR
from actors.input_recorder import RECALLED
from protocol.archivist import RememberInput
from protocol.coordinator import RestoreConversation
from protocol.identity import TurnId
from protocol.kept import WaitingPrompt
from protocol.ui import (
    ConversationStarted,
    InputRecalled,
    NoticePosted,
    TitleSet,
    TurnAccepted,
)
from tests.support.archiving import (
    NOTHING_RECALLED,
    OTHER,
    OTHER_STARTED,
    STARTED,
    keeping,
)
from tests.support.keeping import EMPTY, MODEL, TALK, left_by_a_kill, opened, rows


def test_prompts_that_a_dead_process_left_waiting_are_given_back_to_be_sent(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        for turn, prompt in (("1", "one"), ("2", "two")):
            dying.keep_prompt(EMPTY, prompt, 1.0)
            dying.accept_turn(TurnAccepted(TALK, TurnId(turn), prompt), 1.0)
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with keeping(folder) as archivist:
        ((restored,), events, reminders) = archivist.told()
        assert (events, reminders) == ([], [])
        assert isinstance(restored, RestoreConversation)
        assert restored == RestoreConversation(restored.record, shown=False)
        assert restored.record.waiting == (WaitingPrompt(TurnId("1"), "one"), WaitingPrompt(TurnId("2"), "two"))
        archivist.hears(ConversationStarted(TALK, MODEL, "Be brief.", "one", shown=False))
        assert archivist.told() == ([], [], [])
        archivist.hears(OTHER_STARTED, STARTED)
        words = "2 prompts of an earlier run wait for their replies: /queue shows them."
        assert archivist.told() == ([], [NoticePosted(OTHER, words), TitleSet(TALK, "one")], [])


def test_prompts_that_a_dead_process_left_waiting_are_left_to_a_run_that_takes_them_over(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        dying.keep_prompt(EMPTY, "one", 1.0)
        dying.accept_turn(TurnAccepted(TALK, TurnId("1"), "one"), 1.0)
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with keeping(folder, "passing", adopts=False) as archivist:
        assert archivist.told() == ([], [], [])
    with keeping(folder) as archivist:
        (restored,) = archivist.told()[0]
        assert isinstance(restored, RestoreConversation)
        assert restored.record.waiting == (WaitingPrompt(TurnId("1"), "one"),)


def test_what_was_typed_is_remembered_for_the_next_run(tmp_path: Path) -> None:
    with keeping(tmp_path, keep_input=True) as archivist:
        assert archivist.told() == ([], [NOTHING_RECALLED], [])
        archivist.hears(RememberInput("one"), RememberInput("/help"))
    with keeping(tmp_path, "later", keep_input=True) as archivist:
        assert archivist.told() == ([], [InputRecalled(("one", "/help"))], [])


def test_only_the_latest_of_what_was_typed_is_recalled(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        for number in range(RECALLED + 1):
            archive.remember_input(str(number), 1.0)
    with keeping(tmp_path, "later", keep_input=True) as archivist:
        assert archivist.told()[1] == [InputRecalled(tuple(str(number) for number in range(1, RECALLED + 1)))]


def test_what_is_typed_is_not_remembered_by_those_who_do_not_want_it(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(RememberInput("one"))
        assert archivist.told() == ([], [], [])
    with opened(tmp_path) as archive:
        assert archive.reader.inputs(RECALLED) == ()


def test_what_was_deleted_long_ago_is_gone_at_the_next_start(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Hi", -DELETED_FOR)
        archive.delete(TALK, 1.0 - DELETED_FOR - 1.0)
    with keeping(tmp_path, "later"):
        assert rows(tmp_path, "SELECT id FROM conversation") == []


def test_what_was_deleted_lately_is_still_there(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        archive.keep_prompt(EMPTY, "Hi", -DELETED_FOR)
        archive.delete(TALK, 1.0 - DELETED_FOR + 1.0)
    with keeping(tmp_path, "later"):
        assert len(rows(tmp_path, "SELECT id FROM conversation")) == 1

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from actors.actor import stop
from actors.archive import FILE_NAME, Archive
from actors.archivist import BATCH, BEAT, Archivist, FromArchivist
from protocol.archivist import ArchivistMessage, CloseArchive, Resume
from protocol.chat import ChatMessage, Conversation, Role
from protocol.coordinator import ActorFailed, RestoreConversation, StartConversation, Submit
from protocol.errors import ConnectionLost
from protocol.frames import Chunk
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.reply import Reply, Stopped
from protocol.timekeeper import FlushDue, Remind, TimekeeperMessage
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    InputRefused,
    ModelSet,
    NoticePosted,
    ReplyGrew,
    SystemPromptSet,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    UiEvent,
)
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.clock import FakeClock
from tests.support.engine import alive, death_of
from tests.support.keeping import DONE, MODEL, TALK, answer, begin, left_by_a_kill, opened, rows, stream
from tests.support.leaks import nothing_left

LOST = ConnectionLost("The connection broke.", "What came is kept.").failure
STARTED = ConversationStarted(TALK, MODEL, "Be brief.")
OTHER = ConversationStarted(ConversationId("other"), MODEL)
HI = Submit(TALK, "Hi")
ACCEPTED = TurnAccepted(TALK, TurnId("1"), "Hi")
CONNECTING = TurnMoved(TALK, stream("1"), TurnState.CONNECTING, MODEL)
ANSWERED = TurnEnded(TALK, stream("1"), TurnState.DONE, Reply("Hello."), DONE)
IN_TIME = Remind(BEAT, FlushDue())
PIECES = "SELECT message, chunks ->> '$[0].text' FROM piece ORDER BY place"
MESSAGES = "SELECT id, state, content ->> 'text', owner, created FROM message ORDER BY place"
FULL = "This conversation is not kept on disk (disk full). It is here until you quit."


def grew(text: str, of: StreamId = CONNECTING.stream) -> ReplyGrew:
    return ReplyGrew(TALK, of, (Chunk(text),))


def refuses() -> Archive:
    raise sqlite3.OperationalError("disk full")


class Unstarted:
    """An Archivist without a thread, and whom it tells."""

    def __init__(self, open_archive: Callable[[], Archive]) -> None:
        self.coordinator, self.ui = Recorder[FromArchivist](), Recorder[UiEvent]()
        self.timekeeper, self.supervisor = Recorder[TimekeeperMessage](), Recorder[ActorFailed]()
        self.clock = FakeClock(1.0)
        addresses = self.coordinator, self.ui, self.timekeeper, self.supervisor
        self.actor = Archivist(open_archive, *addresses, self.clock)

    def hears(self, *messages: ArchivistMessage) -> None:
        for message in messages:
            self.actor.on_receive(message)

    def told(self) -> tuple[list[FromArchivist], list[UiEvent], list[TimekeeperMessage]]:
        """What the Coordinator, the UI and the Timekeeper were told since the last time."""
        return self.coordinator.take(), self.ui.take(), self.timekeeper.take()


@contextmanager
def keeping(folder: Path, owner: str = "me") -> Iterator[Unstarted]:
    with nothing_left():
        archivist = Unstarted(lambda: Archive(folder / FILE_NAME, owner))
        archivist.actor.on_start()
        yield archivist
        archivist.actor.on_stop()


@contextmanager
def refused(open_archive: Callable[[], Archive] = refuses) -> Iterator[Unstarted]:
    with nothing_left():
        archivist = Unstarted(open_archive)
        archivist.actor.on_start()
        yield archivist
        archivist.actor.on_stop()


def test_a_prompt_is_on_disk_before_it_is_passed_on(tmp_path: Path) -> None:
    found: list[tuple[FromArchivist, list[tuple[str, str]]]] = []

    class Looking:
        def tell(self, message: FromArchivist, /) -> None:
            found.append((message, rows(tmp_path, "SELECT conversation, prompt FROM outbox")))

    nobody = Recorder[object]()
    archivist = Archivist(lambda: Archive(tmp_path / FILE_NAME, "me"), Looking(), nobody, nobody, nobody, FakeClock())
    archivist.on_start()
    archivist.on_receive(STARTED)
    archivist.on_receive(HI)
    archivist.on_stop()
    assert found == [(HI, [("talk", "Hi")])]


def test_a_conversation_without_a_prompt_is_not_kept(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, ModelSet(TALK, "other"), SystemPromptSet(TALK, "Be long."))
        assert archivist.told() == ([], [], [])
    assert rows(tmp_path, "SELECT id FROM conversation") == []


def test_what_is_chosen_before_and_after_the_first_prompt_is_kept(tmp_path: Path) -> None:
    kept = "SELECT model, system FROM conversation"
    with keeping(tmp_path) as archivist:
        archivist.hears(ConversationStarted(TALK, None), ModelSet(TALK, MODEL), SystemPromptSet(TALK, "Be brief."), HI)
        assert rows(tmp_path, kept) == [(MODEL, "Be brief.")]
        archivist.hears(ModelSet(TALK, "other"), SystemPromptSet(TALK, ""))
        assert rows(tmp_path, kept) == [("other", "")]


def test_a_refused_prompt_is_taken_back(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, InputRefused(TALK, "Hi", "Too many wait."))
        assert rows(tmp_path, "SELECT prompt FROM outbox") == []


def test_a_turn_is_kept_as_it_goes(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED)
        assert rows(tmp_path, MESSAGES) == [("1", "queued", "Hi", "me", 1.0)]
        archivist.clock.advance(1.0)
        archivist.hears(CONNECTING, TurnMoved(TALK, stream("1"), TurnState.ANSWERING, MODEL))
        assert rows(tmp_path, MESSAGES)[1:] == [("1#1", "connecting", "", "me", 2.0)]
        archivist.hears(grew("Hello."), ANSWERED)
        assert rows(tmp_path, MESSAGES) == [("1", "done", "Hi", None, 1.0), ("1#1", "done", "Hello.", None, 2.0)]
        assert rows(tmp_path, PIECES) == []
        assert archivist.told() == ([HI], [], [IN_TIME])


def test_pieces_wait_for_one_reminder_and_are_then_committed_together(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, CONNECTING, grew("Hel"), grew("lo"))
        assert (rows(tmp_path, PIECES), archivist.told()) == ([], ([HI], [], [IN_TIME]))
        archivist.hears(FlushDue())
        assert rows(tmp_path, PIECES) == [("1#1", "Hel"), ("1#1", "lo")]
        assert archivist.told() == ([], [], [])
        archivist.hears(grew("."))
        assert (len(rows(tmp_path, PIECES)), archivist.told()) == (2, ([], [], [IN_TIME]))


def test_many_pieces_are_committed_at_once(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, CONNECTING, grew("x" * (BATCH - 1)))
        assert rows(tmp_path, PIECES) == []
        archivist.hears(grew("y"))
        assert len(rows(tmp_path, PIECES)) == 2
        archivist.hears(grew("z"))
        assert (len(rows(tmp_path, PIECES)), archivist.told()) == (2, ([HI], [], [IN_TIME]))


@pytest.mark.parametrize("asked", [True, False])
def test_what_waits_is_committed_when_it_closes_or_stops(tmp_path: Path, asked: bool) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, CONNECTING, grew("Hello"))
        if asked:
            archivist.hears(CloseArchive())
            assert list((tmp_path / "running").iterdir()) == []
    assert [name for name, _ in rows(tmp_path, PIECES)] == ["1#1"]


def test_an_attempt_that_broke_is_kept_whole_beside_the_next_one(tmp_path: Path) -> None:
    retrying = TurnMoved(TALK, stream("1"), TurnState.RETRYING, MODEL, LOST, 1.0)
    second = TurnMoved(TALK, stream("1", 2), TurnState.CONNECTING, MODEL)
    end = TurnEnded(TALK, stream("1", 2), TurnState.DONE, Reply("Hello."), DONE)
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, CONNECTING, grew("Hel"), FlushDue(), grew("lo"), retrying)
        first = ("1#1", "failed", "Hello", None, 1.0)
        assert rows(tmp_path, MESSAGES)[1:] == [first]
        archivist.hears(second, end)
        assert rows(tmp_path, MESSAGES)[1:] == [first, ("1#2", "done", "Hello.", None, 1.0)]
        assert rows(tmp_path, PIECES) == []


@pytest.mark.parametrize(("wanted", "found"), [("", "later"), ("EARL", "early"), ("later", "later")])
def test_a_kept_conversation_is_shown_and_restored(tmp_path: Path, wanted: str, found: str) -> None:
    early = Conversation(ConversationId("1"), MODEL)
    with opened(tmp_path) as archive:
        archive.keep_prompt(early, "early", 1.0)
        archive.begin_turn(early.id, TurnId("0"), "early", 1.0)
        archive.begin_reply(stream("0"), MODEL, 1.0)
        archive.end_turn(early.id, stream("0"), TurnState.DONE, Reply("Good morning."), DONE, 1.0)
        answer(archive, "1", "later", "Good evening.", 2.0)
    path = {
        "early": ("0", early, "Good morning."),
        "later": ("1", Conversation(TALK, MODEL, "Be brief."), "Good evening."),
    }
    turn, conversation, reply = path[found]
    said = (ChatMessage(Role.USER, found), ChatMessage(Role.ASSISTANT, reply))
    with keeping(tmp_path, "later") as archivist:
        archivist.hears(Resume(wanted))
        restored = Conversation(conversation.id, MODEL, conversation.system, said)
        assert archivist.told() == (
            [RestoreConversation(restored)],
            [
                TurnAccepted(restored.id, TurnId(turn), found),
                TurnMoved(restored.id, stream(turn), TurnState.CONNECTING, MODEL),
                TurnEnded(restored.id, stream(turn), TurnState.DONE, Reply(reply), DONE),
            ],
            [],
        )


def test_what_a_dead_process_left_is_shown_as_interrupted(tmp_path: Path) -> None:
    with opened(tmp_path / "a", "dead") as dying:
        begin(dying, "1", "Hi")
        dying.add_pieces([(stream("1"), (Chunk("Hel"),))])
        folder = left_by_a_kill(tmp_path / "a", tmp_path / "b")
    with keeping(folder) as archivist:
        archivist.hears(Resume())
        assert archivist.ui.take() == [
            ACCEPTED,
            CONNECTING,
            TurnEnded(TALK, stream("1"), TurnState.INTERRUPTED, Reply("Hel"), Stopped()),
        ]


@pytest.mark.parametrize(
    ("wanted", "words"), [("", "Nothing is kept yet."), ("sea", "No conversation begins with 'sea'.")]
)
def test_what_is_not_kept_is_said_in_the_conversation_that_begins_instead(
    tmp_path: Path, wanted: str, words: str
) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(Resume(wanted))
        assert archivist.told() == ([StartConversation()], [], [])
        archivist.hears(STARTED, OTHER)
        assert archivist.told() == ([], [NoticePosted(TALK, words)], [])


def test_a_refusing_disk_is_said_once_in_each_conversation_and_prompts_go_on() -> None:
    with refused() as archivist:
        archivist.hears(
            STARTED, HI, ACCEPTED, CONNECTING, grew("x" * BATCH), grew("y"), FlushDue(), ANSWERED, OTHER, HI
        )
        notices = [NoticePosted(TALK, FULL), NoticePosted(OTHER.conversation, FULL)]
        assert archivist.told() == ([HI, HI], notices, [IN_TIME])


def test_a_new_conversation_begins_where_nothing_can_be_read() -> None:
    with refused() as archivist:
        archivist.hears(Resume("sea"))
        assert archivist.told() == ([StartConversation()], [], [])


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with refused(lambda: Archive(tmp_path / "file" / FILE_NAME, "me")) as archivist:
        archivist.hears(STARTED, HI)
        ((prompt,), (notice,), _) = archivist.told()
        words = f"[Errno 17] File exists: '{tmp_path / 'file'}'"
        assert prompt == HI
        assert notice == NoticePosted(TALK, FULL.replace("disk full", words))


def test_a_disk_that_refuses_later_is_said_at_once_in_every_conversation(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, OTHER, HI, ACCEPTED)
        archivist.told()
        with sqlite3.connect(tmp_path / FILE_NAME) as other:
            other.executescript("ALTER TABLE message RENAME TO elsewhere; ALTER TABLE outbox RENAME TO nowhere")
        other.close()
        archivist.hears(CONNECTING, grew("Hello"), FlushDue(), ANSWERED, HI)
        words = FULL.replace("disk full", "no such table: message")
        notices = [NoticePosted(TALK, words), NoticePosted(OTHER.conversation, words)]
        assert archivist.told() == ([HI], notices, [IN_TIME])


def test_a_conversation_that_cannot_be_read_gives_way_to_a_new_one(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        answer(archive, "1", "Hi", "Hello.")
    with keeping(tmp_path) as archivist:
        with sqlite3.connect(tmp_path / FILE_NAME) as other:
            other.executescript("ALTER TABLE message RENAME TO elsewhere")
        other.close()
        archivist.hears(Resume(), STARTED)
        words = FULL.replace("disk full", "no such table: message")
        assert archivist.told() == ([StartConversation()], [NoticePosted(TALK, words)], [])


def test_its_thread_keeps_and_stops(tmp_path: Path) -> None:
    coordinator, nobody = QueueAddress[FromArchivist](), Recorder[object]()
    with nothing_left():
        actor = Archivist.start(
            lambda: Archive(tmp_path / FILE_NAME, "me"), coordinator, nobody, nobody, nobody, FakeClock()
        )
        actor.tell(STARTED)
        actor.tell(HI)
        assert coordinator.next() == HI
        assert stop(actor, PATIENCE) is True
    assert rows(tmp_path, "SELECT prompt FROM outbox") == [("Hi",)]
    assert nobody.take() == []


def test_its_death_is_told_and_ends_its_thread() -> None:
    supervisor, nobody = QueueAddress[ActorFailed](), Recorder[object]()
    with nothing_left(), alive(Archivist.start(refuses, nobody, nobody, nobody, supervisor, FakeClock())) as actor:
        actor.tell(ModelSet(TALK, MODEL))
        assert supervisor.next() == death_of("Archivist", "KeyError('talk')")
    assert not actor.is_alive()

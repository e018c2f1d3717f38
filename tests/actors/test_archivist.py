from pathlib import Path

import pytest
from msgspec.structs import replace

from actors.actor import stop
from actors.archive import FILE_NAME, Archive
from actors.archivist import BEAT, Archivist, FromArchivist
from actors.turn_recorder import BATCH
from protocol.archivist import CloseArchive, OpenArchive, SetTitle
from protocol.chat import Role
from protocol.coordinator import NewsOfActors, Submit
from protocol.errors import ConnectionLost
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.parameter_events import ParametersSet
from protocol.parameters import Option, Parameters
from protocol.reply import Broken, Reply, Stopped
from protocol.timekeeper import FlushDue, Remind
from protocol.tree import Node
from protocol.turn import TurnState
from protocol.ui import (
    ConversationForked,
    ConversationStarted,
    InputRefused,
    ModelSet,
    NoticePosted,
    PathShown,
    PromptReworded,
    QueueReordered,
    SystemPromptSet,
    TitleSet,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    UiEvent,
)
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.archiving import (
    NOTHING_RECALLED,
    OTHER,
    OTHER_STARTED,
    STARTED,
    answered,
    asked,
    connecting,
    done,
    grew,
    keeping,
    kept,
)
from tests.support.clock import FakeClock
from tests.support.engine import NONSENSE, alive, death_by_nonsense
from tests.support.keeping import DONE, MODEL, TALK, rows, stream
from tests.support.leaks import nothing_left

LOST = ConnectionLost("The connection broke.", "What came is kept.").failure
HI, ACCEPTED = asked("1", "Hi")
TITLED = TitleSet(TALK, "Hi")
IN_TIME = Remind(BEAT, FlushDue())
PIECES = "SELECT message, chunks ->> '$[0].text' FROM piece ORDER BY place"
CONVERSATIONS = "SELECT title, model, system FROM conversation"
PROMPT = Node(MessageId("1"), None, Role.USER, "Hi", created=1.0)


def texts(folder: Path, talk: ConversationId = TALK) -> list[tuple[str, TurnState, str]]:
    """The messages on disk, what became of them, and what they say."""
    record = kept(folder, talk)
    return [(node.id, node.state, node.text) for node in record.messages] if record is not None else []


def waiting(folder: Path, talk: ConversationId = TALK) -> tuple[WaitingPrompt, ...]:
    record = kept(folder, talk)
    return record.waiting if record is not None else ()


def head(folder: Path) -> MessageId | None:
    record = kept(folder)
    assert record is not None
    return record.head


def test_a_prompt_is_on_disk_before_it_is_passed_on(tmp_path: Path) -> None:
    found: list[tuple[FromArchivist, list[tuple[str, str]]]] = []

    class Looking:
        def tell(self, message: FromArchivist, /) -> None:
            found.append((message, rows(tmp_path, "SELECT conversation, prompt FROM outbox")))

    nobody, path = Recorder[object](), tmp_path / FILE_NAME
    archivist = Archivist(path, "me", lambda: Archive(path, "me"), Looking(), nobody, nobody, nobody, FakeClock())
    archivist.on_receive(OpenArchive())
    archivist.on_receive(STARTED)
    archivist.on_receive(HI)
    archivist.on_stop()
    assert found == [(HI, [("talk", "Hi")])]


def test_a_conversation_without_a_prompt_is_not_kept(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, ModelSet(TALK, "other"), SystemPromptSet(TALK, "Be long."), SetTitle(TALK, "Mine"))
        archivist.hears(PathShown(TALK, None, ()))
    assert rows(tmp_path, CONVERSATIONS) == []


def test_the_first_prompt_gives_a_conversation_its_title(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        second, accepted = asked("2", "And you?")
        archivist.hears(STARTED, HI, ACCEPTED, second, accepted)
        assert archivist.told() == ([HI, second], [TITLED], [])
        assert rows(tmp_path, CONVERSATIONS) == [("Hi", MODEL, "Be brief.")]


def test_a_title_that_was_set_before_the_first_prompt_is_kept_with_it(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, SetTitle(TALK, " My\n talk "))
        named = [TitleSet(TALK, "My talk"), NoticePosted(TALK, "This chat is called 'My talk'.")]
        assert archivist.told() == ([], named, [])
        archivist.hears(HI, ACCEPTED, ConversationStarted(TALK, MODEL))
        assert archivist.told() == ([HI], [TitleSet(TALK, "My talk")], [])
    assert rows(tmp_path, CONVERSATIONS) == [("My talk", MODEL, "")]


def test_what_is_chosen_before_and_after_the_first_prompt_is_kept(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(ConversationStarted(TALK, None), ModelSet(TALK, MODEL), SystemPromptSet(TALK, "Be brief."), HI)
        assert rows(tmp_path, CONVERSATIONS) == [("Hi", MODEL, "Be brief.")]
        archivist.hears(ModelSet(TALK, "other"), SystemPromptSet(TALK, ""))
        assert rows(tmp_path, CONVERSATIONS) == [("Hi", "other", "")]


def test_the_parameters_that_are_set_before_and_after_the_first_prompt_are_kept(tmp_path: Path) -> None:
    cold, none = Parameters((Option("temperature", 0.2),), keep_alive="10m"), Parameters()
    with keeping(tmp_path) as archivist:
        archivist.hears(ConversationStarted(TALK, MODEL, parameters=none), ParametersSet(TALK, cold), HI)
        before = kept(tmp_path)
        archivist.hears(ParametersSet(TALK, none))
        after = kept(tmp_path)
    assert before is not None
    assert after is not None
    assert [before.parameters, after.parameters] == [cold, none]


def test_what_comes_of_a_conversation_that_was_let_go_of_is_let_be(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(ModelSet(TALK, MODEL), SystemPromptSet(TALK, "Be brief."), HI, done("1", "Hello."))
        assert archivist.told() == ([HI], [], [])
    assert rows(tmp_path, CONVERSATIONS) == []


def test_a_refused_prompt_is_taken_back(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, InputRefused(TALK, "Hi", "Too many wait."))
        assert rows(tmp_path, "SELECT prompt FROM outbox") == []


def test_a_turn_is_kept_as_it_goes(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED)
        assert (texts(tmp_path), waiting(tmp_path)) == ([], (WaitingPrompt(TurnId("1"), "Hi"),))
        archivist.clock.advance(1.0)
        archivist.hears(connecting("1"), TurnMoved(TALK, stream("1"), TurnState.ANSWERING, MODEL))
        assert [name for name, _, _ in texts(tmp_path)] == ["1", "1#1"]
        assert (waiting(tmp_path), head(tmp_path)) == ((), "1#1")
        archivist.hears(grew("Hello."), done("1", "Hello."))
        assert texts(tmp_path) == [("1", TurnState.DONE, "Hi"), ("1#1", TurnState.DONE, "Hello.")]
        assert rows(tmp_path, PIECES) == []
        assert archivist.told() == ([HI], [TITLED], [IN_TIME])


def test_pieces_wait_for_one_reminder_and_are_then_committed_together(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, connecting("1"), grew("Hel"), grew("lo"))
        assert (rows(tmp_path, PIECES), archivist.told()) == ([], ([HI], [TITLED], [IN_TIME]))
        archivist.hears(FlushDue())
        assert rows(tmp_path, PIECES) == [("1#1", "Hel"), ("1#1", "lo")]
        assert archivist.told() == ([], [], [IN_TIME])  # for what may come meanwhile, and wakes nobody
        archivist.hears(FlushDue())
        assert archivist.told() == ([], [], [])
        archivist.hears(grew("."))
        assert (len(rows(tmp_path, PIECES)), archivist.told()) == (2, ([], [], [IN_TIME]))


def test_many_pieces_are_committed_at_once(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, connecting("1"), grew("x" * (BATCH - 1)))
        assert rows(tmp_path, PIECES) == []
        archivist.hears(grew("y"))
        assert len(rows(tmp_path, PIECES)) == 2
        archivist.hears(grew("z"))
        assert (len(rows(tmp_path, PIECES)), archivist.told()) == (2, ([HI], [TITLED], [IN_TIME]))


@pytest.mark.parametrize("asked_to", [True, False])
def test_what_waits_is_committed_when_it_closes_or_stops(tmp_path: Path, asked_to: bool) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, connecting("1"), grew("Hello"))
        if asked_to:
            archivist.hears(CloseArchive())
            assert list((tmp_path / "running").iterdir()) == []
    assert [name for name, _ in rows(tmp_path, PIECES)] == ["1#1"]


def test_an_attempt_that_broke_is_kept_whole_beside_the_next_one(tmp_path: Path) -> None:
    retrying = TurnMoved(TALK, stream("1"), TurnState.RETRYING, MODEL, LOST, 1.0)
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, connecting("1"), grew("Hel"), FlushDue(), grew("lo"), retrying)
        first = ("1#1", TurnState.FAILED, "Hello")
        assert texts(tmp_path)[1:] == [first]
        archivist.hears(connecting("1", 2), done("1", "Hello.", 2))
        assert texts(tmp_path)[1:] == [first, ("1#2", TurnState.DONE, "Hello.")]
        assert rows(tmp_path, PIECES) == []


def test_a_turn_that_waits_for_the_server_after_an_attempt_waits_on_disk_to_be_asked_again(tmp_path: Path) -> None:
    parked = TurnMoved(TALK, stream("1"), TurnState.WAITING_FOR_SERVER, MODEL, LOST)
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, connecting("1"), grew("Hel"), parked)
        assert texts(tmp_path)[1:] == [("1#1", TurnState.FAILED, "Hel")]
        assert waiting(tmp_path) == (WaitingPrompt(TurnId("1"), "Hi", again=True),)
        record = kept(tmp_path)
        assert record is not None
        assert record.messages[1].ending == Broken(LOST)


def test_prompts_that_wait_are_kept_with_their_words_and_in_their_order(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, *asked("1", "one"), *asked("2", "two"), *asked("3", "three"))
        archivist.hears(asked("", "2")[0], PromptReworded(TALK, TurnId("2"), "2"))
        archivist.hears(QueueReordered((TurnId("3"), TurnId("1"), TurnId("2"))))
        words = [(prompt.turn, prompt.prompt) for prompt in waiting(tmp_path)]
        assert words == [("3", "three"), ("1", "one"), ("2", "2")]
        dropped = TurnEnded(TALK, stream("3", 0), TurnState.CANCELLED, Reply(), Stopped())
        archivist.hears(dropped)
        assert [prompt.turn for prompt in waiting(tmp_path)] == ["1", "2"]
        assert texts(tmp_path) == [("3", TurnState.CANCELLED, "three")]


def test_a_prompt_that_waits_elsewhere_is_changed_there_and_nothing_is_kept_where_that_was_written(
    tmp_path: Path,
) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, *asked("1", "one"), OTHER_STARTED)
        archivist.told()
        archivist.hears(Submit(OTHER, "One?", edits=TurnId("1")), PromptReworded(TALK, TurnId("1"), "One?"))
        assert archivist.told()[1] == []
        assert waiting(tmp_path) == (WaitingPrompt(TurnId("1"), "One?"),)
        assert kept(tmp_path, OTHER) is None
        archivist.hears(*asked("2", "two", OTHER))
        assert archivist.told()[1] == [TitleSet(OTHER, "two")]
        record = kept(tmp_path, OTHER)
        assert record is not None
        assert (record.title, record.waiting) == ("two", (WaitingPrompt(TurnId("2"), "two"),))


def test_the_head_on_disk_is_the_one_that_is_shown(tmp_path: Path) -> None:
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."), *answered("2", "Bye", "Bye."))
        assert head(tmp_path) == "2#1"
        archivist.hears(PathShown(TALK, MessageId("1#1"), ()))
        assert head(tmp_path) == "1#1"
        archivist.hears(PathShown(TALK, None, ()))
        assert head(tmp_path) is None
        assert len(texts(tmp_path)) == 4


def test_a_fork_is_kept_whole_with_the_time_at_which_it_was_made(tmp_path: Path) -> None:
    node = Node(MessageId("9"), None, Role.USER, "Hi", state=TurnState.DONE, ending=DONE)
    fork = ConversationRecord(OTHER, "Hi (2)", MODEL, "Be brief.", 0.0, 0.0, node.id, messages=(node,))
    with keeping(tmp_path) as archivist:
        archivist.clock.advance(6.0)
        archivist.hears(STARTED, ConversationForked(fork), ConversationStarted(OTHER, MODEL, "Be brief.", fork.title))
        assert kept(tmp_path, OTHER) == replace(fork, created=7.0, updated=7.0, messages=(replace(node, created=7.0),))
        archivist.hears(ModelSet(OTHER, "huge:70b"))
        assert rows(tmp_path, CONVERSATIONS) == [("Hi (2)", "huge:70b", "Be brief.")]


def test_a_reply_that_ends_where_nobody_looks_is_unread_until_it_is_shown(tmp_path: Path) -> None:
    unread = "SELECT id FROM conversation WHERE unread"
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, *answered("1", "Hi", "Hello."))
        assert rows(tmp_path, unread) == []
        archivist.hears(HI, TurnAccepted(TALK, TurnId("2"), "Hi"), connecting("2"), OTHER_STARTED, done("2", "Hello."))
        assert rows(tmp_path, unread) == [(TALK,)]
        archivist.hears(ConversationStarted(TALK, MODEL, shown=False))
        assert rows(tmp_path, unread) == [(TALK,)]
        archivist.hears(ConversationStarted(TALK, MODEL))
        assert rows(tmp_path, unread) == []


def test_a_reply_that_the_user_stopped_from_elsewhere_is_no_news(tmp_path: Path) -> None:
    stopped = TurnEnded(TALK, stream("1"), TurnState.CANCELLED, Reply("Hel"), Stopped())
    with keeping(tmp_path) as archivist:
        archivist.hears(STARTED, HI, ACCEPTED, connecting("1"), OTHER_STARTED, stopped)
    assert rows(tmp_path, "SELECT unread FROM conversation") == [(0,)]


def test_its_thread_keeps_and_stops(tmp_path: Path) -> None:
    coordinator, ui, nobody = QueueAddress[FromArchivist](), QueueAddress[UiEvent](), Recorder[object]()
    path = tmp_path / FILE_NAME
    with nothing_left():
        actor = Archivist.start(path, "me", lambda: Archive(path, "me"), coordinator, ui, nobody, nobody, FakeClock())
        actor.tell(OpenArchive())
        actor.tell(STARTED)
        actor.tell(HI)
        assert coordinator.next() == HI
        assert stop(actor, PATIENCE) is True
    assert rows(tmp_path, "SELECT prompt FROM outbox") == [("Hi",)]
    assert (ui.drain(), nobody.take()) == ([NOTHING_RECALLED, TITLED], [])


def test_its_death_is_told_and_ends_its_thread(tmp_path: Path) -> None:
    supervisor, nobody, path = QueueAddress[NewsOfActors](), Recorder[object](), tmp_path / FILE_NAME
    with nothing_left():
        actor = Archivist.start(
            path, "me", lambda: Archive(path, "me"), nobody, nobody, nobody, supervisor, FakeClock()
        )
        with alive(actor):
            actor.tell(OpenArchive())
            actor.tell(NONSENSE)
            assert supervisor.next() == death_by_nonsense("Archivist")
        assert not actor.is_alive()

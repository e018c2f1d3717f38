import threading
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from actors.archive import FILE_NAME
from actors.archive_reader import ArchiveReader
from actors.model_memory import FileModelMemory
from actors.shutdown import ShutdownReport
from actors.system import System, start_system
from protocol.accumulator import AbandonReply
from protocol.coordinator import StartConversation
from protocol.frames import Metrics
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.input_handler import CancelPressed, TextSubmitted
from protocol.ollama_host import ServerUrl
from protocol.reply import Finished, Reply, Stopped
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings
from protocol.supervision import NEVER
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    EngineFailed,
    InputRefused,
    ModelAsked,
    ModelSet,
    NoticePosted,
    QuitRequested,
    ReplyGrew,
    ServerChanged,
    SystemPromptSet,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    UiEvent,
)
from tests.support.addresses import PATIENCE, QueueAddress
from tests.support.answers import ndjson_chat, silence_after, thought
from tests.support.chatting import MODEL, Chat, chatting, over_http
from tests.support.disks import locked
from tests.support.engine import DeafServer, ScriptedServer
from tests.support.leaks import nothing_left
from tests.support.ports import refusing_port
from tests.support.replay_server import ReplayServer

TALK, STREAM = ConversationId("1"), StreamId(TurnId("2"), 1)
REPLY = (b'{"message":{"content":"Hi"},"done":false}\n', b'{"done":true}\n')


def without_growth(events: list[UiEvent]) -> list[UiEvent]:
    """The events of the Coordinator: those of the Accumulator come when they come, and after what time is no matter."""
    return [_timeless(event) for event in events if not isinstance(event, ReplyGrew)]


def _timeless(event: UiEvent) -> UiEvent:
    if not (isinstance(event, TurnEnded) and isinstance(event.ending, Finished | Stopped)):
        return event
    assert event.ending.first_token > 0
    return replace(event, ending=replace(event.ending, first_token=0.0))


def test_a_typed_prompt_becomes_a_reply_on_the_screen() -> None:
    answer = ndjson_chat([thought("Hm."), "Hel", "lo."])
    with nothing_left(), ReplayServer(answer, models=[MODEL]) as server:
        with chatting(over_http(server.port)) as chat:
            talk = chat.begin(None)
            survey = chat.ui.until(ServerChanged).survey
            chat.ui.until(ModelSet)
            chat.system.input.tell(TextSubmitted(talk, " Hi \n"))
            chat.ended()
        events = chat.ui.taken
    assert (survey.server, survey.names) == (server.url, (MODEL,))
    assert without_growth(events) == [
        ConversationStarted(TALK, None),
        ServerChanged(survey),
        ModelSet(TALK, MODEL),
        TurnAccepted(TALK, TurnId("2"), "Hi"),
        TurnMoved(TALK, STREAM, TurnState.CONNECTING, MODEL),
        TurnMoved(TALK, STREAM, TurnState.THINKING, MODEL),
        TurnMoved(TALK, STREAM, TurnState.ANSWERING, MODEL),
        TurnEnded(TALK, STREAM, TurnState.DONE, Reply("Hello.", "Hm."), Finished("stop", Metrics(1, 2, 3, 4, 5, 6))),
    ]
    grown = [chunk for event in events if isinstance(event, ReplyGrew) for chunk in event.chunks]
    assert ("".join(chunk.thinking for chunk in grown), "".join(chunk.text for chunk in grown)) == ("Hm.", "Hello.")


def test_the_cancel_key_cuts_the_stream_and_keeps_what_came() -> None:
    server = ReplayServer(silence_after(["Half a"]))
    with nothing_left(), server, chatting(over_http(server.port)) as chat:
        talk = chat.begin()
        chat.submit(talk)
        chat.reaches(TurnState.ANSWERING)
        chat.system.input.tell(CancelPressed(talk))
        assert _timeless(chat.ended()) == TurnEnded(TALK, STREAM, TurnState.CANCELLED, Reply("Half a"), Stopped())
        server.client_gone()


def test_commands_are_answered_without_a_server() -> None:
    with nothing_left(), chatting(ScriptedServer()) as chat:
        talk = chat.begin()
        for text in ("/system Be brief.", "/system", "/queue", "/nonsense", "/quit"):
            chat.system.input.tell(TextSubmitted(talk, text))
        chat.ui.until(NoticePosted)
        assert chat.ui.until(NoticePosted) == NoticePosted(talk, "System prompt: Be brief.")
        assert chat.ui.until(NoticePosted) == NoticePosted(talk, "Nothing streams and nothing waits.")
    told = [*chat.ui.taken, *chat.ui.drain()]
    assert QuitRequested() in told
    assert [event.text for event in told if isinstance(event, InputRefused)] == ["/nonsense"]


def test_an_engine_is_made_from_settings_and_remembers_the_model_for_the_next(tmp_path: Path) -> None:
    with nothing_left(), ReplayServer(models=[MODEL, "huge:70b"]) as server:
        settings = EngineSettings(ServerSettings(ServerUrl(port=server.port)), state_file=tmp_path / "state" / "model")
        first, second = QueueAddress[UiEvent](), QueueAddress[UiEvent]()
        engine = start_system(first, settings)
        engine.coordinator.tell(StartConversation())
        talk = first.until(ModelAsked).conversation
        engine.input.tell(TextSubmitted(talk, "/model huge:70b"))
        engine.input.tell(TextSubmitted(talk, "Hi"))
        assert first.until(TurnEnded).state is TurnState.DONE
        assert engine.stop().late == ()
        engine = start_system(second, settings)
        engine.coordinator.tell(StartConversation())
        assert second.until(ModelSet).model == "huge:70b"
        assert engine.stop().late == ()


def test_stopping_tells_how_every_stream_ended_and_nothing_of_what_waits() -> None:
    with nothing_left(), ReplayServer(silence_after(["Half a"])) as server:
        chat = Chat(over_http(server.port))
        talk, other = chat.begin(), chat.begin()
        streaming = chat.submit(talk)
        chat.submit(talk, "later")
        silent = chat.submit(other)
        chat.reaches(TurnState.ANSWERING)
        chat.reaches(TurnState.ANSWERING)
        assert chat.stop().late == ()
        ends = [event for event in without_growth(chat.ui.drain()) if isinstance(event, TurnEnded)]
    assert sorted(ends, key=lambda end: end.stream.turn) == [
        TurnEnded(talk, StreamId(streaming, 1), TurnState.CANCELLED, Reply("Half a"), Stopped()),
        TurnEnded(other, StreamId(silent, 1), TurnState.CANCELLED, Reply("Half a"), Stopped()),
    ]


def test_a_prompt_that_waited_when_the_engine_stopped_is_answered_by_the_next(tmp_path: Path) -> None:
    settings, path = EngineSettings(data_dir=tmp_path), tmp_path / FILE_NAME
    with nothing_left(), refusing_port() as closed, ReplayServer(models=[MODEL]) as server:
        first, second = QueueAddress[UiEvent](), QueueAddress[UiEvent]()
        away = System(first, settings, over_http(closed), FileModelMemory(None))
        away.coordinator.tell(StartConversation(MODEL))
        talk = first.until(ConversationStarted).conversation
        away.input.tell(TextSubmitted(talk, "Hi"))
        waiting = first.until(TurnAccepted)
        while first.until(TurnMoved).failure is None:
            pass
        assert away.stop().late == ()
        there = System(second, settings, over_http(server.port), FileModelMemory(None))
        there.coordinator.tell(StartConversation(MODEL))
        accepted = second.until(TurnAccepted)
        assert (accepted.conversation, accepted.turn, accepted.prompt) == (talk, waiting.turn, "Hi")
        assert second.until(TurnEnded).state is TurnState.DONE
        assert there.stop().late == ()
        with closing(ArchiveReader.open(path)) as reader:
            record = reader.record(talk)
    assert record is not None
    assert record.waiting == ()
    assert (record.messages[0].text, record.messages[-1].text) == ("Hi", "The capital of France is Paris.")


def test_an_archive_that_is_locked_makes_the_archivist_late_and_nobody_else(tmp_path: Path) -> None:
    settings = EngineSettings(data_dir=tmp_path)
    with nothing_left(), ReplayServer(models=[MODEL]) as server:
        chat = Chat(over_http(server.port), settings)
        talk = chat.begin()
        chat.system.input.tell(TextSubmitted(talk, "Hi"))
        chat.ended()
        with locked(tmp_path / FILE_NAME):
            chat.system.input.tell(TextSubmitted(talk, "/system Be brief."))
            chat.ui.until(SystemPromptSet)
            assert chat.stop(1.0).late == ("Archivist",)


def test_an_engine_that_did_nothing_stops_at_once_and_again() -> None:
    with nothing_left():
        chat = Chat(ScriptedServer())
        report = chat.stop()
        assert (report.late, chat.stop().late) == ((), ())
    assert 0.0 <= report.seconds < PATIENCE


def test_what_is_told_to_a_stopped_engine_is_dropped() -> None:
    chat = Chat(ScriptedServer())
    chat.stop()
    chat.system.input.tell(TextSubmitted(TALK, "Hi"))
    chat.system.coordinator.tell(StartConversation())
    assert chat.ui.drain() == []


def test_a_source_that_ignores_its_cancel_is_named_late_and_stopping_goes_on_without_it() -> None:
    server = DeafServer()
    with nothing_left():
        chat = Chat(server)
        chat.submit(chat.begin())
        assert server.entered.wait(PATIENCE)
        report = chat.stop(0.5)
        assert report.late == ("StreamReader",)
        assert report.seconds < PATIENCE / 2
        assert chat.ended().state is TurnState.CANCELLED
        server.release()


def test_a_look_that_ignores_its_cancel_is_named_late() -> None:
    server = DeafServer(deaf_survey=True)
    with nothing_left():
        chat = Chat(server)
        chat.begin()
        assert server.entered.wait(PATIENCE)
        assert chat.stop(0.5).late == ("Librarian",)
        server.release()


def test_a_server_that_cannot_be_closed_is_named_late() -> None:
    with nothing_left():
        assert Chat(ScriptedServer(closes=False)).stop().late == ("server",)


class BlockingUi(QueueAddress[UiEvent]):
    """A face that breaks its promise: it blocks whoever tells it that a reply grew."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.released = threading.Event(), threading.Event()

    def tell(self, message: UiEvent, /) -> None:
        if isinstance(message, ReplyGrew):
            self.entered.set()
            self.released.wait(PATIENCE)
        super().tell(message)


class BreakingUi(QueueAddress[UiEvent]):
    """A face that breaks its promise: it raises where it is told that a reply grew."""

    def tell(self, message: UiEvent, /) -> None:
        if isinstance(message, ReplyGrew):
            raise RuntimeError("the face is broken")
        super().tell(message)


def test_all_that_are_stuck_are_named_once_each_in_the_order_of_asking() -> None:
    ui, server = BlockingUi(), ScriptedServer(*REPLY, closes=False)
    with nothing_left():
        chat = Chat(server, ui=ui)
        chat.submit(chat.begin())
        assert ui.entered.wait(PATIENCE)
        report = chat.stop(0.5)
        assert report.late == ("Accumulator", "server")
        assert str(report) == "These parts did not stop in time: Accumulator, server."
        ui.released.set()


def test_however_many_are_stuck_stopping_keeps_its_limit() -> None:
    server = DeafServer(deaf_survey=True)
    with nothing_left():
        chat = Chat(server)
        chat.submit(chat.begin())
        assert server.entered.wait(PATIENCE)
        report = chat.stop(1.0)
        assert report.late == ("StreamReader", "Librarian")
        assert report.seconds < 1.0
        server.release()


def test_a_report_without_anybody_late_says_nothing() -> None:
    assert str(ShutdownReport((), 0.1)) == ""


def test_the_death_of_the_accumulator_ends_the_turns_and_the_engine_can_still_be_stopped() -> None:
    with nothing_left():
        chat = Chat(ScriptedServer(*REPLY), ui=BreakingUi(), restarts=NEVER)
        talk = chat.begin()
        chat.submit(talk)
        failed = chat.ui.until(EngineFailed)
        assert failed.failure.summary == "The Accumulator failed (RuntimeError('the face is broken'))."
        assert chat.ended().state is TurnState.FAILED
        chat.system.input.tell(TextSubmitted(talk, "Are you there?"))
        assert chat.ui.until(InputRefused).text == "Are you there?"
        assert chat.stop().late == ()


def test_the_death_of_the_coordinator_reaches_the_ui_and_the_engine_can_still_be_stopped() -> None:
    with nothing_left(), ReplayServer(silence_after(["a"])) as server:
        chat = Chat(over_http(server.port), restarts=NEVER)
        chat.submit(chat.begin())
        chat.reaches(TurnState.ANSWERING)
        chat.system.coordinator.tell(AbandonReply(STREAM))  # type: ignore[arg-type]  # which kills it
        failed = chat.ui.until(EngineFailed)
        assert failed.failure.summary.startswith("The Coordinator failed (AssertionError(")
        assert chat.stop().late == ()
        server.client_gone()

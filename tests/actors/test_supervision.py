"""The whole engine, the parts of which fail one after the other: what follows is as if they had not."""

from contextlib import closing
from pathlib import Path

import pytest

from actors.archive import FILE_NAME
from actors.archive_reader import ArchiveReader
from protocol.coordinator import CancelAll
from protocol.identity import ConversationId, TurnId
from protocol.input_handler import TextSubmitted
from protocol.models import InstalledModel, ServerSurvey
from protocol.settings import EngineSettings
from protocol.supervision import NEVER, RestartPolicy
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    EngineFailed,
    EngineRecovered,
    InputRecalled,
    InputRefused,
    NoticePosted,
    PathShown,
    ReplyGrew,
    ServerChanged,
    TitleSet,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    UiEvent,
)
from tests.support.addresses import QueueAddress
from tests.support.answers import silence_after
from tests.support.chatting import MODEL, Chat, over_http
from tests.support.engine import NONSENSE, ScriptedServer
from tests.support.leaks import nothing_left
from tests.support.replay_server import ReplayServer

REPLY = (b'{"message":{"content":"Hi"},"done":false}\n', b'{"done":true}\n')
HERE = ServerSurvey("scripted", models=(InstalledModel(MODEL),))


class FailingUi(QueueAddress[UiEvent]):
    """A face that breaks its promise: whoever tells it an event of this kind fails, for the first few times."""

    def __init__(self, kind: type[object], times: int = 1) -> None:
        super().__init__()
        self._kind = kind
        self.left = times

    def tell(self, message: UiEvent, /) -> None:
        if self.left and isinstance(message, self._kind):
            self.left -= 1
            raise RuntimeError(f"no {type(message).__name__}, please")
        super().tell(message)


class ForgetfulMemory:
    """A memory that fails for the first few times."""

    def __init__(self, times: int) -> None:
        self.left = times

    def load(self) -> str | None:
        if self.left:
            self.left -= 1
            raise RuntimeError("forgotten")
        return None

    def save(self, name: str) -> None:
        pass


def settings(folder: Path, kept: bool) -> EngineSettings:
    return EngineSettings(data_dir=folder if kept else None, survey_interval=0.01)


def answer_to(chat: Chat, talk: ConversationId, prompt: str) -> TurnEnded:
    """Type a prompt until it is taken, and wait for what becomes of it."""
    chat.system.input.tell(TextSubmitted(talk, prompt))
    while True:
        event = chat.ui.next()
        if isinstance(event, InputRefused) and event.text == prompt:
            chat.system.input.tell(TextSubmitted(talk, prompt))
        if isinstance(event, TurnAccepted) and event.prompt == prompt:
            turn = event.turn
            break
    while (ended := chat.ended()).stream.turn != turn:
        pass
    return ended


def recovered(chat: Chat, parts: int) -> None:
    while sum(isinstance(event, EngineRecovered) for event in chat.ui.taken) < parts:
        chat.ui.until(EngineRecovered)


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    "kind", [TurnAccepted, TurnMoved, ReplyGrew, TurnEnded, ConversationStarted, ServerChanged, NoticePosted]
)
def test_whatever_fails_the_next_prompt_is_answered(kind: type[object], times: int, kept: bool, tmp_path: Path) -> None:
    ui = FailingUi(kind, times)
    with nothing_left():
        chat = Chat(ScriptedServer(*REPLY, survey=HERE), settings(tmp_path, kept), ui)
        talk = chat.begin()
        chat.system.input.tell(TextSubmitted(talk, "first"))
        for _ in range(times):
            chat.system.input.tell(TextSubmitted(talk, "/help"))
            chat.system.input.tell(TextSubmitted(talk, f"more {_}"))
        recovered(chat, times)
        assert ui.left == 0
        assert answer_to(chat, talk, "next").state is TurnState.DONE
        assert chat.stop().late == ()


@pytest.mark.parametrize("kind", [InputRecalled, TitleSet])
def test_what_the_archivist_fails_at_leaves_no_hole_in_the_archive(kind: type[object], tmp_path: Path) -> None:
    with nothing_left():
        chat = Chat(ScriptedServer(*REPLY, survey=HERE), settings(tmp_path, True), FailingUi(kind))
        talk = chat.begin()
        assert answer_to(chat, talk, "first").state is TurnState.DONE
        assert answer_to(chat, talk, "next").state is TurnState.DONE
        assert chat.stop().late == ()
    with closing(ArchiveReader.open(tmp_path / FILE_NAME)) as reader:
        record = reader.record(talk)
    assert record is not None
    assert ([node.text for node in record.messages], record.waiting) == (["first", "Hi", "next", "Hi"], ())


@pytest.mark.parametrize("kept", [True, False])
def test_the_coordinator_that_fails_ends_what_streams_with_its_text_and_goes_on_with_what_waits(
    kept: bool, tmp_path: Path
) -> None:
    with nothing_left(), ReplayServer(silence_after(["Half a"]), models=[MODEL]) as server:
        chat = Chat(over_http(server.port), settings(tmp_path, kept))
        talk = chat.begin()
        chat.system.input.tell(TextSubmitted(talk, "first"))
        chat.ui.until(ReplyGrew)
        chat.system.input.tell(TextSubmitted(talk, "second"))
        waits = chat.ui.until(TurnAccepted).turn
        chat.system.coordinator.tell(NONSENSE)  # type: ignore[arg-type]
        shown = chat.ui.until(PathShown)
        assert shown.afresh
        assert [(one.prompt, one.reply.text, one.state) for one in shown.exchanges] == [
            ("first", "Half a", TurnState.INTERRUPTED)
        ]
        assert (again := chat.ui.until(TurnAccepted)) == TurnAccepted(talk, waits, "second")
        assert chat.reaches(TurnState.ANSWERING).stream.turn == again.turn
        chat.system.coordinator.tell(CancelAll())
        assert chat.ended().state is TurnState.CANCELLED
        assert chat.stop().late == ()
    ends = [event for event in chat.ui.taken if isinstance(event, TurnEnded)]
    assert [(end.state, end.reply.text) for end in ends[:1]] == [(TurnState.INTERRUPTED, "Half a")]


def test_a_prompt_that_waits_is_there_once_only_when_the_coordinator_fails_while_more_are_typed(tmp_path: Path) -> None:
    with nothing_left():
        chat = Chat(ScriptedServer(*REPLY, survey=HERE), settings(tmp_path, True))
        talk = chat.begin()
        prompts = [f"prompt {number}" for number in range(9)]
        for number, prompt in enumerate(prompts):
            chat.system.input.tell(TextSubmitted(talk, prompt))
            if number % 3 == 0:
                chat.system.coordinator.tell(NONSENSE)  # type: ignore[arg-type]
        over = set[TurnId]()
        while len(over) < len(prompts):
            over.add(chat.ended().stream.turn)
        assert chat.stop().late == ()
    with closing(ArchiveReader.open(tmp_path / FILE_NAME)) as reader:
        record = reader.record(talk)
    assert record is not None
    said = [node.text for node in record.messages if node.parent is None or node.text.startswith("prompt")]
    assert (sorted(said), record.waiting) == (prompts, ())


def test_a_look_that_fails_is_taken_again(tmp_path: Path) -> None:
    with nothing_left():
        chat = Chat(ScriptedServer(*REPLY, survey=HERE), settings(tmp_path, False), memory=ForgetfulMemory(2))
        talk = chat.begin(None)
        assert answer_to(chat, talk, "first").state is TurnState.DONE
        assert chat.stop().late == ()


@pytest.mark.parametrize("policy", [NEVER, RestartPolicy(most=2)])
def test_past_the_bound_the_end_is_told_and_the_engine_can_still_be_stopped(policy: RestartPolicy) -> None:
    with nothing_left():
        chat = Chat(ScriptedServer(*REPLY), restarts=policy)
        chat.begin()
        for _ in range(policy.most + 1):
            chat.system.coordinator.tell(NONSENSE)  # type: ignore[arg-type]
        failed = chat.ui.until(EngineFailed)
        assert (failed.fatal, failed.failure.kind) == (True, "ActorDied")
        assert chat.stop().late == ()
    assert sum(isinstance(event, EngineRecovered) for event in chat.ui.taken) == policy.most


def test_the_engine_is_described_while_the_coordinator_is_gone() -> None:
    with nothing_left():
        chat = Chat(ScriptedServer(*REPLY), restarts=NEVER)
        talk = chat.begin()
        chat.system.coordinator.tell(NONSENSE)  # type: ignore[arg-type]
        chat.ui.until(EngineFailed)
        chat.system.input.tell(TextSubmitted(talk, "/debug"))
        lines = chat.ui.until(NoticePosted).text.splitlines()
        assert chat.stop().late == ()
    assert lines[0].split() == ["part", "waiting", "lost", "restarts"]
    assert [line.split()[0] for line in lines if line[0].isalpha()][1:6] == [
        "Coordinator", "InputHandler", "Accumulator", "Librarian", "Timekeeper",
    ]  # fmt: skip
    assert lines[1].endswith("0 +")
    assert all(len(line) <= 40 for line in lines)

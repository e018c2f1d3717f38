"""An Archivist without a thread: whom it tells, and what it keeps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from actors.archive import FILE_NAME, Archive
from actors.archivist import Archivist, FromArchivist
from protocol.archivist import ArchivistMessage, OpenArchive
from protocol.coordinator import NewsOfActors, Submit
from protocol.errors import ActorDied
from protocol.frames import Chunk
from protocol.identity import ConversationId, TurnId
from protocol.kept import ConversationRecord
from protocol.reply import Reply
from protocol.timekeeper import TimekeeperMessage
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, InputRecalled, ReplyGrew, TurnAccepted, TurnEnded, TurnMoved, UiEvent
from tests.support.addresses import Recorder
from tests.support.clock import FakeClock
from tests.support.keeping import DONE, MODEL, TALK, opened, stream
from tests.support.leaks import nothing_left

OTHER = ConversationId("other")
STARTED = ConversationStarted(TALK, MODEL, "Be brief.")
OTHER_STARTED = ConversationStarted(OTHER, MODEL)
NOTHING_RECALLED = InputRecalled(())


def asked(turn: str, prompt: str, talk: ConversationId = TALK) -> tuple[Submit, TurnAccepted]:
    """A prompt is sent, and accepted."""
    return Submit(talk, prompt), TurnAccepted(talk, TurnId(turn), prompt)


def connecting(turn: str, attempt: int = 1, talk: ConversationId = TALK) -> TurnMoved:
    """An attempt begins."""
    return TurnMoved(talk, stream(turn, attempt), TurnState.CONNECTING, MODEL)


def grew(text: str, turn: str = "1", attempt: int = 1, talk: ConversationId = TALK) -> ReplyGrew:
    """More of a reply came."""
    return ReplyGrew(talk, stream(turn, attempt), (Chunk(text),))


def done(turn: str, text: str, attempt: int = 1, talk: ConversationId = TALK) -> TurnEnded:
    """A reply is there."""
    return TurnEnded(talk, stream(turn, attempt), TurnState.DONE, Reply(text), DONE)


def answered(turn: str, prompt: str, text: str, talk: ConversationId = TALK) -> tuple[ArchivistMessage, ...]:
    """All that is heard of a prompt that is answered."""
    return (*asked(turn, prompt, talk), connecting(turn, 1, talk), done(turn, text, 1, talk))


def kept(folder: Path, talk: ConversationId = TALK) -> ConversationRecord | None:
    """What is on disk of a conversation, with all that waits in it."""
    with opened(folder, "reader") as archive:
        return archive.reader.record(talk)


class Unstarted:
    """An Archivist without a thread, and whom it tells."""

    def __init__(
        self, folder: Path, open_archive: Callable[[], Archive], owner: str, keep_input: bool, adopts: bool = True
    ) -> None:
        self.coordinator, self.ui = Recorder[FromArchivist](), Recorder[UiEvent]()
        self.timekeeper, self.supervisor = Recorder[TimekeeperMessage](), Recorder[NewsOfActors]()
        self.clock = FakeClock(1.0)
        addresses = self.coordinator, self.ui, self.timekeeper, self.supervisor
        self.path = folder / FILE_NAME
        self.actor = Archivist(self.path, owner, open_archive, *addresses, self.clock, keep_input, adopts=adopts)

    def hears(self, *messages: ArchivistMessage) -> None:
        """Act on these."""
        for message in messages:
            self.actor.on_receive(message)

    def fails_at(self, message: ArchivistMessage) -> None:
        """Fail by its own fault, and begin anew."""
        try:
            self.actor.act(message)
        except Exception as error:  # noqa: BLE001 - whatever a test has it raise
            self.actor.recover(message, ActorDied(repr(error)).failure)
        else:
            raise AssertionError("it did not fail")

    def told(self) -> tuple[list[FromArchivist], list[UiEvent], list[TimekeeperMessage]]:
        """What the Coordinator, the UI and the Timekeeper were told since the last time."""
        return self.coordinator.take(), self.ui.take(), self.timekeeper.take()


@contextmanager
def keeping(
    folder: Path,
    owner: str = "me",
    keep_input: bool = False,
    open_archive: Callable[[Path, str], Archive] = Archive,
    adopts: bool = True,
) -> Iterator[Unstarted]:
    """An Archivist at work on the archive in a folder; what it told when it began is there to be taken."""
    with nothing_left():
        archivist = Unstarted(folder, lambda: open_archive(folder / FILE_NAME, owner), owner, keep_input, adopts)
        archivist.hears(OpenArchive())
        yield archivist
        archivist.actor.on_stop()

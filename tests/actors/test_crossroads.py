import pytest

from actors.crossroads import LastWords, Reminders, Tee
from protocol.coordinator import ActorFailed, ActorRestarted
from protocol.errors import ActorDied
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.timekeeper import FlushDue, RemindersLost, RetryDue, SurveyDue, WorkDue
from protocol.ui import EngineFailed, EngineRecovered, NoticePosted, UiEvent
from tests.support.addresses import Recorder
from tests.support.engine import NONSENSE

DEATH = ActorDied("The Coordinator failed.").failure


class Named:
    """An `Address` that writes its name beside what it is told, into a journal that others write into too."""

    def __init__(self, name: str, journal: list[tuple[str, UiEvent]]) -> None:
        self._name, self._journal = name, journal

    def tell(self, message: UiEvent, /) -> None:
        self._journal.append((self._name, message))


def test_what_the_ui_is_told_the_archivist_is_told_before() -> None:
    journal: list[tuple[str, UiEvent]] = []
    tee = Tee(Named("ui", journal), Named("archivist", journal))
    first, second = (NoticePosted(ConversationId("talk"), text) for text in ("first", "second"))
    tee.tell(first)
    tee.tell(second)
    assert journal == [("archivist", first), ("ui", first), ("archivist", second), ("ui", second)]


def test_every_reminder_goes_to_whom_it_is_for() -> None:
    coordinator, archivist = (
        Recorder[RetryDue | SurveyDue | WorkDue | RemindersLost](),
        Recorder[FlushDue | RemindersLost](),
    )
    reminders, retry = Reminders(coordinator, archivist), RetryDue(StreamId(TurnId("1"), 1))
    for reminder in (retry, FlushDue(), SurveyDue()):
        reminders.tell(reminder)
    assert (coordinator.take(), archivist.take()) == ([retry, SurveyDue()], [FlushDue()])


def test_a_reminder_for_nobody_is_a_fault() -> None:
    coordinator, archivist = Recorder[RetryDue | SurveyDue | WorkDue](), Recorder[FlushDue]()
    with pytest.raises(AssertionError) as caught:
        Reminders(coordinator, archivist).tell(NONSENSE)  # type: ignore[arg-type]
    assert str(caught.value) == f"Expected code to be unreachable, but got: {NONSENSE!r}"
    assert (coordinator.take(), archivist.take()) == ([], [])


def test_the_last_words_of_the_coordinator_reach_the_ui() -> None:
    ui = Recorder[UiEvent]()
    words = LastWords(ui)
    words.tell(ActorRestarted("Coordinator", DEATH))
    words.tell(ActorFailed("Coordinator", DEATH))
    assert ui.take() == [EngineRecovered(DEATH), EngineFailed(DEATH, fatal=True)]

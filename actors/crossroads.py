"""Addresses at which news part: they lead to more than one receiver, or say a thing in other words."""

from typing import assert_never

from protocol.address import Address
from protocol.coordinator import ActorFailed, ActorRestarted, NewsOfActors
from protocol.timekeeper import FlushDue, Reminder, RemindersLost, RetryDue, SurveyDue, WorkDue
from protocol.ui import EngineFailed, EngineRecovered, UiEvent


class Tee:
    """An `Address[UiEvent]` that tells the UI, and the Archivist as well."""

    def __init__(self, ui: Address[UiEvent], archivist: Address[UiEvent]) -> None:
        self._ui = ui
        self._archivist = archivist

    def tell(self, message: UiEvent, /) -> None:
        """Put `message` into both mailboxes. Any thread; never blocks."""
        self._archivist.tell(message)
        self._ui.tell(message)


class Reminders:
    """An `Address[Reminder]` that leads each reminder to whom it is for, and the loss of one to both."""

    def __init__(
        self,
        coordinator: Address[RetryDue | SurveyDue | WorkDue | RemindersLost],
        archivist: Address[FlushDue | RemindersLost],
    ) -> None:
        self._coordinator = coordinator
        self._archivist = archivist

    def tell(self, message: Reminder, /) -> None:
        """Put `message` into the mailbox of its receiver. Any thread; never blocks."""
        match message:
            case RetryDue() | SurveyDue() | WorkDue():
                self._coordinator.tell(message)
            case FlushDue():
                self._archivist.tell(message)
            case RemindersLost():
                self._coordinator.tell(message)
                self._archivist.tell(message)
            case _:
                assert_never(message)


class LastWords:
    """An `Address[NewsOfActors]` for the Coordinator's own failures: nobody is above it but the UI."""

    def __init__(self, ui: Address[UiEvent]) -> None:
        self._ui = ui

    def tell(self, message: NewsOfActors, /) -> None:
        """Tell the UI. Any thread; never blocks."""
        match message:
            case ActorFailed(failure=failure):
                self._ui.tell(EngineFailed(failure, fatal=True))
            case ActorRestarted(failure=failure):
                self._ui.tell(EngineRecovered(failure))
            case _:
                assert_never(message)

"""Addresses that lead to more than one actor."""

from typing import assert_never

from protocol.address import Address
from protocol.timekeeper import FlushDue, Reminder, RemindersLost, RetryDue, SurveyDue
from protocol.ui import UiEvent


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
        self, coordinator: Address[RetryDue | SurveyDue | RemindersLost], archivist: Address[FlushDue | RemindersLost]
    ) -> None:
        self._coordinator = coordinator
        self._archivist = archivist

    def tell(self, message: Reminder, /) -> None:
        """Put `message` into the mailbox of its receiver. Any thread; never blocks."""
        match message:
            case RetryDue() | SurveyDue():
                self._coordinator.tell(message)
            case FlushDue():
                self._archivist.tell(message)
            case RemindersLost():
                self._coordinator.tell(message)
                self._archivist.tell(message)
            case _:
                assert_never(message)

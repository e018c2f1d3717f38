"""The Timekeeper: tells a message later."""

import heapq
import logging
import queue
import threading
from collections.abc import Callable
from itertools import count
from typing import assert_never

from actors.vitals import Vitals
from protocol.address import Address
from protocol.coordinator import ActorFailed, ActorRestarted, NewsOfActors
from protocol.errors import ActorDied
from protocol.timekeeper import Remind, Reminder, RemindersLost, StopKeeping, TimekeeperMessage

logger = logging.getLogger(__name__)


class Timekeeper(threading.Thread):
    """One plain thread over a queue that it can wait on with a deadline, which a pykka mailbox cannot.

    `clock` tells seconds that never go back, such as `time.monotonic`.
    """

    def __init__(
        self,
        receiver: Address[Reminder],
        supervisor: Address[NewsOfActors],
        clock: Callable[[], float],
        vitals: Vitals | None = None,
    ) -> None:
        super().__init__(name="Timekeeper", daemon=True)
        self._receiver = receiver
        self._supervisor = supervisor
        self._clock = clock
        self._vitals = vitals or Vitals()
        self._mailbox: queue.SimpleQueue[TimekeeperMessage] = queue.SimpleQueue()
        self._reminders: list[tuple[float, int, Reminder]] = []
        self._order = count()
        self._stopping = False

    def tell(self, message: TimekeeperMessage, /) -> None:
        """Put `message` into the mailbox. Any thread; never blocks."""
        self._mailbox.put(message)

    def end(self, seconds: float) -> bool:
        """Stop the thread; False if that took longer than `seconds`. Any thread but this one."""
        self.tell(StopKeeping())
        self.join(seconds)
        return not self.is_alive()

    @property
    def depth(self) -> int:
        """How many messages wait in the mailbox. Any thread."""
        return self._mailbox.qsize()

    def run(self) -> None:
        """Wait for messages and deadlines, whichever is first, until told to stop. A failure is told."""
        while not self._stopping:
            try:
                self._keep()
            except BaseException as error:
                logger.error("the Timekeeper failed", exc_info=error)
                if not self._survives(error):
                    self._stopping = True

    def _survives(self, error: BaseException) -> bool:
        """Go on with the reminders that are left, and say that one may be lost; False if that does not help."""
        failure = ActorDied(f"The Timekeeper failed ({error!r}).", "The log has the details.").failure
        try:
            if self._vitals.may_restart():
                self._receiver.tell(RemindersLost())
                self._supervisor.tell(ActorRestarted("Timekeeper", failure))
                return True
        except BaseException:
            logger.exception("the Timekeeper cannot begin anew")
        self._vitals.dead = True
        self._supervisor.tell(ActorFailed("Timekeeper", failure))
        return False

    def _keep(self) -> None:
        while not self._stopping:
            try:
                self._vitals.rest()
                message = self._mailbox.get(timeout=self.next_deadline())
            except queue.Empty:
                self.tell_due()
            else:
                self._stopping = isinstance(message, StopKeeping)  # whatever it fails at then
                self._vitals.begin(message)
                self.on_receive(message)
                self.tell_due()

    def on_receive(self, message: TimekeeperMessage) -> None:
        """Act on one message. The Timekeeper's thread."""
        match message:
            case Remind(after=after, reminder=reminder):
                heapq.heappush(self._reminders, (self._clock() + after, next(self._order), reminder))
            case StopKeeping():
                self._reminders.clear()
                self._stopping = True
            case _:
                assert_never(message)

    def next_deadline(self) -> float | None:
        """Seconds until the next reminder is due; None when there is none."""
        return max(0.0, self._reminders[0][0] - self._clock()) if self._reminders else None

    def tell_due(self) -> None:
        """Tell every reminder whose time has come, in the order of their times."""
        while self._reminders and self._reminders[0][0] <= self._clock():
            _, _, reminder = heapq.heappop(self._reminders)
            self._receiver.tell(reminder)

"""Actors that do one thing: what cancels them, how many there are, and that none is left."""

import pykka

from actors.cancel import CancelToken
from actors.under_way import UnderWay
from tests.support.addresses import PATIENCE, QueueAddress
from tests.support.leaks import nothing_left

BUSY = "busy"


class Worker(pykka.ThreadingActor):
    """Ends at once, or waits for its cancellation where it is told to be busy."""

    def __init__(self, cancel: CancelToken, told: QueueAddress[str]) -> None:
        super().__init__()
        self._cancel = cancel
        self._told = told

    def on_receive(self, message: str) -> None:
        """Work."""
        woken = QueueAddress[str]()
        if message == BUSY:
            with self._cancel.unblocking(lambda: woken.tell("cancelled")):
                self._told.tell(BUSY)
                self._told.tell(woken.next())
        self.stop()


class Desk:
    def __init__(self) -> None:
        self.told = QueueAddress[str]()
        self.workers = UnderWay[int]()

    def begin(self, number: int, message: str = BUSY) -> None:
        self.workers.begin(number, lambda cancel: Worker.start(cancel, self.told), message)
        if message == BUSY:
            assert self.told.next() == BUSY


def test_one_is_cancelled_by_its_name_and_the_others_go_on() -> None:
    with nothing_left():
        desk = Desk()
        desk.begin(1)
        desk.begin(2)
        desk.workers.close(1)
        desk.workers.close(7)
        assert (desk.told.next(), desk.workers.count) == ("cancelled", 1)
        assert desk.workers.stop_all(PATIENCE)


def test_another_of_the_same_name_takes_its_place() -> None:
    with nothing_left():
        desk = Desk()
        desk.begin(1)
        desk.workers.begin(1, lambda cancel: Worker.start(cancel, desk.told), "nothing")
        assert desk.told.next() == "cancelled"
        assert desk.workers.stop_all(PATIENCE)


def test_one_that_has_ended_by_itself_is_not_alive_and_one_that_is_cancelled_is_until_it_ends() -> None:
    with nothing_left():
        desk = Desk()
        refs: list[pykka.ActorRef[Worker]] = []

        def start(cancel: CancelToken) -> pykka.ActorRef[Worker]:
            refs.append(Worker.start(cancel, desk.told))
            return refs[-1]

        desk.workers.begin(1, start, "nothing")
        assert refs[0].actor_stopped.wait(PATIENCE)
        desk.begin(2)
        assert desk.workers.alive() == 1
        assert desk.workers.stop_all(PATIENCE)
        assert desk.workers.alive() == 0

import threading

from actors.actor import Actor, settle, stop
from protocol.address import Address
from protocol.coordinator import NewsOfActors
from protocol.identity import StreamId, TurnId
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.engine import death_of
from tests.support.leaks import nothing_left

NOBODY = Recorder[object]()
STREAM = StreamId(TurnId("turn"), 1)


class Echo(Actor[str]):
    """Tells what it is told; dies of `die`, ends by itself at `end`, blocks at `block` until it is released."""

    def __init__(
        self, receiver: Address[str], supervisor: Address[NewsOfActors], released: threading.Event | None = None
    ) -> None:
        super().__init__(supervisor)
        self._receiver = receiver
        self._released = released or threading.Event()

    def on_receive(self, message: str) -> None:
        match message:
            case "die":
                raise ValueError(message)
            case "end":
                self.stop()
            case "block":
                self._receiver.tell("blocked")
                self._released.wait(PATIENCE)
            case _:
                self._receiver.tell(message)


class ServingEcho(Echo):
    """An Echo that lives for one stream."""

    def serves(self) -> StreamId:
        return STREAM


def test_what_is_in_the_mailbox_is_done_before_a_stop_and_the_rest_is_not() -> None:
    receiver, released = QueueAddress[str](), threading.Event()
    with nothing_left():
        ref = Echo.start(receiver, NOBODY, released)
        ref.tell("block")
        ref.tell("before")
        assert receiver.next() == "blocked"
        assert stop(ref, 0.0) is False
        ref.tell("after")
        released.set()
        assert stop(ref, PATIENCE) is True
    assert receiver.drain() == ["before"]


def test_stopping_the_dead_is_done_at_once() -> None:
    ref = Echo.start(NOBODY, NOBODY)
    assert stop(ref, PATIENCE) is True
    assert stop(ref, 0.0) is True


def test_an_actor_that_ends_by_itself_while_it_is_stopped_is_never_late() -> None:
    with nothing_left():
        for _ in range(1000):
            ref = Echo.start(NOBODY, NOBODY)
            ref.tell("end")
            assert stop(ref, PATIENCE)


def test_a_death_is_told_with_its_cause() -> None:
    supervisor, receiver = QueueAddress[NewsOfActors](), QueueAddress[str]()
    with nothing_left():
        ref = Echo.start(receiver, supervisor)
        ref.tell("die")
        assert supervisor.next() == death_of("Echo", "ValueError('die')")
    assert (supervisor.drain(), receiver.drain()) == ([], [])


def test_a_death_names_the_stream_that_ends_with_it() -> None:
    supervisor = QueueAddress[NewsOfActors]()
    ServingEcho.start(NOBODY, supervisor).tell("die")
    assert supervisor.next() == death_of("ServingEcho", "ValueError('die')", STREAM)


def test_an_actor_that_is_stopped_has_no_last_words() -> None:
    supervisor = QueueAddress[NewsOfActors]()
    assert stop(Echo.start(NOBODY, supervisor), PATIENCE)
    assert supervisor.drain() == []


def test_settling_waits_until_the_message_was_acted_on() -> None:
    receiver, released = QueueAddress[str](), threading.Event()
    with nothing_left():
        ref = Echo.start(receiver, NOBODY, released)
        assert settle(ref, "first", PATIENCE) is True
        assert receiver.drain() == ["first"]
        assert settle(ref, "block", 0.0) is False
        released.set()
        assert settle(ref, "second", PATIENCE) is True
        assert stop(ref, PATIENCE)
    assert receiver.drain() == ["blocked", "second"]


def test_settling_goes_on_when_the_message_fails_and_when_nobody_is_there() -> None:
    with nothing_left():
        ref = Echo.start(NOBODY, NOBODY)
        assert settle(ref, "die", PATIENCE) is True
        assert stop(ref, PATIENCE)
        assert settle(ref, "anybody there?", 0.0) is True

import threading

import pytest

from actors.actor import Actor, settle, stop
from actors.vitals import Vitals
from protocol.address import Address
from protocol.coordinator import ActorRestarted, NewsOfActors
from protocol.errors import Failure
from protocol.identity import StreamId, TurnId
from protocol.supervision import RestartPolicy
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.engine import death_of
from tests.support.leaks import nothing_left

NOBODY = Recorder[object]()
STREAM = StreamId(TurnId("turn"), 1)


class Echo(Actor[str]):
    """Tells what it is told; dies of `die`, ends by itself at `end`, blocks at `block` until it is released."""

    def __init__(
        self,
        receiver: Address[str],
        supervisor: Address[NewsOfActors],
        released: threading.Event | None = None,
        vitals: Vitals | None = None,
    ) -> None:
        super().__init__(supervisor, vitals)
        self._receiver = receiver
        self._released = released or threading.Event()

    def act(self, message: str) -> None:
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


class Survivor(Echo):
    """An Echo that tells what it was at when it failed; it cannot begin anew after `incurable`."""

    def act(self, message: str) -> None:
        if message == "exit":
            raise SystemExit(message)
        if message == "incurable":
            raise ValueError(message)
        super().act(message)

    def recover(self, message: str, failure: Failure) -> None:
        if message == "incurable":
            raise KeyError(message)
        self._receiver.tell(f"lost {message}")


class Stillborn(Echo):
    """An Echo that fails before its first message."""

    def begin(self) -> None:
        raise ValueError("unborn")


def restart_of(actor: str, cause: str) -> ActorRestarted:
    return ActorRestarted(actor, death_of(actor, cause).failure)


def test_an_actor_that_may_be_restarted_keeps_its_mailbox_and_loses_one_message() -> None:
    supervisor, receiver = QueueAddress[NewsOfActors](), QueueAddress[str]()
    vitals = Vitals(RestartPolicy(most=2))
    with nothing_left():
        ref = Survivor.start(receiver, supervisor, vitals=vitals)
        for message in ("before", "die", "between", "exit", "after"):
            ref.tell(message)
        assert [receiver.next() for _ in range(5)] == ["before", "lost die", "between", "lost exit", "after"]
        assert settle(ref, "settled", PATIENCE)
        assert supervisor.drain() == [
            restart_of("Survivor", "ValueError('die')"),
            restart_of("Survivor", "SystemExit('exit')"),
        ]
        assert (vitals.restarts, vitals.dead, vitals.busy) == (2, False, None)
        ref.tell("exit")
        assert supervisor.next() == death_of("Survivor", """ActorCrashed("SystemExit('exit')")""")
        assert stop(ref, PATIENCE)
    assert vitals.dead


def test_an_actor_that_cannot_begin_anew_dies_of_that() -> None:
    supervisor = QueueAddress[NewsOfActors]()
    with nothing_left():
        Survivor.start(NOBODY, supervisor, vitals=Vitals(RestartPolicy())).tell("incurable")
        assert supervisor.next() == death_of("Survivor", "KeyError('incurable')")


def test_a_failure_before_the_first_message_is_told() -> None:
    supervisor = QueueAddress[NewsOfActors]()
    with nothing_left():
        Stillborn.start(NOBODY, supervisor)
        assert supervisor.next() == death_of("Stillborn", "ValueError('unborn')")


def test_whoever_drives_an_actor_without_a_thread_sees_what_it_fails_at() -> None:
    with pytest.raises(ValueError) as caught:
        Survivor(NOBODY, NOBODY).on_receive("die")
    assert str(caught.value) == "die"

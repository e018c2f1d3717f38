import weakref
from queue import Empty

import pytest
from pykka import ThreadingActor
from pykka._envelope import Envelope

from actors.actor import Actor, waiting_for
from actors.inbox import Inbox
from protocol.coordinator import NewsOfActors
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.leaks import nothing_left


class Large:
    """A message that can be seen to be gone."""


def test_what_was_acted_on_is_let_go_of_before_the_next_is_waited_for() -> None:
    inbox, large = Inbox(), Large()
    seen = weakref.ref(large)
    inbox.put(Envelope(large))
    del large
    envelope = inbox.get()
    assert envelope.message is seen()
    with pytest.raises(Empty):
        inbox.get(block=False)
    assert (envelope.message, seen()) == (None, None)


def test_messages_come_in_order() -> None:
    inbox = Inbox()
    for number in range(3):
        inbox.put(Envelope(number))
    assert [inbox.get().message for _ in range(3)] == [0, 1, 2]


def test_what_may_wait_wakes_nobody_and_comes_in_its_order() -> None:
    inbox = Inbox(lambda message: message != "loud")
    for message in ("quiet", "still quiet", "loud", "later"):
        inbox.put(Envelope(message))
    assert inbox.qsize() == 4
    assert [inbox.get().message for _ in range(3)] == ["quiet", "still quiet", "loud"]
    assert inbox.empty()
    with pytest.raises(Empty):
        inbox.get(block=False)
    inbox.put(Envelope("loud"))
    assert inbox.get().message == "later"
    assert not inbox.empty()
    assert inbox.get().message == "loud"


class Echo(Actor[str]):
    """Tells what it is told."""

    def __init__(self, to: QueueAddress[str]) -> None:
        super().__init__(Recorder[NewsOfActors]())
        self._to = to

    def act(self, message: str) -> None:
        self._to.tell(message)


def test_an_actor_has_one() -> None:
    with nothing_left():
        heard = QueueAddress[str]()
        ref = Echo.start(heard)
        assert isinstance(ref.actor_inbox, Inbox)
        assert not isinstance(ThreadingActor._create_actor_inbox(), Inbox)
        ref.tell("one")
        ref.tell("two")
        assert [heard.next(), heard.next()] == ["one", "two"]
        assert ref.ask("three", timeout=PATIENCE) is None
        assert waiting_for(ref) == 0
        ref.stop()

import threading

import pytest

from protocol.address import Address
from tests.support.addresses import QueueAddress, Recorder


def test_a_recorder_keeps_what_it_was_told_in_order() -> None:
    recorder = Recorder[str]()
    address: Address[str] = recorder
    address.tell("one")
    address.tell("two")
    assert recorder.told == ["one", "two"]


def test_a_recorder_forgets_what_was_taken() -> None:
    recorder = Recorder[str]()
    recorder.tell("one")
    assert recorder.take() == ["one"]
    recorder.tell("two")
    assert recorder.take() == ["two"]
    assert recorder.told == []


def test_next_waits_for_another_thread() -> None:
    address = QueueAddress[str]()
    sender = threading.Timer(0.01, address.tell, ("late",))
    sender.start()
    assert address.next() == "late"
    sender.join()


def test_next_names_what_came_before_when_nothing_more_comes() -> None:
    address = QueueAddress[str]()
    address.tell("only")
    assert address.next() == "only"
    with pytest.raises(AssertionError) as caught:
        address.next(timeout=0.01)
    assert str(caught.value) == "nothing was told in time; before that: ['only']"


def test_until_passes_over_other_kinds_and_keeps_them() -> None:
    address = QueueAddress[str | int]()
    for message in ("one", 2, "three"):
        address.tell(message)
    assert address.until(int) == 2
    assert address.taken == ["one", 2]
    assert address.drain() == ["three"]


def test_until_names_the_kind_it_waited_for_in_vain() -> None:
    address = QueueAddress[str | int]()
    address.tell("one")
    with pytest.raises(AssertionError) as caught:
        address.until(int, timeout=0.01)
    assert str(caught.value) == "no int was told in time; before that: ['one']"


def test_drain_returns_nothing_when_nothing_was_told() -> None:
    assert QueueAddress[str]().drain() == []

import os
from collections.abc import Iterator

import pytest
import urwid

from tests.support.clock import FakeClock
from ui.event_loop import SteadyEventLoop


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


def leave() -> None:
    raise urwid.ExitMainLoop


def test_alarms_go_off_in_order_and_the_idle_comes_when_nothing_is_due() -> None:
    loop, happened = SteadyEventLoop(FakeClock()), list[str]()
    loop.alarm(0, lambda: happened.append("first"))
    loop.alarm(0, lambda: happened.append("second"))
    loop.enter_idle(lambda: happened.append("idle"))
    loop.enter_idle(leave)
    loop.run()
    assert happened == ["first", "second", "idle"]


def test_an_alarm_that_is_taken_back_does_not_go_off() -> None:
    loop, happened = SteadyEventLoop(), list[str]()
    handle = loop.alarm(0, lambda: happened.append("never"))
    loop.alarm(0, leave)
    assert (loop.remove_alarm(handle), loop.remove_alarm(handle)) == (True, False)
    loop.run()
    assert happened == []


def test_what_can_be_read_is_read_and_then_the_loop_is_idle_once(pipe: tuple[int, int]) -> None:
    loop, happened = SteadyEventLoop(), list[bytes]()
    loop.watch_file(pipe[0], lambda: happened.append(os.read(pipe[0], 9)))
    loop.enter_idle(lambda: happened.append(b"idle"))
    loop.alarm(0.05, lambda: os.write(pipe[1], b"word"))
    loop.alarm(0.1, leave)
    loop.run()
    assert happened == [b"idle", b"word", b"idle"] or happened == [b"idle", b"idle", b"word", b"idle"]


def test_a_descriptor_is_watched_by_whoever_asked_last_until_nobody_does(pipe: tuple[int, int]) -> None:
    loop, happened = SteadyEventLoop(), list[bytes]()
    loop.watch_file(pipe[0], lambda: happened.append(b"first"))
    handle = loop.watch_file(pipe[0], lambda: happened.append(os.read(pipe[0], 9)))
    os.write(pipe[1], b"x")
    loop.alarm(0.01, leave)
    loop.run()
    assert (loop.remove_watch_file(handle), loop.remove_watch_file(handle)) == (True, False)
    os.write(pipe[1], b"y")
    loop.alarm(0, leave)
    loop.run()
    assert happened == [b"x"]


def test_one_of_two_that_are_ready_may_take_the_other_away(pipe: tuple[int, int]) -> None:
    loop, happened = SteadyEventLoop(), list[str]()
    reader, writer = os.pipe()

    def take_away(other: int) -> None:
        happened.append("one")
        loop.remove_watch_file(other)
        loop.alarm(0, leave)

    loop.watch_file(pipe[0], lambda: take_away(reader))
    loop.watch_file(reader, lambda: take_away(pipe[0]))
    for end in (pipe[1], writer):
        os.write(end, b"x")
    loop.run()
    os.close(reader)
    os.close(writer)
    assert happened == ["one"]


def test_an_always_readable_descriptor_does_not_hold_up_alarms(pipe: tuple[int, int]) -> None:
    loop = SteadyEventLoop()
    loop.watch_file(pipe[0], lambda: None)
    os.write(pipe[1], b"x")
    loop.alarm(0.01, leave)
    loop.run()


def test_idle_callbacks_can_be_taken_back() -> None:
    loop, happened = SteadyEventLoop(), list[str]()
    handle = loop.enter_idle(lambda: happened.append("never"))
    loop.enter_idle(leave)
    assert (loop.remove_enter_idle(handle), loop.remove_enter_idle(handle)) == (True, False)
    loop.run()
    assert happened == []


def test_another_exception_comes_out_of_the_loop() -> None:
    loop = SteadyEventLoop()
    loop.alarm(0, {}.popitem)
    with pytest.raises(KeyError):
        loop.run()

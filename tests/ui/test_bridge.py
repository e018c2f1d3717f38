import os
import select
import sys
import threading
from collections.abc import Callable
from itertools import count
from types import FrameType
from typing import Any

import pytest

from protocol.frames import Chunk
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.ui import NoticePosted, ReplyGrew, UiEvent
from ui.bridge import Bridge

TALK = ConversationId("c")


class PipeLoop:
    """Watches one pipe, as an event loop does that a test turns by hand."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        self.wakes: list[int] = []
        os.set_blocking(self.reader, False)

    def watch_pipe(self, callback: Callable[[bytes], bool | None], /) -> int:
        self._callback = callback
        return self.writer

    def remove_watch_pipe(self, write_fd: int, /) -> bool:
        os.close(self.reader)
        return write_fd == self.writer

    def turn(self) -> None:
        """Deliver what is in the pipe, if anything."""
        try:
            data = os.read(self.reader, 4096)
        except BlockingIOError:
            return
        self.wakes.append(len(data))
        self._callback(data)

    def wait(self, timeout: float) -> bool:
        """Wait until there is something in the pipe."""
        return bool(select.select([self.reader], [], [], timeout)[0])


def notice(text: str) -> NoticePosted:
    return NoticePosted(TALK, text)


def grew(attempt: int, *texts: str) -> ReplyGrew:
    return ReplyGrew(TALK, StreamId(TurnId("t"), attempt), tuple(Chunk(text) for text in texts))


def nothing() -> None:
    pass


def test_many_events_wake_the_loop_once() -> None:
    loop, bridge = PipeLoop(), Bridge()
    bridge.attach(loop, nothing)
    for number in range(10):
        bridge.tell(notice(str(number)))

    loop.turn()
    loop.turn()

    assert loop.wakes == [1]
    assert bridge.drain() == [notice(str(number)) for number in range(10)]
    bridge.detach()


def test_an_event_after_the_drain_wakes_the_loop_again() -> None:
    loop, bridge = PipeLoop(), Bridge()
    bridge.attach(loop, nothing)
    bridge.tell(notice("a"))
    loop.turn()
    bridge.drain()

    bridge.tell(notice("b"))
    loop.turn()

    assert (loop.wakes, bridge.drain()) == ([1, 1], [notice("b")])
    bridge.detach()


def test_a_drain_that_nobody_asked_for_rings_no_second_time() -> None:
    loop, bridge = PipeLoop(), Bridge()
    bridge.attach(loop, nothing)
    bridge.tell(notice("a"))

    assert bridge.drain() == [notice("a")]
    bridge.tell(notice("b"))
    loop.turn()

    assert (loop.wakes, bridge.drain()) == ([1], [notice("b")])
    bridge.detach()


def test_events_told_before_the_loop_is_there_are_kept_and_wake_it() -> None:
    loop, bridge = PipeLoop(), Bridge()
    bridge.tell(notice("early"))

    bridge.attach(loop, nothing)
    loop.turn()

    assert (loop.wakes, bridge.drain()) == ([1], [notice("early")])
    bridge.detach()


def test_telling_after_the_loop_is_gone_does_nothing() -> None:
    loop, bridge = PipeLoop(), Bridge()
    bridge.attach(loop, nothing)
    bridge.detach()

    bridge.tell(notice("late"))

    assert loop.wakes == []


def test_the_pipe_is_closed_when_the_loop_is_gone() -> None:
    loop, bridge = PipeLoop(), Bridge()
    bridge.attach(loop, nothing)
    bridge.detach()

    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(loop.writer)


def test_growth_of_one_reply_that_is_adjacent_comes_as_one_event() -> None:
    bridge = Bridge()
    for event in (grew(1, "a"), grew(1, "b", "c"), grew(2, "d"), notice("x"), grew(2, "e"), notice("x"), notice("x")):
        bridge.tell(event)

    assert bridge.drain() == [
        grew(1, "a", "b", "c"),
        grew(2, "d"),
        notice("x"),
        grew(2, "e"),
        notice("x"),
        notice("x"),
    ]


def test_nothing_is_lost_under_many_threads() -> None:
    producers, each = 8, 2_000
    loop, bridge = PipeLoop(), Bridge()
    bridge.attach(loop, nothing)

    def produce(name: int) -> None:
        for number in range(each):
            bridge.tell(notice(f"{name} {number}"))

    threads = [threading.Thread(target=produce, args=(name,)) for name in range(producers)]
    for thread in threads:
        thread.start()
    seen: list[UiEvent] = []
    while len(seen) < producers * each:
        assert loop.wait(10.0), "a wake-up was lost"
        loop.turn()
        seen.extend(bridge.drain())
    for thread in threads:
        thread.join()

    assert set(loop.wakes) == {1}
    for name in range(producers):
        mine = [event for event in seen if isinstance(event, NoticePosted) and event.text.startswith(f"{name} ")]
        assert mine == [notice(f"{name} {n}") for n in range(each)]
    bridge.detach()


def drain_interrupted(bridge: Bridge, moment: int, event: UiEvent) -> tuple[list[UiEvent], bool]:
    """Drain, and tell `event` when the drain has come to its line number `moment`, as another thread might."""
    lines = 0

    def trace(frame: FrameType, kind: str, _: Any) -> Any:
        nonlocal lines
        if frame.f_code is not Bridge.drain.__code__:
            return None
        lines += kind == "line"
        if kind == "line" and lines == moment:
            bridge.tell(event)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        drained = bridge.drain()
    finally:
        sys.settrace(before)
    return drained, lines >= moment


def test_no_wake_up_is_lost_at_whatever_line_of_a_drain_an_event_comes() -> None:
    moments = 0
    for moment in count(1):
        loop, bridge = PipeLoop(), Bridge()
        bridge.attach(loop, nothing)
        bridge.tell(notice("first"))
        loop.turn()
        drained, came = drain_interrupted(bridge, moment, notice("second"))
        if not came:
            bridge.detach()
            break
        if notice("second") not in drained:
            assert loop.wait(0), f"told at line {moment} of the drain, and nothing wakes the loop"
            loop.turn()
            drained += bridge.drain()
        assert drained == [notice("first"), notice("second")]
        bridge.detach()
        moments = moment
    assert moments >= 3

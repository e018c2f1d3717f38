import heapq
from collections.abc import Callable
from itertools import count

from tests.support.clock import FakeClock
from ui.pacer import Pacer


class Alarms:
    """Alarms that go off when a test lets time pass."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._numbers = count()
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []

    def set(self, seconds: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._waiting, (self._clock() + seconds, next(self._numbers), call))

    def __len__(self) -> int:
        return len(self._waiting)

    def run_until(self, end: float) -> None:
        """Let time pass up to `end`, and everything that is due happen."""
        while self._waiting and self._waiting[0][0] <= end:
            due, _, call = heapq.heappop(self._waiting)
            self._clock.advance(max(0.0, due - self._clock()))
            call()
        self._clock.advance(max(0.0, end - self._clock()))


class Painter:
    """Notes when it painted; every frame takes so many seconds."""

    def __init__(self, clock: FakeClock, takes: float = 0.0) -> None:
        self._clock = clock
        self._takes = takes
        self.frames: list[float] = []

    def __call__(self) -> None:
        self.frames.append(round(self._clock(), 3))
        self._clock.advance(self._takes)


def test_the_first_request_after_a_quiet_time_is_painted_at_once() -> None:
    clock = FakeClock(100.0)
    alarms, painter = Alarms(clock), Painter(clock)
    pacer = Pacer(painter, alarms.set, clock, beat=0.1, early=0)

    pacer.request()
    alarms.run_until(105.0)
    pacer.request()
    alarms.run_until(110.0)

    assert painter.frames == [100.0, 105.0]


def test_requests_in_a_stream_are_painted_at_the_beat() -> None:
    clock = FakeClock()
    alarms, painter = Alarms(clock), Painter(clock)
    pacer = Pacer(painter, alarms.set, clock, beat=0.1, early=0)

    for millisecond in range(350):
        pacer.request()
        alarms.run_until(millisecond / 1000)

    assert painter.frames == [0.0, 0.1, 0.2, 0.3]


def test_any_number_of_requests_sets_one_alarm() -> None:
    clock = FakeClock()
    alarms = Alarms(clock)
    pacer = Pacer(Painter(clock), alarms.set, clock)

    for _ in range(1_000):
        pacer.request()

    assert len(alarms) == 1


def test_a_request_made_while_painting_gets_a_frame_of_its_own() -> None:
    clock = FakeClock()
    alarms = Alarms(clock)
    frames: list[float] = []

    def paint() -> None:
        frames.append(clock())
        if len(frames) == 1:
            pacer.request()

    pacer = Pacer(paint, alarms.set, clock, beat=0.25, early=0)
    pacer.request()
    alarms.run_until(1.0)

    assert frames == [0.0, 0.25]


def test_dear_frames_come_less_often() -> None:
    clock = FakeClock()
    alarms, painter = Alarms(clock), Painter(clock, takes=0.05)
    pacer = Pacer(painter, alarms.set, clock, beat=0.1, early=0)

    for hundredth in range(80):
        pacer.request()
        alarms.run_until(hundredth / 100)

    assert painter.frames == [0.0, 0.25, 0.5, 0.75]


def test_no_frame_is_so_dear_that_the_next_waits_for_long() -> None:
    clock = FakeClock()
    alarms, painter = Alarms(clock), Painter(clock, takes=2.0)
    pacer = Pacer(painter, alarms.set, clock, early=0)

    pacer.request()
    alarms.run_until(0.0)
    pacer.request()
    alarms.run_until(3.0)

    assert painter.frames == [0.0, 2.5]


def test_frames_that_cost_as_much_as_several_come_as_seldom() -> None:
    clock = FakeClock()
    alarms = Alarms(clock)
    frames: list[float] = []

    def paint() -> None:
        frames.append(round(clock(), 3))
        pacer.spare(3)

    pacer = Pacer(paint, alarms.set, clock, beat=0.1, early=0)
    for hundredth in range(100):
        pacer.request()
        alarms.run_until(hundredth / 100)

    assert frames == [0.0, 0.3, 0.6, 0.9]


def test_frames_that_catch_up_take_half_of_the_time() -> None:
    clock = FakeClock()
    alarms = Alarms(clock)
    frames: list[float] = []

    def paint() -> None:
        frames.append(round(clock(), 3))
        clock.advance(0.25)
        if len(frames) < 3:
            pacer.hurry()

    pacer = Pacer(paint, alarms.set, clock, beat=0.1, early=0)
    pacer.request()
    alarms.run_until(10.0)
    pacer.request()

    assert frames == [0.0, 0.5, 1.0, 10.0]


def test_after_a_quiet_time_some_frames_come_before_their_time() -> None:
    clock = FakeClock()
    alarms, painter = Alarms(clock), Painter(clock)
    pacer = Pacer(painter, alarms.set, clock, beat=0.1, early=2)

    for hundredth in range(50):
        pacer.request()
        alarms.run_until(hundredth / 100)

    assert painter.frames == [0.0, 0.0, 0.01, 0.1, 0.2, 0.3, 0.4]

import threading
from collections import deque
from collections.abc import Callable

import pytest

from actors.cancel import Cancelled, CancelToken
from actors.credit import Credit, cost
from protocol.chat import ToolCall
from protocol.frames import Chunk
from protocol.identity import StreamId, TurnId
from tests.support.addresses import PATIENCE

STREAM = StreamId(TurnId("turn"), 1)
OTHER = StreamId(TurnId("turn"), 2)
A_MOMENT = 0.05
"""How long something that must not happen is given to happen; a right program never makes it matter."""


class Taker:
    """A thread that takes, and how that ended."""

    def __init__(self, credit: Credit, amount: int, cancel: CancelToken) -> None:
        self._ended = threading.Event()
        self.outcome = "waits"
        self._thread = threading.Thread(target=self._run, args=(credit, amount, cancel), daemon=True)
        self._thread.start()

    def has_ended(self, seconds: float = PATIENCE) -> bool:
        return self._ended.wait(seconds)

    def _run(self, credit: Credit, amount: int, cancel: CancelToken) -> None:
        try:
            credit.take(STREAM, amount, cancel)
            self.outcome = "took"
        except Cancelled:
            self.outcome = "cancelled"
        self._ended.set()


@pytest.mark.parametrize(
    ("chunk", "price"),
    [
        (Chunk(), 1),
        (Chunk("x" * 4095), 1),
        (Chunk("x" * 4096), 2),
        (Chunk("x" * 4096, "y" * 4096), 3),
        (Chunk(tool_calls=(ToolCall("f", "x" * 8191),)), 3),
    ],
)
def test_long_chunks_cost_more(chunk: Chunk, price: int) -> None:
    assert cost(chunk) == price


def test_what_fits_is_taken_at_once() -> None:
    credit = Credit(4)
    credit.take(STREAM, 3, CancelToken())
    credit.take(STREAM, 1, CancelToken())
    assert credit.in_flight(STREAM) == 4


def test_streams_have_accounts_of_their_own() -> None:
    credit = Credit(4)
    credit.take(STREAM, 4, CancelToken())
    credit.take(OTHER, 4, CancelToken())
    credit.give_back(OTHER, 4)
    assert (credit.in_flight(STREAM), credit.in_flight(OTHER)) == (4, 0)


def test_what_does_not_fit_waits_until_enough_is_given_back() -> None:
    credit = Credit(4)
    credit.take(STREAM, 4, CancelToken())
    taker = Taker(credit, 2, CancelToken())
    assert not taker.has_ended(A_MOMENT)
    credit.give_back(STREAM, 1)
    assert not taker.has_ended(A_MOMENT)
    credit.give_back(STREAM, 1)
    assert taker.has_ended()
    assert (taker.outcome, credit.in_flight(STREAM)) == ("took", 4)


def test_what_exceeds_the_capacity_goes_alone() -> None:
    credit = Credit(4)
    credit.take(STREAM, 1, CancelToken())
    taker = Taker(credit, 100, CancelToken())
    assert not taker.has_ended(A_MOMENT)
    credit.give_back(STREAM, 1)
    assert taker.has_ended()
    assert (taker.outcome, credit.in_flight(STREAM)) == ("took", 100)


def test_cancel_wakes_who_waits_and_nothing_is_taken() -> None:
    credit, cancel = Credit(4), CancelToken()
    credit.take(STREAM, 4, CancelToken())
    taker = Taker(credit, 1, cancel)
    cancel.cancel()
    assert taker.has_ended()
    assert (taker.outcome, credit.in_flight(STREAM)) == ("cancelled", 4)


def test_a_cancelled_stream_takes_nothing_even_if_there_is_room() -> None:
    credit, cancel = Credit(4), CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        credit.take(STREAM, 1, cancel)
    assert credit.in_flight(STREAM) == 0


def test_giving_back_what_nobody_took_opens_no_account() -> None:
    credit = Credit(4)
    credit.give_back(STREAM, 3)
    assert credit.in_flight(STREAM) == 0
    credit.take(STREAM, 4, CancelToken())
    taker = Taker(credit, 1, CancelToken())
    assert not taker.has_ended(A_MOMENT)
    credit.give_back(STREAM, 9)
    assert taker.has_ended()
    assert credit.in_flight(STREAM) == 1


def test_many_readers_and_one_receiver_neither_exceed_the_bound_nor_sleep_for_ever() -> None:
    credit, letters = Credit(3), deque[StreamId]()
    over: list[int] = []
    streams = [StreamId(TurnId(str(number)), 1) for number in range(4)]

    def read(stream: StreamId) -> None:
        for _ in range(500):
            credit.take(stream, 1, CancelToken())
            if credit.in_flight(stream) > 3:
                over.append(credit.in_flight(stream))
            letters.append(stream)

    def receive() -> None:
        arrived = 0
        while arrived < 500 * len(streams):
            if letters:
                credit.give_back(letters.popleft(), 1)
                arrived += 1

    _run_to_the_end([*(lambda stream=stream: read(stream) for stream in streams), receive])
    assert over == []
    assert [credit.in_flight(stream) for stream in streams] == [0, 0, 0, 0]


def test_a_cancel_at_any_moment_ends_the_wait() -> None:
    for _ in range(300):
        credit, cancel = Credit(1), CancelToken()
        credit.take(STREAM, 1, CancelToken())
        taker = Taker(credit, 1, cancel)
        cancel.cancel()
        assert taker.has_ended()
        assert taker.outcome == "cancelled"


def _run_to_the_end(tasks: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=task, daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)

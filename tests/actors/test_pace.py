from collections.abc import Iterator

import pytest

from actors.pace import BEAT, MANY, MUCH, Pace
from tests.support.clock import FakeClock


def rests(pieces: list[bytes], takes: float = 0.0, others: int = 0) -> list[float]:
    """How long a reader rests after each piece, if to act on one takes so many seconds, and so many others read."""
    clock, slept = FakeClock(), list[float]()
    pace, passed = Pace(clock, slept.append), []
    reading = [pace.paced([b"word"]) for _ in range(others)]
    assert [next(other) for other in reading] == [b"word"] * others
    for piece in pace.paced(pieces):
        passed.append(piece)
        clock.advance(takes)
    assert passed == pieces
    return slept


def test_after_little_it_rests_until_the_next_beat() -> None:
    assert rests([b"word"] * 3) == pytest.approx([BEAT] * 3)
    assert rests([b"word"], takes=BEAT / 4) == pytest.approx([BEAT * 3 / 4])


def test_who_is_late_does_not_rest() -> None:
    assert rests([b"word"] * 2, takes=2 * BEAT) == [0.0, 0.0]


def test_who_reads_much_goes_on_at_once() -> None:
    assert rests([b"x" * MUCH, b"x" * MUCH]) == []


def test_many_readers_read_less_often() -> None:
    assert rests([b"word"], others=MANY - 1) == pytest.approx([BEAT])
    assert rests([b"word"], others=4 * MANY - 1) == pytest.approx([4 * BEAT])


def test_all_readers_read_at_the_same_beats() -> None:
    clock, woken = FakeClock(), list[float]()
    pace = Pace(clock, lambda seconds: woken.append(clock() + seconds))
    for reading in [pace.paced([b"word", b"word"]) for _ in range(MANY)]:
        next(reading)
        clock.advance(BEAT / 8)
        next(reading)
    assert woken == pytest.approx([BEAT] * MANY)


def test_who_is_done_counts_no_more() -> None:
    clock, slept = FakeClock(), list[float]()
    pace = Pace(clock, slept.append)
    for _ in range(4 * MANY):
        reading = pace.paced([b"word"])
        next(reading)
        reading.close()
    assert [*pace.paced([b"word"])] == [b"word"]
    assert slept == pytest.approx([BEAT])


def test_a_piece_is_passed_on_before_the_rest() -> None:
    slept = list[float]()

    def pieces() -> Iterator[bytes]:
        yield b"first"
        raise AssertionError("the second was asked for")

    paced = Pace(FakeClock(), slept.append).paced(pieces())
    assert (next(paced), slept) == (b"first", [])

from tests.support.clock import FakeClock


def test_time_stands_still_until_it_is_advanced() -> None:
    clock = FakeClock(100.0)
    assert (clock(), clock()) == (100.0, 100.0)
    clock.advance(2.5)
    clock.advance(0.5)
    assert clock() == 103.0

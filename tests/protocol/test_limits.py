from hypothesis import given
from hypothesis import strategies as st

from protocol.limits import ResourceLimits, TimeLimits


def test_a_line_may_be_as_long_as_in_ollamas_own_clients() -> None:
    assert ResourceLimits().max_line_bytes == 8 * 1024 * 1024


def test_a_short_silence_shortens_every_time_limit() -> None:
    assert ResourceLimits().with_silence(1.0).time == TimeLimits(connect=1.0, first_byte=1.0, idle=1.0, survey=1.0)


def test_a_long_silence_lengthens_only_the_wait_for_the_reply() -> None:
    assert ResourceLimits().with_silence(900.0).time == TimeLimits(
        connect=5.0, first_byte=900.0, idle=900.0, survey=5.0
    )


@given(st.floats(0.01, 1e9), st.floats(0.01, 1e9))
def test_no_time_limit_is_above_the_silence_allowed_and_nothing_else_changes(seconds: float, connect: float) -> None:
    limits = ResourceLimits(max_line_bytes=7, time=TimeLimits(connect=connect))
    shorter = limits.with_silence(seconds)
    assert shorter == ResourceLimits(
        max_line_bytes=7,
        time=TimeLimits(min(connect, seconds), first_byte=seconds, idle=seconds, survey=min(5.0, seconds)),
    )

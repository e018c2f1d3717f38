import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import (
    ActorDied,
    ChinwagError,
    ConnectionLost,
    InterfaceError,
    LineTooLong,
    MalformedFrame,
    ReplyTooLong,
    ServerBusy,
    ServerRefusal,
    ServerSilent,
    ServerUnreachable,
    UnexpectedContent,
)
from protocol.retry import GiveUp, Recovery, RetryLater, RetryPolicy, WaitForServer, recover

POLICY = RetryPolicy(attempts=3, base=0.5, cap=8.0, jitter=0.5)
NETWORK: list[type[ChinwagError]] = [ServerUnreachable, ServerBusy, ConnectionLost, ServerSilent]
FINAL: list[type[ChinwagError]] = [
    MalformedFrame,
    LineTooLong,
    UnexpectedContent,
    ServerRefusal,
    ReplyTooLong,
    ActorDied,
    InterfaceError,
]
SECONDS = st.floats(0.0, 1e6)
SHARE = st.floats(0.0, 1.0)


def after(
    kind: type[ChinwagError], attempt: int, text_came: bool = False, may_wait: bool = True, chance: float = 0.0
) -> Recovery:
    return recover(POLICY, kind("It broke.").failure, attempt, text_came, may_wait, chance)


def test_the_delay_doubles_up_to_the_cap() -> None:
    assert [POLICY.delay(attempt, 0.0) for attempt in range(1, 8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_chance_takes_away_its_share_of_the_delay() -> None:
    assert [POLICY.delay(2, chance) for chance in (0.0, 0.5, 1.0)] == [1.0, 0.75, 0.5]


@given(SECONDS, SECONDS, SHARE, SHARE, st.integers(1, 10**9))
def test_a_delay_is_never_above_the_cap_nor_below_what_jitter_leaves(
    base: float, cap: float, jitter: float, chance: float, attempt: int
) -> None:
    policy = RetryPolicy(base=base, cap=cap, jitter=jitter)
    whole = policy.delay(attempt, 0.0)
    assert min(base, cap) <= whole <= cap
    assert whole * (1.0 - jitter) <= policy.delay(attempt, chance) <= whole
    assert whole <= policy.delay(attempt + 1, 0.0)


@pytest.mark.parametrize("kind", NETWORK)
def test_a_broken_network_is_tried_again_with_growing_delays(kind: type[ChinwagError]) -> None:
    assert [after(kind, attempt) for attempt in (1, 2)] == [RetryLater(0.5), RetryLater(1.0)]
    assert after(kind, 2, chance=0.5) == RetryLater(0.75)


@pytest.mark.parametrize("kind", [ServerUnreachable, ServerBusy])
def test_a_server_that_is_away_is_waited_for_after_the_last_attempt(kind: type[ChinwagError]) -> None:
    assert after(kind, 3) == WaitForServer()
    assert after(kind, 4) == WaitForServer()
    assert after(kind, 3, may_wait=False) == GiveUp()


@pytest.mark.parametrize("kind", [ConnectionLost, ServerSilent])
def test_a_server_that_answers_and_breaks_is_not_waited_for(kind: type[ChinwagError]) -> None:
    assert after(kind, 3) == GiveUp()


@pytest.mark.parametrize("kind", NETWORK + FINAL)
@pytest.mark.parametrize("attempt", [1, 3])
def test_a_reply_that_was_read_in_part_is_never_begun_anew(kind: type[ChinwagError], attempt: int) -> None:
    assert after(kind, attempt, text_came=True) == GiveUp()


@pytest.mark.parametrize("kind", FINAL)
@pytest.mark.parametrize("attempt", [1, 3])
def test_what_trying_again_cannot_mend_is_not_tried_again(kind: type[ChinwagError], attempt: int) -> None:
    assert after(kind, attempt) == GiveUp()


def test_a_policy_of_one_attempt_never_retries() -> None:
    lost = ConnectionLost("It broke.").failure
    assert recover(RetryPolicy(attempts=1), lost, 1, text_came=False, may_wait=True, chance=0.0) == GiveUp()

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

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
    WrongAddress,
)
from protocol.retry import (
    Broke,
    GiveUp,
    GoElsewhere,
    Recovery,
    RetryLater,
    RetryPolicy,
    WaitForServer,
    is_garbled,
    recover,
)

POLICY = RetryPolicy(attempts=3, base=0.5, cap=8.0, jitter=0.5)
NETWORK: list[type[ChinwagError]] = [ServerUnreachable, ServerBusy, ConnectionLost, ServerSilent]
GARBLED: list[type[ChinwagError]] = [MalformedFrame, LineTooLong, UnexpectedContent]
FINAL: list[type[ChinwagError]] = [WrongAddress, ServerRefusal, ReplyTooLong, ActorDied, InterfaceError]
SECONDS = st.floats(0.0, 1e6)
SHARE = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    ("asked", "delay"), [(None, 0.5), (0.0, 0.5), (0.2, 0.5), (20.0, 20.0), (60.0, 60.0), (1e6, 60.0)]
)
def test_a_server_that_says_when_to_ask_again_is_heeded_within_bounds(asked: float | None, delay: float) -> None:
    busy = replace(ServerBusy("It is busy.").failure, retry_after=asked)
    assert recover(POLICY, Broke(busy, 1), True, 0.0) == RetryLater(delay)


def after(
    kind: type[ChinwagError], attempt: int, text_came: bool = False, may_wait: bool = True, chance: float = 0.0
) -> Recovery:
    return recover(POLICY, Broke(kind("It broke.").failure, attempt, text_came=text_came), may_wait, chance)


def after_garbled(
    number: int,
    policy: RetryPolicy = POLICY,
    kind: type[ChinwagError] = MalformedFrame,
    attempt: int = 1,
    text_came: bool = False,
) -> Recovery:
    """What follows the first, second, ... time that a turn got what is no chat."""
    broke = Broke(kind("What?").failure, attempt, number, text_came)
    return recover(policy, broke, may_wait=True, chance=0.0)


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
    once, lost = RetryPolicy(attempts=1), ConnectionLost("It broke.").failure
    assert recover(once, Broke(lost, 1), may_wait=True, chance=0.0) == GiveUp()
    assert after_garbled(1, once) == GiveUp()


@pytest.mark.parametrize("kind", GARBLED)
def test_what_is_garbled_is_begun_anew_then_asked_for_as_a_whole_then_given_up(kind: type[ChinwagError]) -> None:
    assert [after_garbled(number, kind=kind) for number in (1, 2, 3)] == [
        RetryLater(0.5, stream=True),
        RetryLater(1.0, stream=False),
        GiveUp(),
    ]


@pytest.mark.parametrize("attempt", [1, 3, 9])
def test_how_often_the_network_failed_before_does_not_count_for_what_is_garbled(attempt: int) -> None:
    assert after_garbled(2, attempt=attempt) == RetryLater(1.0, stream=False)


def test_a_garbled_reply_is_begun_anew_even_after_text_came_unless_what_is_shown_stays() -> None:
    assert after_garbled(1, text_came=True) == RetryLater(0.5)
    printing = RetryPolicy(attempts=3, base=0.5, may_replace=False)
    assert after_garbled(1, printing, text_came=True) == GiveUp()
    assert after_garbled(1, printing) == RetryLater(0.5)


def test_only_what_another_attempt_may_mend_is_garbled() -> None:
    kinds = [*NETWORK, *GARBLED, *FINAL]
    assert [kind for kind in kinds if is_garbled(kind("It broke.").failure)] == GARBLED


@pytest.mark.parametrize("text_came", [False, True])
@pytest.mark.parametrize("kind", NETWORK)
def test_where_another_of_the_pool_is_there_a_broken_network_needs_no_break(
    kind: type[ChinwagError], text_came: bool
) -> None:
    broke = Broke(kind("It broke.").failure, 3, text_came=text_came)
    assert recover(POLICY, broke, True, 0.0, elsewhere=True) == GoElsewhere()


def test_where_what_is_shown_is_there_for_good_only_what_brought_nothing_goes_elsewhere() -> None:
    policy, lost = replace(POLICY, may_replace=False), ConnectionLost("It broke.").failure
    assert recover(policy, Broke(lost, 1), True, 0.0, elsewhere=True) == GoElsewhere()
    assert recover(policy, Broke(lost, 1, text_came=True), True, 0.0, elsewhere=True) == GiveUp()


@pytest.mark.parametrize("kind", [*GARBLED, *FINAL])
def test_what_is_no_fault_of_the_network_goes_nowhere_else(kind: type[ChinwagError]) -> None:
    broke = Broke(kind("No.").failure, 1, garbled=1)
    assert recover(POLICY, broke, True, 0.0, elsewhere=True) == recover(POLICY, broke, True, 0.0)

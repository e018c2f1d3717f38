import itertools

import pytest

from protocol.errors import Category, Failure, IllegalTransition
from protocol.turn import ENDED, STREAMING, TurnEvent, TurnState, advance

S, E = TurnState, TurnEvent
ANY_TIME = {E.CANCELLED: S.CANCELLED, E.INTERRUPTED: S.INTERRUPTED}
WHILE_STREAMING = {
    **ANY_TIME,
    E.FINISHED: S.DONE,
    E.CUT_SHORT: S.CUT,
    E.BROKE: S.RETRYING,
    E.SERVER_LOST: S.WAITING_FOR_SERVER,
    E.GAVE_UP: S.FAILED,
}
DOCUMENTED = {
    S.QUEUED: {**ANY_TIME, E.ADMITTED: S.CONNECTING, E.SERVER_LOST: S.WAITING_FOR_SERVER, E.GAVE_UP: S.FAILED},
    S.CONNECTING: {**WHILE_STREAMING, E.THOUGHT: S.THINKING, E.ANSWERED: S.ANSWERING},
    S.THINKING: {**WHILE_STREAMING, E.ANSWERED: S.ANSWERING},
    S.ANSWERING: WHILE_STREAMING,
    S.RETRYING: {**ANY_TIME, E.RETRIED: S.CONNECTING, E.SERVER_LOST: S.WAITING_FOR_SERVER, E.GAVE_UP: S.FAILED},
    S.WAITING_FOR_SERVER: {**ANY_TIME, E.SERVER_RETURNED: S.QUEUED, E.GAVE_UP: S.FAILED},
    S.DONE: {},
    S.CUT: {},
    S.FAILED: {},
    S.CANCELLED: {},
    S.INTERRUPTED: {},
}
EVERY_PAIR = list(itertools.product(TurnState, TurnEvent))
KNOWN = [(state, event) for state, event in EVERY_PAIR if event in DOCUMENTED[state]]
UNKNOWN = [(state, event) for state, event in EVERY_PAIR if event not in DOCUMENTED[state]]


@pytest.mark.parametrize(("state", "event"), KNOWN)
def test_a_turn_moves_as_documented(state: TurnState, event: TurnEvent) -> None:
    assert advance(state, event) is DOCUMENTED[state][event]


@pytest.mark.parametrize(("state", "event"), UNKNOWN)
def test_what_the_table_does_not_know_names_the_state_and_the_event(state: TurnState, event: TurnEvent) -> None:
    with pytest.raises(IllegalTransition) as caught:
        advance(state, event)
    summary = f"A turn that is {state.value} cannot be {event.value}."
    assert caught.value.failure == Failure(Category.APPLICATION, summary, kind="IllegalTransition")


def test_every_state_can_be_reached_and_every_end_from_every_other_state() -> None:
    for start in set(TurnState) - ENDED:
        reached = reachable(start)
        assert reached >= ENDED
        assert start is not S.QUEUED or reached == set(TurnState)


def reachable(start: TurnState) -> set[TurnState]:
    found, ahead = {start}, [start]
    while ahead:
        following = set(DOCUMENTED[ahead.pop()].values()) - found
        found |= following
        ahead += following
    return found


def test_ends_are_ends() -> None:
    assert {state for state in TurnState if not DOCUMENTED[state]} == ENDED


def test_a_reader_is_at_work_only_before_the_end() -> None:
    assert {S.CONNECTING, S.THINKING, S.ANSWERING} == STREAMING
    assert not STREAMING & ENDED


def test_a_whole_life_with_a_retry_and_a_lost_server() -> None:
    events = [
        E.ADMITTED,
        E.BROKE,
        E.RETRIED,
        E.SERVER_LOST,
        E.SERVER_RETURNED,
        E.ADMITTED,
        E.THOUGHT,
        E.ANSWERED,
        E.FINISHED,
    ]
    assert list(itertools.accumulate(events, advance, initial=S.QUEUED)) == [
        S.QUEUED,
        S.CONNECTING,
        S.RETRYING,
        S.CONNECTING,
        S.WAITING_FOR_SERVER,
        S.QUEUED,
        S.CONNECTING,
        S.THINKING,
        S.ANSWERING,
        S.DONE,
    ]

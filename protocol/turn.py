"""Everything that decides what may follow what in the life of a turn lives in this file.

A turn is a prompt and the reply to it. It waits in the queue until its conversation and the limits let it through,
streams, and ends in exactly one of five ends. A broken attempt goes back to CONNECTING through RETRYING; a lost
server parks the turn in WAITING_FOR_SERVER until it is back. What the table does not list cannot happen:
`advance` raises, and names the state and the event.
"""

from enum import StrEnum
from types import MappingProxyType

from protocol.errors import IllegalTransition


class TurnState(StrEnum):
    """Where a turn stands."""

    QUEUED = "queued"
    CONNECTING = "connecting"
    THINKING = "thinking"
    ANSWERING = "answering"
    RETRYING = "retrying"
    WAITING_FOR_SERVER = "waiting_for_server"
    DONE = "done"
    CUT = "cut"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class TurnEvent(StrEnum):
    """What can happen to a turn."""

    ADMITTED = "admitted"
    THOUGHT = "thought"
    ANSWERED = "answered"
    FINISHED = "finished"
    CUT_SHORT = "cut_short"
    BROKE = "broke"
    RETRIED = "retried"
    SERVER_LOST = "server_lost"
    SERVER_RETURNED = "server_returned"
    GAVE_UP = "gave_up"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


ENDED = frozenset({TurnState.DONE, TurnState.CUT, TurnState.FAILED, TurnState.CANCELLED, TurnState.INTERRUPTED})
"""No event leads out of these."""

STREAMING = frozenset({TurnState.CONNECTING, TurnState.THINKING, TurnState.ANSWERING})
"""A reader is at work in these."""

_STREAM_EVENTS = {
    TurnEvent.FINISHED: TurnState.DONE,
    TurnEvent.CUT_SHORT: TurnState.CUT,
    TurnEvent.BROKE: TurnState.RETRYING,
    TurnEvent.SERVER_LOST: TurnState.WAITING_FOR_SERVER,
    TurnEvent.GAVE_UP: TurnState.FAILED,
}
_ALWAYS = {
    TurnEvent.CANCELLED: TurnState.CANCELLED,
    TurnEvent.INTERRUPTED: TurnState.INTERRUPTED,
}

TRANSITIONS = MappingProxyType(
    {
        TurnState.QUEUED: {
            TurnEvent.ADMITTED: TurnState.CONNECTING,
            TurnEvent.SERVER_LOST: TurnState.WAITING_FOR_SERVER,
            TurnEvent.GAVE_UP: TurnState.FAILED,
            **_ALWAYS,
        },
        TurnState.CONNECTING: {
            TurnEvent.THOUGHT: TurnState.THINKING,
            TurnEvent.ANSWERED: TurnState.ANSWERING,
            **_STREAM_EVENTS,
            **_ALWAYS,
        },
        TurnState.THINKING: {
            TurnEvent.ANSWERED: TurnState.ANSWERING,
            **_STREAM_EVENTS,
            **_ALWAYS,
        },
        TurnState.ANSWERING: {**_STREAM_EVENTS, **_ALWAYS},
        TurnState.RETRYING: {
            TurnEvent.RETRIED: TurnState.CONNECTING,
            TurnEvent.SERVER_LOST: TurnState.WAITING_FOR_SERVER,
            TurnEvent.GAVE_UP: TurnState.FAILED,
            **_ALWAYS,
        },
        TurnState.WAITING_FOR_SERVER: {
            TurnEvent.SERVER_RETURNED: TurnState.QUEUED,
            TurnEvent.GAVE_UP: TurnState.FAILED,
            **_ALWAYS,
        },
        **{state: {} for state in ENDED},
    }
)


def advance(state: TurnState, event: TurnEvent) -> TurnState:
    """Return the state that `event` leads to from `state`. Raises IllegalTransition for what the table lacks."""
    following = TRANSITIONS[state].get(event)
    if following is None:
        raise IllegalTransition(f"A turn that is {state.value} cannot be {event.value}.")
    return following

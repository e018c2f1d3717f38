"""What happens after an attempt broke."""

from protocol.errors import (
    Category,
    Failure,
    LineTooLong,
    MalformedFrame,
    ServerBusy,
    ServerUnreachable,
    UnexpectedContent,
    is_missing_model,
)
from protocol.message import Message, Value

_MAX_DOUBLINGS = 64
"""More would overflow a float in the end; any sensible cap is reached long before."""


class RetryPolicy(Value, frozen=True):
    """Exponential back-off with jitter, bounded in number and in length."""

    attempts: int = 3
    """Attempts in all, the first included."""
    base: float = 0.5
    """Seconds before the second attempt; doubles from there."""
    cap: float = 8.0
    """Seconds at most."""
    patience: float = 60.0
    """Seconds at most that a server may ask to be left alone for; one that asks for more is asked again then."""
    jitter: float = 0.5
    """The share of the delay, 0 to 1, that chance may take away, so that clients do not come back in step."""
    may_replace: bool = True
    """Whether a garbled reply is begun anew after some of it was read: not where what is shown is there for good."""

    def delay(self, attempt: int, chance: float) -> float:
        """Seconds to wait after attempt number `attempt` broke; `chance` is drawn from [0, 1)."""
        whole = min(self.cap, self.base * 2.0 ** min(attempt - 1, _MAX_DOUBLINGS))
        return whole * (1.0 - self.jitter * chance)


class Broke(Value, frozen=True):
    """How an attempt broke, and what its turn has been through since it was last admitted."""

    failure: Failure
    attempt: int
    """Attempts until then, this one included."""
    garbled: int = 0
    """How many of them ended with what is no chat, this one included."""
    text_came: bool = False
    """A partial reply that the attempt went on with did not come of it."""


class RetryLater(Message, frozen=True):
    """Try once more after `delay` seconds."""

    delay: float
    stream: bool = True
    """False to ask for the whole reply at once."""


class WaitForServer(Message, frozen=True):
    """Keep the prompt until the server answers again."""


class GoElsewhere(Message, frozen=True):
    """Ask another server of the pool at once; what came is kept as a version."""


class GiveUp(Message, frozen=True):
    """End the turn as failed, with what came."""


_WORTH_WAITING = frozenset({ServerUnreachable.__name__, ServerBusy.__name__})
_GARBLED = frozenset({MalformedFrame.__name__, LineTooLong.__name__, UnexpectedContent.__name__})

Recovery = RetryLater | GoElsewhere | WaitForServer | GiveUp


def is_garbled(failure: Failure) -> bool:
    """Tell whether an attempt broke because what came is no chat: another one may bring what is."""
    return failure.category is Category.PROTOCOL and failure.kind in _GARBLED


def is_local(failure: Failure) -> bool:
    """Tell whether an attempt broke because of who was asked: another server may be there, or have the model."""
    return failure.category is Category.NETWORK or is_missing_model(failure)


def recover(policy: RetryPolicy, broke: Broke, may_wait: bool, chance: float, elsewhere: bool = False) -> Recovery:
    """Decide what follows a broken attempt.

    A failure of the network is worth a retry only before any text came: what the user has read is not asked for twice.
    What was garbled cannot be relied on, so it is begun anew, as another version. `may_wait` says whether a prompt may
    stay for a server that is away; `elsewhere`, that another one of the pool is there, which needs no break, and begins
    anew whatever came.
    """
    if elsewhere and is_local(broke.failure) and (policy.may_replace or not broke.text_came):
        return GoElsewhere()
    if is_garbled(broke.failure):
        return _begin_anew(policy, broke, chance)
    if broke.failure.category is not Category.NETWORK or broke.text_came:
        return GiveUp()
    if broke.attempt < policy.attempts:
        asked = min(broke.failure.retry_after or 0.0, policy.patience)
        return RetryLater(max(policy.delay(broke.attempt, chance), asked))
    return WaitForServer() if may_wait and broke.failure.kind in _WORTH_WAITING else GiveUp()


def _begin_anew(policy: RetryPolicy, broke: Broke, chance: float) -> Recovery:
    """Once as before, then once without streaming."""
    shown = broke.text_came and not policy.may_replace
    if shown or policy.attempts == 1 or broke.garbled > 2:
        return GiveUp()
    return RetryLater(policy.delay(broke.garbled, chance), stream=broke.garbled == 1)

"""What happens after an attempt broke."""

from protocol.errors import Category, Failure, ServerBusy, ServerUnreachable
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
    jitter: float = 0.5
    """The share of the delay, 0 to 1, that chance may take away, so that clients do not come back in step."""

    def delay(self, attempt: int, chance: float) -> float:
        """Seconds to wait after attempt number `attempt` broke; `chance` is drawn from [0, 1)."""
        whole = min(self.cap, self.base * 2.0 ** min(attempt - 1, _MAX_DOUBLINGS))
        return whole * (1.0 - self.jitter * chance)


class RetryLater(Message, frozen=True):
    """Try once more after `delay` seconds."""

    delay: float


class WaitForServer(Message, frozen=True):
    """Keep the prompt until the server answers again."""


class GiveUp(Message, frozen=True):
    """End the turn as failed, with what came."""


_WORTH_WAITING = frozenset({ServerUnreachable.__name__, ServerBusy.__name__})

Recovery = RetryLater | WaitForServer | GiveUp


def recover(
    policy: RetryPolicy, failure: Failure, attempt: int, text_came: bool, may_wait: bool, chance: float
) -> Recovery:
    """Decide what follows a broken attempt.

    Only the network's failures are worth a retry, and only before any text came: what the user has read is never
    replaced behind their back. A partial reply that the attempt went on with did not come of it. `attempt` counts since
    the turn was last admitted; `may_wait` says whether a prompt may stay for a server that is away.
    """
    if failure.category is not Category.NETWORK or text_came:
        return GiveUp()
    if attempt < policy.attempts:
        return RetryLater(policy.delay(attempt, chance))
    return WaitForServer() if may_wait and failure.kind in _WORTH_WAITING else GiveUp()

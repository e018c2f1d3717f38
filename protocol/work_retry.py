"""What happens after an attempt at what takes a store of models long broke: only a pull is gone on with.

To load or to create begins anew, which the user may want or not.
"""

from protocol.errors import Category, Failure, ServerUnreachable
from protocol.retry import RetryPolicy, is_garbled
from protocol.store import PullModel, StoreWork

RETRIES = RetryPolicy(attempts=10, base=1.0, cap=30.0)
"""Of attempts that bring nothing; one that brings something begins to count anew."""
_FEW = 3
"""Attempts of which no other is likely to bring more."""
_DOUBLINGS = 4


def fruitless_after(before: int, brought: bool) -> int:
    """Count the attempts in a row that brought nothing, and one that did, once another one broke."""
    return 1 if brought else before + 1


def patience_after(fruitless: int) -> float:
    """Return how many times as long as usual a store may be silent after so many of them."""
    return 2.0 ** min(fruitless, _DOUBLINGS)


def may_retry(work: StoreWork, failure: Failure, fruitless: int, waits: bool) -> bool:
    """Tell whether another attempt is made. `waits`: for a server that is away, for as long as it takes."""
    if not isinstance(work, PullModel):
        return False
    if failure.kind == ServerUnreachable.__name__:
        return waits or fruitless < _FEW
    if failure.category is Category.NETWORK:
        return fruitless < RETRIES.attempts
    return is_garbled(failure) and fruitless < _FEW

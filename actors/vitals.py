"""How an actor fares: what it is at, since when, and how often it had to be started again."""

import time
from collections import deque
from collections.abc import Callable

from protocol.supervision import NEVER, RestartPolicy


class Vitals:
    """Written in the thread of one actor, and read in any: a look may come between two writes, and is out of date then.

    `clock` tells seconds that never go back.
    """

    def __init__(self, policy: RestartPolicy = NEVER, clock: Callable[[], float] = time.monotonic) -> None:
        self._policy = policy
        self._clock = clock
        self._restarts: deque[float] = deque(maxlen=max(1, policy.most))
        self._busy: tuple[str, float] | None = None
        self.restarts = 0
        """In all."""
        self.dead = False
        """It was given up."""

    def begin(self, message: object) -> None:
        """It acts on this message from now on."""
        self._busy = type(message).__name__, self._clock()

    def rest(self) -> None:
        """It waits for the next one."""
        self._busy = None

    def may_restart(self) -> bool:
        """Tell whether it may be started again once more; that counts as done then."""
        now = self._clock()
        if not self._policy.allows(self._restarts, now):
            return False
        self._restarts.append(now)
        self.restarts += 1
        return True

    @property
    def busy(self) -> tuple[str, float] | None:
        """The kind of its present message, and for how many seconds it has been at it; None while it waits."""
        busy = self._busy
        return None if busy is None else (busy[0], self._clock() - busy[1])

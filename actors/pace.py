"""How often a reader reads: each read wakes every thread on its way to the screen."""

import time
from collections.abc import Callable, Iterable, Iterator

BEAT = 1 / 60
"""Seconds between two reads of little: a bit more than between two frames, so that each is drawn at once."""
MUCH = 16 * 1024
"""Bytes: who reads so much at once is behind, and goes on at once."""
MANY = 4
"""So many readers at once each have that beat; more of them read less often."""


class Pace:
    """Hundreds of tokens a second cost what sixty do, and many streams not much more than a few.

    `under_way` tells how many readers there are: a number of a moment ago does no harm. `clock` tells seconds that
    never go back.
    """

    def __init__(
        self,
        under_way: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._under_way = under_way
        self._clock = clock
        self._sleep = sleep

    def paced(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Pass on the first piece at once, and with the next all that has come since. The reader's thread."""
        for piece in pieces:
            due = self._clock() + BEAT * max(1.0, self._under_way() / MANY)
            yield piece
            if len(piece) < MUCH:
                self._sleep(max(0.0, due - self._clock()))

"""How often readers read: each read wakes every thread on its way to the screen."""

import time
from collections.abc import Callable, Generator, Iterable

BEAT = 1 / 60
"""Seconds between two reads of little: a bit more than between two frames, so that each is drawn at once."""
MUCH = 16 * 1024
"""Bytes: who reads so much at once is behind, and goes on at once."""
MANY = 3
"""So many readers at once each have that beat; more of them read less often."""


class Pace:
    """Hundreds of tokens a second cost what sixty do, and many streams not much more than a few.

    For bodies of which one read gives all that has arrived. All readers of a server share it: how many there are is all
    it knows, and a number of a moment ago does no harm. They read at the same beats, so that what they bring wakes the
    threads behind them once. `clock` tells seconds that never go back.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._readers = set[object]()

    def paced(self, pieces: Iterable[bytes]) -> Generator[bytes]:
        """Pass on the first piece at once, and with the next all that has come since. The reader's thread."""
        reader = object()
        self._readers.add(reader)
        try:
            for piece in pieces:
                due = self._next_beat()
                yield piece
                if len(piece) < MUCH:
                    self._sleep(max(0.0, due - self._clock()))
        finally:
            self._readers.discard(reader)

    def _next_beat(self) -> float:
        beat = BEAT * max(1.0, len(self._readers) / MANY)
        return (self._clock() // beat + 1) * beat

"""A clock that moves only when it is told to."""


class FakeClock:
    """Stands in for `time.monotonic`: calling it tells the time."""

    def __init__(self, now: float = 0.0) -> None:
        self._now = now

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self._now += seconds

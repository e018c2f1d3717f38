"""How often a part of the engine may fail and be started again before it is given up."""

from collections.abc import Sequence

from protocol.message import Value


class RestartPolicy(Value, frozen=True):
    """At most `most` restarts within `seconds`: what fails more often than that will not stop failing."""

    most: int = 3
    seconds: float = 60.0

    def allows(self, restarts: Sequence[float], now: float) -> bool:
        """Tell whether there may be one more now, after those at these times. Seconds of any one clock."""
        return sum(now - moment < self.seconds for moment in restarts) < self.most


NEVER = RestartPolicy(most=0)
"""What fails is given up at once."""

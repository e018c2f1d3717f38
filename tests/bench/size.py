"""How much is measured."""

from protocol.message import Value


class Size(Value, frozen=True):
    """How much of everything."""

    rounds: int = 5
    """How often all of it is done, one after the other."""
    idle: float = 10.0
    """Seconds of doing nothing."""
    burst: int = 20_000
    """Chunks."""
    seconds: float = 5
    """How long a paced reply is."""
    keys: int = 80
    """Pressed while a reply streams; fewer than fit in a row."""
    cancels: int = 10
    long: int = 300_000
    """Bytes of the reply before, where the conversation is long."""
    resizes: int = 50
    rare: int = 4
    """Every so many rounds what takes longest is done too: growth, and many streams."""
    growth: tuple[int, ...] = (1_000_000, 3_000_000, 3_000_000, 3_000_000)
    """Bytes by which one conversation grows, one after the other."""
    frames: int = 100
    """Painted to learn what one costs."""
    streams: int = 16
    """At once."""


FULL = Size()
QUICK = Size(rounds=1, idle=3.0, seconds=3, keys=30, cancels=4, growth=(1_000_000,), frames=30)

"""Numbers that a server sends."""

_LARGEST = 2**63 - 1
"""What Go's int64, and so every honest server, can hold."""


def plausible(number: int | None) -> int | None:
    """Return a count, a size or a duration; None for one that cannot be: JSON allows any number of digits."""
    return number if number is not None and 0 <= number <= _LARGEST else None

"""Numbers and moments that a server sends."""

from datetime import datetime

_LARGEST = 2**63 - 1
"""What Go's int64, and so every honest server, can hold."""
_LATEST = 253_402_000_000.0
"""Some days before the year 10000, which no clock here can show, wherever it stands."""


def plausible(number: int | None) -> int | None:
    """Return a count, a size or a duration; None for one that cannot be: JSON allows any number of digits."""
    return number if number is not None and 0 <= number <= _LARGEST else None


def plausible_number(number: float | None) -> int | None:
    """Return a count that may be written with a point or an exponent; None for one that cannot be, nan included."""
    return int(number) if number is not None and 0 <= number <= _LARGEST else None


def moment(written: str | None) -> float | None:
    """Return a moment by ISO 8601 in seconds since 1970; None for what is none, for Go's zero, the year 1, and for what
    is beyond the year 9999."""
    try:
        seconds = datetime.fromisoformat(written or "").timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return seconds if 0 < seconds < _LATEST else None

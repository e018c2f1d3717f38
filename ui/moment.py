"""A moment as people say it: the shorter the nearer."""

from datetime import datetime


def describe_moment(then: float, now: float) -> str:
    """Return when `then` was, seen from `now`; both are seconds since 1970, said in local time."""
    moment, today = datetime.fromtimestamp(then), datetime.fromtimestamp(now)
    if moment.date() == today.date():
        return f"{moment:%H:%M}"
    return f"{moment:%b} {moment.day}" if moment.year == today.year else f"{moment:%Y-%m-%d}"

"""Durations by the rules of Go (time.ParseDuration), as Ollama reads `keep_alive`: `10m`, `1h30m`, `-1`, `0`, `90`."""

import re

from protocol.options import Unfit

_LIMIT = 2**63 - 1
"""Nanoseconds: Go holds a duration in 64 bits."""
_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_WHOLE = re.compile(rf"[+-]?(?:{_PART.pattern})+")
SECONDS = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
"""A number of seconds, without a unit."""
_LONGEST = 40
"""Characters."""
_HOW = "keep_alive takes a duration such as 10m or 1h30m, a number of seconds, 0 to unload at once, or -1 for ever"


def check_keep_alive(text: str) -> str:
    """Return how long a model is to stay loaded, as it is sent. Raises Unfit, in words, for what no server could read.

    A number is one of seconds; below zero means for ever.
    """
    written = text.strip()
    if len(written) > _LONGEST or not (SECONDS.fullmatch(written) or _WHOLE.fullmatch(written)):
        raise Unfit(f"{_HOW}, not {written[:_LONGEST] or 'nothing'}.")
    if abs(_nanoseconds(written)) > _LIMIT:
        raise Unfit(f"{_HOW}: {written} is longer than 292 years.")
    return written


def lasts(text: str) -> str:
    """Say what a duration that `check_keep_alive` takes means."""
    nanoseconds = _nanoseconds(text)
    if nanoseconds < 0:
        return "for ever"
    return f"for {text} s" if SECONDS.fullmatch(text) and nanoseconds else f"for {text}" if nanoseconds else "no longer"


def _nanoseconds(written: str) -> float:
    if SECONDS.fullmatch(written):
        return float(written) * 10**9
    sign = -1 if written.startswith("-") else 1
    return sign * sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(written))

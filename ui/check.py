"""What `chinwag doctor` finds: one check, how it went, and what to do."""

from enum import StrEnum

from protocol.message import Value


class Health(StrEnum):
    """How a check went."""

    OK = "ok"
    WARN = "warn"
    """It works, and not as well as it could."""
    FAIL = "fail"


class Check(Value, frozen=True):
    """One finding."""

    about: str
    """What was looked at, in a word or two."""
    state: Health
    what: str
    """What was found."""
    advice: str = ""
    """What to do: a sentence; empty where all is well."""


class Report(Value, frozen=True):
    """What `doctor --json` prints."""

    version: int
    checks: tuple[Check, ...]


def ok(about: str, what: str) -> Check:
    """All is well."""
    return Check(about, Health.OK, what)


def warn(about: str, what: str, advice: str = "") -> Check:
    """It works, and not as well as it could."""
    return Check(about, Health.WARN, what, advice)


def fail(about: str, what: str, advice: str = "") -> Check:
    """It does not work."""
    return Check(about, Health.FAIL, what, advice)

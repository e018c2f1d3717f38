"""What `chinwag compare --json` prints besides what `ask --json` does: one event a line."""

from protocol.comparison import Contestant
from protocol.message import Message
from ui.medians import Medians

SCHEMA = """\
With --json it prints one JSON object a line, as ask --json does, in version 1
of the same schema. Each event of an answer has a contestant, too: its number
from 1, in the order in which they are named. These are more than ask has:

  {"type": "contestant", "version": 1, "contestant": NUMBER, "label": TEXT,
   "model": MODEL, "server": NAME, "preset": NAME, "seed": NUMBER}
  {"type": "median", "contestant": NUMBER, "answers": COUNT, "failed": COUNT,
   "first_token": SECONDS, "tokens_per_second": RATE, "tokens": COUNT,
   "seconds": SECONDS}

The contestants come first; server and preset are empty, and seed is null,
where none is named. The medians come last, those of the answers that did not
fail; what no answer had is null. The end of an answer has first_token, the
seconds to its first piece (null if none came), and seconds, those to its end,
both from when it was asked for last."""


DIGITS = 6
"""Of times and rates, behind the point."""


class Contesting(Message, frozen=True, tag_field="type", tag="contestant"):
    """Who answers."""

    version: int
    contestant: int
    label: str
    model: str
    server: str
    preset: str
    seed: int | None

    @classmethod
    def of(cls, version: int, number: int, who: Contestant) -> "Contesting":
        """Return what is said of one."""
        return cls(version, number, who.label, who.model, who.server, who.preset, who.seed)


class Median(Message, frozen=True, tag_field="type", tag="median"):
    """How one did."""

    contestant: int
    answers: int
    failed: int
    first_token: float | None
    tokens_per_second: float | None
    tokens: float | None
    seconds: float | None

    @classmethod
    def of(cls, number: int, medians: Medians) -> "Median":
        """Return what is said of one."""
        values = medians.first_token, medians.rate, medians.tokens, medians.seconds
        rounded = (None if value is None else round(value, DIGITS) for value in values)
        return cls(number, medians.answers, medians.failed, *rounded)

"""What stands above an answer of a comparison: who gives it, how far it is, how fast and how long it came."""

from collections.abc import Sequence
from functools import lru_cache

import urwid

from protocol.message import Value
from protocol.turn import ENDED, TurnState
from ui.caption import one_line
from ui.markup import Markup, Run
from ui.palette import Role
from ui.paragraph import markup_paragraph
from ui.rows import Row, rows_of
from ui.strip import PHASES
from ui.turn import Attempt, Turn

_GAP = "  "
_TIMED = frozenset({TurnState.CONNECTING, TurnState.THINKING, TurnState.ANSWERING})
_BAD = frozenset({TurnState.FAILED, TurnState.INTERRUPTED, TurnState.CUT, TurnState.CANCELLED})
_FASTEST = 100_000
"""Tokens a second: a server that says more did not measure the time."""
_KEPT = 64
"""Rows, more than there are columns."""


class Caption(Value, frozen=True):
    """What there is to say above one answer."""

    number: int
    """From 1 on."""
    name: str
    state: str = ""
    """What happens, or how it ended, in a word or two."""
    time: str = ""
    """For how long that has been so, where that tells anything."""
    bad: bool = False
    """It has no end, or not the right one."""
    under_way: bool = False
    facts: tuple[tuple[str, str, str], ...] = ()
    """How fast it comes, when it began and how long it is, in more words and in fewer."""
    picked: bool = False
    """The chat goes on from it."""

    def title(self, columns: int) -> tuple[str, str]:
        """Return name and phase as there is room for: the name is cut first, but not to nothing."""
        phase = "picked" if self.picked else one_line(f"{self.state} {self.time}", max(0, columns // 2))
        room = columns - _width(phase) - 5 - len(str(self.number))
        return f" {self.number} {one_line(self.name, max(4, room))}", f"{phase} " if phase else ""

    def described(self, columns: int) -> str:
        """Return as many of the facts as there is room for."""
        ways = [list(way) for way in zip(*self.facts, strict=True)]
        shortest = ways[-1] if ways else []
        ways += [shortest[:end] for end in range(len(shortest), 0, -1)]
        return next((text for way in ways if _width(text := _GAP.join(way)) <= columns), "")


def caption(number: int, name: str, turn: Turn | None, now: float, picked: bool = False) -> Caption:
    """Return what there is to say of an answer. `now` is the UI's clock, in seconds."""
    if turn is None:
        return Caption(number, name, picked=picked)
    facts = _facts(turn.attempt) if turn.attempt is not None else ()
    bad, under_way = turn.state in _BAD, turn.state not in ENDED
    return Caption(number, name, _state(turn), _time(turn, now), bad, under_way, facts, picked)


def title_rows(shown: Caption, columns: int, focused: bool, height: int) -> Sequence[Row]:
    """Return the rows that are above an answer: one with all that has room, or two, or two and a blank one."""
    named = _title(shown, columns, focused, with_facts=height == 1)
    return (named, _described(shown, columns), _row((), columns))[:height]


def _state(turn: Turn) -> str:
    words = PHASES.get(turn.state, turn.state.value)
    place = turn.reply_place
    return f"{words} {place.number}/{place.of}" if turn.state in ENDED and place.of > 1 else words


def _time(turn: Turn, now: float) -> str:
    if turn.state is TurnState.RETRYING:
        return f"in {max(0.0, turn.since + turn.delay - now):.0f} s"
    return f"{max(0.0, now - turn.since):.0f} s" if turn.state in _TIMED else ""


def _facts(attempt: Attempt) -> tuple[tuple[str, str, str], ...]:
    metrics = attempt.metrics
    rate = (metrics.tokens_per_second if metrics is not None else None) or attempt.rate
    count = (metrics.eval_count if metrics is not None else None) or attempt.chunks
    found = [(f"{rate:.0f} tokens/s", f"{rate:.0f} t/s", f"{rate:.0f} t/s")] if rate and rate < _FASTEST else []
    if attempt.first_token is not None:
        seconds = f"{attempt.first_token:.1f} s"
        found.append((f"first token {seconds}", f"first {seconds}", seconds))
    if count:
        found.append((f"{count} token{'' if count == 1 else 's'}", f"{count} t", f"{count} t"))
    return tuple(found)


@lru_cache(maxsize=_KEPT)
def _title(shown: Caption, columns: int, focused: bool, with_facts: bool) -> Row:
    name, phase = shown.title(columns)
    strong, quiet = (Role.STATUS_STRONG, Role.STATUS) if focused else (Role.LABEL, Role.MARK)
    if shown.bad or shown.picked:
        quiet = (Role.STATUS_ALERT if shown.bad else strong) if focused else Role.ERROR if shown.bad else strong
    room = columns - _width(name) - _width(phase)
    facts = shown.described(room - 2 * len(_GAP)) if with_facts else ""
    between = f"{_GAP if facts else ''}{facts}".ljust(max(0, room))
    inks: list[Run] = [(strong, name), (Role.STATUS if focused else Role.MARK, between), (quiet, phase)]
    return _row(tuple(inks), columns)


@lru_cache(maxsize=_KEPT)
def _described(shown: Caption, columns: int) -> Row:
    lead = " " * (2 + len(str(shown.number)))
    return _row(((Role.MARK, f"{lead}{shown.described(columns - len(lead))}"),), columns)


@lru_cache(maxsize=_KEPT)
def _row(markup: Markup, columns: int) -> Row:
    return rows_of(markup_paragraph(markup, wrap="clip").render((columns,)))[0]


def _width(text: str) -> int:
    return urwid.calc_width(text, 0, len(text))

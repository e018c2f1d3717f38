"""What is said below a turn, in words: why it waits, or how it ended, and what can be done then."""

from dataclasses import dataclass
from enum import StrEnum

from protocol.errors import is_missing_model
from protocol.tree import Place
from protocol.turn import TurnState
from ui.turn import Turn


class MarkKind(StrEnum):
    """How serious a mark is."""

    MARK = "mark"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Mark:
    """One line. Its words may quote a server: they are for the sanitiser still."""

    name: str
    """The same for what takes each other's place."""
    kind: MarkKind
    text: str


@dataclass(frozen=True)
class Remedies:
    """What can be done, in the words of a face."""

    goes_on: str
    """Where a part of the reply came."""
    asks_again: str
    """Where nothing came."""
    tries_now: str
    """While it waits."""
    other_model: str = ""
    """Where the server does not have the model."""


def marks(turn: Turn, last: bool, remedies: Remedies | None) -> list[Mark]:
    """Return the lines below a turn. `last` is whether no other turn follows: then what can be done is said, where
    somebody is there to do it."""
    failure = turn.failure
    summary = failure.summary if failure else ""
    match turn.state:
        case TurnState.QUEUED if turn.wait is not None:
            return [Mark("mark", MarkKind.MARK, f"queued: {turn.wait.value}")]
        case TurnState.RETRYING:
            said = f"retry {turn.tries} in {turn.delay:.1f} s: {summary}"
            return [Mark("mark", MarkKind.WARNING, said), *_tries_now(remedies)]
        case TurnState.WAITING_FOR_SERVER:
            why = (failure if last else summary) or ""
            waits = Mark("mark", MarkKind.WARNING, f"waits for the server: {why}".rstrip())
            return [waits, *_tries_now(remedies)] if last else [waits]
        case TurnState.CUT:
            cut = Mark("end", MarkKind.WARNING, "cut: the length limit was reached")
            return [cut, *_remedy(turn, last, remedies)]
        case TurnState.CANCELLED | TurnState.INTERRUPTED:
            keys = f": {_keys(turn, remedies)}" if last and remedies else ""
            lines = [Mark("end", MarkKind.WARNING, f"{turn.state.value}{keys}")]
            return [*lines, Mark("advice", MarkKind.WARNING, summary)] if summary else lines
        case TurnState.FAILED:
            advice = failure.advice if failure else ""
            lines = [Mark("end", MarkKind.ERROR, summary or "failed"), Mark("advice", MarkKind.WARNING, advice)]
            return [*lines[: 2 if advice else 1], *_remedy(turn, last, remedies)]
        case TurnState.DONE if turn.attempt is None or not turn.attempt.says_anything:
            return [Mark("end", MarkKind.MARK, "the model said nothing")]
        case TurnState.DONE if turn.attempt is not None and turn.attempt.misfit:
            return [Mark("end", MarkKind.WARNING, turn.attempt.misfit), *_asks_again(last, remedies)]
        case _:
            return []


def thought_words(thought_for: float | None) -> str:
    """Say that a model has thought, and for how many seconds where that is known."""
    return "thought" if thought_for is None else f"thought for {thought_for:.0f} s"


def version_words(place: Place) -> str:
    """Say which version this is; nothing where it is the only one."""
    return f"{place.number}/{place.of}" if place.of > 1 else ""


def _tries_now(remedies: Remedies | None) -> list[Mark]:
    return [Mark("keys", MarkKind.MARK, remedies.tries_now)] if remedies else []


def _remedy(turn: Turn, last: bool, remedies: Remedies | None) -> list[Mark]:
    return [Mark("keys", MarkKind.MARK, _keys(turn, remedies))] if last and remedies else []


def _asks_again(last: bool, remedies: Remedies | None) -> list[Mark]:
    """The reply is whole: there is nothing to go on with."""
    return [Mark("keys", MarkKind.MARK, remedies.asks_again)] if last and remedies else []


def summary_words(turn: Turn) -> str:
    """Say what a prompt is that asks for a summary."""
    messages = f"{turn.sums_up} message{'s' * (turn.sums_up != 1)}" if turn.sums_up else "what was said"
    return f"summary of {messages}" if turn.is_summary else f"to be summed up: {messages}"


def _keys(turn: Turn, remedies: Remedies) -> str:
    if turn.failure is not None and is_missing_model(turn.failure) and remedies.other_model:
        return remedies.other_model
    return remedies.goes_on if turn.attempt is not None and turn.attempt.answer else remedies.asks_again

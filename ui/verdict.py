"""What a judge has said, with the names of those that it knew as letters."""

from dataclasses import replace

from protocol.comparison import Column, ColumnKind, Comparison
from protocol.judging import resolved
from ui.conversation import Conversation
from ui.pieces import Pieces
from ui.turn import Attempt, Turn


class Verdicts:
    """Makes of the talk of a judge, once it is over, one that is shown in its place; another one when it says more."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Attempt, Conversation]] = {}

    def shown(self, comparison: Comparison, column: Column, talk: Conversation) -> Conversation:
        """Return what is to be shown of a talk: itself, unless it is that of a judge that has ended."""
        place = talk.last_turn
        turn = talk.entries[place] if place is not None else None
        if column.kind is not ColumnKind.JUDGE or talk.open or not isinstance(turn, Turn) or turn.attempt is None:
            return talk
        attempt, made = self._made.get(id(talk), (None, talk))
        if attempt is not turn.attempt:
            made = _with_names(comparison, column, talk, turn, turn.attempt)
            self._made[id(talk)] = turn.attempt, made
        return made


def _with_names(
    comparison: Comparison, column: Column, talk: Conversation, turn: Turn, attempt: Attempt
) -> Conversation:
    labels = {one.conversation: one.contestant.label for one in comparison.columns}
    words = resolved(str(attempt.answer), [labels.get(one, "?") for one in column.shown])
    return Conversation(talk.id, talk.model, [replace(turn, attempt=replace(attempt, answer=Pieces(words)))])

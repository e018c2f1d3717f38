"""Who answers in a comparison, as it is shown: names for people, and of a judge what it said with names."""

from collections.abc import Sequence

from protocol.comparison import ColumnKind, Comparison
from protocol.identity import ConversationId
from ui.comparison_view import Rival
from ui.conversation import Conversation
from ui.verdict import Verdicts

_KINDS = {ColumnKind.ANSWER: "", ColumnKind.JUDGE: "judge: ", ColumnKind.MERGE: "merged by "}


class Rivals:
    """Finds the conversations in which the columns answer. UI thread only."""

    def __init__(self) -> None:
        self._verdicts = Verdicts()

    def of(self, comparison: Comparison, talks: dict[ConversationId, Conversation]) -> Sequence[Rival]:
        """Return them in their order. One of which nothing was told yet is there too, and says nothing."""
        found = []
        for column in comparison.columns:
            talk = talks.setdefault(column.conversation, Conversation(column.conversation))
            shown = self._verdicts.shown(comparison, column, talk)
            name = f"{_KINDS[column.kind]}{column.contestant.label}"
            found.append(Rival(name, shown, comparison.picked == column.conversation))
        return found

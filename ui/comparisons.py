"""What the screen knows of comparisons, as plain data: what is compared in each conversation, and what is offered."""

from dataclasses import dataclass, field
from typing import assert_never

from protocol.comparison import (
    AnswersBrought,
    Comparison,
    ComparisonBegan,
    ComparisonChanged,
    ComparisonEvent,
    ComparisonPrepared,
    ComparisonShown,
    Contestant,
    JudgeOffered,
)
from protocol.identity import ConversationId


@dataclass
class Comparisons:
    """The last comparison of each conversation. It changes by events only."""

    of: dict[ConversationId, Comparison] = field(default_factory=dict)
    prepared: dict[ConversationId, tuple[Contestant, ...]] = field(default_factory=dict)
    """To whom the next prompt goes, where that is not the conversation's own model."""
    offered: JudgeOffered | None = None
    """A question to a judge, for the composer; whoever puts it there takes it away."""
    wanted: ConversationId | None = None
    """Whose comparison is to be on the screen; whoever shows it takes it away."""

    def apply(self, event: ComparisonEvent) -> None:
        """Take in one event."""
        match event:
            case ComparisonPrepared(conversation=conversation, contestants=contestants):
                self.prepared[conversation] = contestants
            case ComparisonBegan(conversation=conversation, comparison=comparison):
                self.prepared.pop(conversation, None)
                self._know(comparison, latest=True)
                self.wanted = conversation
            case ComparisonShown(conversation=conversation, comparison=comparison, asked=asked):
                self._know(comparison, latest=True)
                self.wanted = conversation if asked or not comparison.decided else self.wanted
            case ComparisonChanged(comparison=comparison) | AnswersBrought(comparison=comparison):
                self._know(comparison)
            case JudgeOffered():
                self.offered = event
            case _:
                assert_never(event)

    def _know(self, comparison: Comparison, latest: bool = False) -> None:
        """An earlier comparison, whose last answer came late, does not take the place of a later one. What is decided
        is not to be seen any more, whoever asked for it before."""
        known = self.of.get(comparison.conversation)
        if known is not None and known.id == comparison.id and comparison.decided and not known.decided:
            self.wanted = None if self.wanted == comparison.conversation else self.wanted
        if latest or known is None or known.id == comparison.id:
            self.of[comparison.conversation] = comparison

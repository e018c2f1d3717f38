"""The comparisons of all conversations, as far as they are known: which there are, and whose columns are whose."""

from collections.abc import Iterable, Iterator

from actors.conversations import Conversations
from actors.turns import Turn, TurnBook
from protocol.address import Address
from protocol.comparison import Column, Comparison, ComparisonChanged, ComparisonId, Contestant
from protocol.identity import ConversationId
from protocol.tree import MessageTree
from protocol.ui import UiEvent


class ComparisonBook:
    """Plain data of the Coordinator's thread. What is known of a comparison is one value, told before it is known here:
    so a failure on the way leaves nothing behind that nobody knows."""

    def __init__(self, conversations: Conversations, turns: TurnBook, ui: Address[UiEvent]) -> None:
        self._conversations = conversations
        self._turns = turns
        self._ui = ui
        self._known: dict[ComparisonId, Comparison] = {}
        """In the order in which they began."""
        self._homes: dict[ConversationId, ComparisonId] = {}
        """To which comparison a column belongs."""
        self.prepared: dict[ConversationId, tuple[Contestant, ...]] = {}
        """Where the next prompt goes to many, and to whom."""

    def __iter__(self) -> Iterator[Comparison]:
        """All that are known, the earliest first."""
        return iter(tuple(self._known.values()))

    def of(self, conversation: ConversationId) -> Comparison | None:
        """The last comparison of a conversation; None if there is none."""
        return next((one for one in reversed(self._known.values()) if one.conversation == conversation), None)

    def home(self, column: ConversationId) -> Comparison | None:
        """The comparison to which a column belongs; None for what is no column."""
        return self._known[self._homes[column]] if column in self._homes else None

    def get(self, comparison: ComparisonId) -> Comparison | None:
        """The comparison of this name; None if it is not known."""
        return self._known.get(comparison)

    def know(self, comparison: Comparison) -> None:
        """This is so from now on."""
        self._known[comparison.id] = comparison
        self._homes.update({one.conversation: comparison.id for one in comparison.columns})
        self.anchor(comparison)

    def change(self, comparison: Comparison) -> None:
        """Tell what is so from now on, and know it."""
        self._ui.tell(ComparisonChanged(comparison.conversation, comparison))
        self.know(comparison)

    def anchor(self, comparison: Comparison) -> None:
        """Have the columns that are open follow what was said before."""
        for column in comparison.columns:
            if column.conversation in self._conversations:
                self._conversations.anchor(column.conversation, comparison.anchor)

    def take_over(self, before: "ComparisonBook") -> None:
        """Know what the one before knew, whose failure this one follows."""
        self._known, self._homes, self.prepared = before._known, before._homes, before.prepared

    def learn(self, comparisons: Iterable[Comparison]) -> None:
        """This is what is kept of them, the earliest first: it counts more than what is known here, as does the order.
        An earlier one may not have been known at all."""
        for comparison in comparisons:
            self._known.pop(comparison.id, None)
            self.know(comparison)

    def forget(self) -> None:
        """Let go of those of whose conversation nothing is known any more."""
        for one in self:
            if not self._conversations.is_known(one.conversation):
                del self._known[one.id]
                for column in one.columns:
                    del self._homes[column.conversation]

    def columns_of(self, conversation: ConversationId) -> list[ConversationId]:
        """The columns of all comparisons of a conversation that are open, asleep or not."""
        return [
            column.conversation
            for one in self
            if one.conversation == conversation
            for column in one.columns
            if column.conversation in self._conversations
        ]

    def turns_of(self, conversation: ConversationId) -> list[Turn]:
        """The live turns in these columns."""
        columns = set(self.columns_of(conversation))
        return [turn for turn in self._turns if turn.conversation in columns] if columns else []

    def busy_columns(self) -> set[ConversationId]:
        """The columns in which a turn is live."""
        return {turn.conversation for turn in self._turns if turn.conversation in self._homes} if self._homes else set()

    def at_hand(self, comparison: Comparison) -> list[tuple[Column, MessageTree]]:
        """The columns that are open and awake, each with what was said in it."""
        return [
            (column, self._conversations.tree(column.conversation))
            for column in comparison.columns
            if self.is_at_hand(column.conversation)
        ]

    def is_at_hand(self, conversation: ConversationId) -> bool:
        """Tell whether a conversation is open and awake."""
        return conversation in self._conversations and not self._conversations.is_asleep(conversation)

    def names(self, comparison: Comparison) -> list[ConversationId]:
        """The conversations of a comparison that are open, the parent first."""
        every = comparison.conversation, *(column.conversation for column in comparison.columns)
        return [name for name in every if name in self._conversations]

"""The answers of comparisons, when they have come: brought to the parent once one is picked, or told as a verdict."""

from itertools import pairwise

from msgspec.structs import replace

from actors.comparison_book import ComparisonBook
from actors.conversations import Conversations
from actors.grafting import answers, attached, grafts, prompt_of, replies
from actors.growth import place
from actors.turns import TurnBook
from protocol.address import Address
from protocol.comparison import AnswersBrought, Column, ColumnKind, Comparison
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.judging import verdict_of
from protocol.tree import Node
from protocol.ui import UiEvent, VersionsCounted


class Answers:
    """Owned by the Coordinator, and used in its thread only."""

    def __init__(
        self, book: ComparisonBook, conversations: Conversations, turns: TurnBook, ui: Address[UiEvent]
    ) -> None:
        self._book = book
        self._conversations = conversations
        self._turns = turns
        self._ui = ui
        self._busy = set[ConversationId]()
        """The columns in which a turn was live at the last look."""
        self._over: dict[ConversationId, None] = {}
        """Those that have ended since, in order, until what came is where it belongs."""

    def shown(self, column: Column) -> Node | None:
        """The version that is shown in a column, where it has ended, else the last that has; None where none has."""
        if not self._book.is_at_hand(column.conversation):
            return None
        tree = self._conversations.tree(column.conversation)
        found = answers(column, tree)
        return next((answer for answer in found if answer.id == tree.head), found[-1] if found else None)

    def candidates(self, comparison: Comparison) -> list[tuple[ConversationId, str]]:
        """The columns that have an answer in words, with the one that is shown in each."""
        found = [(column, self.shown(column)) for column in comparison.columns]
        return [(column.conversation, node.text) for column, node in found if node is not None and node.text]

    def pick(self, comparison: Comparison, column: Column, answer: Node) -> None:
        """Have the parent go on from an answer, with all others as versions of it."""
        here, tree = comparison.conversation, self._conversations.tree(comparison.conversation)
        columns = self._book.at_hand(comparison)
        new, brought = grafts(tree, comparison, columns)
        changed = replace(comparison, picked=column.conversation, dropped=False, brought=brought)
        head = next(one.reply for one in brought if one.answer == answer.id)
        self._bring(changed, prompt_of(comparison, answer, attached(columns)), new, head)
        tree.move(head)
        self._conversations.show_path(here)

    def settle(self) -> None:
        """Of what has ended since the last look, bring each thing to where it belongs."""
        busy = self._book.busy_columns()
        if busy == self._busy and not self._over:
            return
        self._over.update(dict.fromkeys(sorted(self._busy - busy)))
        self._busy = busy
        for column in tuple(self._over):
            comparison = self._book.home(column)
            if comparison is None or self._turns.get(comparison.turn) is None:  # else its attempts are being counted
                del self._over[column]
                self._note_end(comparison, column)

    def look_again(self, comparison: Comparison) -> None:
        """Nobody knows what ended of these: see to all of it at the next `settle`."""
        self._over.update({column.conversation: None for column in comparison.columns})

    def awake(self) -> set[ConversationId]:
        """The conversations that must not sleep: what is compared, and not decided, or still on its way."""
        if not (self._busy or self._over or any(not one.decided for one in self._book)):
            return set()
        return {name for one in self._book if self._is_live(one) for name in self._book.names(one)}

    def _is_live(self, comparison: Comparison) -> bool:
        columns = (column.conversation for column in comparison.columns)
        return not comparison.decided or any(name in self._busy or name in self._over for name in columns)

    def _note_end(self, comparison: Comparison | None, name: ConversationId) -> None:
        column = comparison.column(name) if comparison is not None else None
        if comparison is None or column is None or not self._book.is_at_hand(name):
            return
        if column.kind is ColumnKind.JUDGE:
            self._note_verdict(comparison, column)
        elif comparison.picked is not None and self._book.is_at_hand(comparison.conversation):
            self._bring_late(comparison)

    def _bring_late(self, comparison: Comparison) -> None:
        """What ended after one was picked is a version too; the head stays."""
        here, name = comparison.conversation, MessageId(comparison.turn)
        tree = self._conversations.tree(here)
        new, brought = grafts(tree, comparison, self._book.at_hand(comparison))
        if name in tree and new:
            self._bring(replace(comparison, brought=brought), tree[name], new, tree.head)
            self._count_versions(here, name)

    def _bring(self, changed: Comparison, prompt: Node, new: list[Node], head: MessageId | None) -> None:
        tree = self._conversations.tree(changed.conversation)
        self._ui.tell(AnswersBrought(changed.conversation, changed, prompt, tuple(new), head))
        if prompt.id not in tree:
            tree.graft(prompt)
        for node in new:
            tree.graft(node)
        self._book.know(changed)

    def _count_versions(self, here: ConversationId, prompt: MessageId) -> None:
        """Where the reply is shown, it has more versions now."""
        tree = self._conversations.tree(here)
        shown = next((name for before, name in pairwise(tree.way_to(tree.head)) if before == prompt), None)
        if shown is not None:
            self._ui.tell(VersionsCounted(here, TurnId(prompt), place(tree, prompt), place(tree, shown)))

    def _note_verdict(self, comparison: Comparison, judge: Column) -> None:
        said = replies(judge, self._conversations.tree(judge.conversation))
        if not said or comparison.judge != judge:
            return
        verdict = verdict_of(comparison, judge, said[-1].text)
        if verdict != comparison.verdict:
            self._book.change(replace(comparison, verdict=verdict))

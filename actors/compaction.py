"""What is sent of a conversation: having its older part summed up, and saying how much there is."""

from collections.abc import Callable
from typing import assert_never

from actors.branching import Branching
from actors.comparison_book import ComparisonBook
from actors.comparison_notices import UNDECIDED
from actors.context_words import describe_context
from actors.conversations import Conversations
from actors.outbox import Outbox
from actors.turns import Turn
from protocol.compaction import INSTRUCTION
from protocol.context import CompactConversation, ContextCommand, ShowContext
from protocol.identity import ConversationId, TurnId
from protocol.models import ServerSurvey
from protocol.tree import summarised

_NOTHING_SAID = "Nothing has been said here yet: there is nothing to sum up."


class Compaction:
    """Owned by the Coordinator, and used in its thread only. A summary is a turn that waits like any other.

    `limit` is how many messages are sent at most; `new_id` makes names that are never used twice. What may begin
    after a command is for the Coordinator to see.
    """

    def __init__(
        self,
        conversations: Conversations,
        branching: Branching,
        outbox: Outbox,
        book: ComparisonBook,
        limit: int,
        new_id: Callable[[], str],
    ) -> None:
        self._conversations = conversations
        self._branching = branching
        self._outbox = outbox
        self._book = book
        self._limit = limit
        self._new_id = new_id

    def act(self, command: ContextCommand, survey: ServerSurvey | None, closed_because: str) -> None:
        """Do what the user wants, or say why not. `closed_because`: why nothing new is taken, if so."""
        here = command.conversation
        match command:
            case CompactConversation(keep=keep):
                obstacle = closed_because or self._undecided(here) or self._branching.obstacle(here)
                obstacle = obstacle or self._nothing_to_sum_up(here, keep)
                if obstacle:
                    self._conversations.post(here, obstacle)
                else:
                    self._sum_up(here, keep)
            case ShowContext():
                path = self._conversations.tree(here).path()
                self._conversations.post(here, describe_context(path, self._conversations[here], survey, self._limit))
            case _:
                assert_never(command)

    def _undecided(self, conversation: ConversationId) -> str:
        """Where answers are compared, what was said before them is what one of them will follow."""
        last = self._book.of(conversation)
        return UNDECIDED if last is not None and not last.decided else ""

    def _nothing_to_sum_up(self, conversation: ConversationId, keep: int) -> str:
        path = self._conversations.tree(conversation).path()
        if summarised(path, keep):
            return ""
        exchanges = (summarised(path, 0) or 0) // 2
        if not exchanges:
            return _NOTHING_SAID
        less = f" /compact {exchanges - 1} leaves one less." if exchanges > 1 else " /compact 0 sums up all there is."
        last = "exchange" if exchanges == 1 else f"{exchanges} exchanges"
        return f"There is nothing to sum up besides the last {last}.{less}"

    def _sum_up(self, conversation: ConversationId, keep: int) -> None:
        turn = Turn(TurnId(self._new_id()), conversation, INSTRUCTION, keeps=keep)
        turn.sums_up = summarised(self._conversations.tree(conversation).path(), keep)
        self._outbox.accept(turn)

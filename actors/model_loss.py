"""A chat whose model is gone: its prompts wait for another one, and the prompt that the server refused is asked again.

That a model is gone only the server can say, by a 404: its list may be older, or that of another machine behind the
same address. What is known of it is the failed reply in the tree, and nothing else: so it holds after a restart, too.
"""

from collections.abc import Callable

from actors.branching import Branching
from actors.conversations import Conversations
from actors.growth import pairs
from actors.outbox import Outbox
from actors.turns import Turn, TurnBook
from protocol.chat import Role
from protocol.coordinator import ReplyFinished
from protocol.errors import is_missing_model
from protocol.identity import ConversationId
from protocol.models import ServerSurvey
from protocol.reply import Broken
from protocol.turn import TurnState
from protocol.ui import WaitReason


class ModelLoss:
    """Owned by the Coordinator, and used in its thread only. `look` looks at the server at once."""

    def __init__(
        self,
        conversations: Conversations,
        turns: TurnBook,
        branching: Branching,
        outbox: Outbox,
        look: Callable[[], None],
    ) -> None:
        self._conversations = conversations
        self._turns = turns
        self._branching = branching
        self._outbox = outbox
        self._look = look
        self._doubtful: set[ConversationId] = set()
        """Where a model was missing since the last look at the server."""

    def hear(self, news: ReplyFinished) -> None:
        """A stream is over. Where the server has said that the model is missing, the list of models may be old."""
        turn = self._turns.current(news.stream)
        missing = isinstance(news.ending, Broken) and is_missing_model(news.ending.failure)
        if turn is not None and missing and not turn.cancelled:
            self._doubtful.add(turn.conversation)
            self._look()

    def obstacle(self, turn: Turn, survey: ServerSurvey | None) -> WaitReason | None:
        """Why a prompt would only be refused as the one before it was. One that is asked again is asked."""
        lost = None if turn.again else self._lost(turn.conversation)
        if lost is None or lost != self._conversations[turn.conversation].model:
            return None
        if turn.conversation in self._doubtful:
            return WaitReason.SURVEY
        if survey is None or survey.failure is not None or survey.has(lost):
            return None
        if turn.waits_for not in (WaitReason.SURVEY, WaitReason.MODEL_UNKNOWN):
            self._look()  # it may be there by now
        return WaitReason.MODEL_UNKNOWN

    def choose(self, conversation: ConversationId) -> None:
        """A model was chosen: ask the prompt again that was refused for the lack of one, before what waits."""
        under_way = any(turn.sent for turn in self._turns.of(conversation))
        if self._lost(conversation) is None or under_way:
            return
        prompt, _ = pairs(self._conversations.tree(conversation).path())[-1]
        self._outbox.hurry(self._branching.ask_again(conversation, prompt))

    def learn(self, before: ServerSurvey | None, survey: ServerSurvey) -> None:
        """A model that was gone is there again: what it was asked is asked again."""
        self._doubtful.clear()
        if before is None or before.failure is not None or survey.failure is not None:
            return
        for conversation in self._conversations.open:
            lost = self._lost(conversation)
            if lost is None or lost != self._conversations[conversation].model:
                continue
            if survey.has(lost) and not before.has(lost):
                self.choose(conversation)

    def _lost(self, conversation: ConversationId) -> str | None:
        """The model for whose lack the last prompt of the path was refused; None if that is not how it ended."""
        tree = self._conversations.tree(conversation)
        last = tree[tree.head] if tree.head is not None else None
        if last is None or last.role is not Role.ASSISTANT or last.state is not TurnState.FAILED:
            return None
        missing = isinstance(last.ending, Broken) and is_missing_model(last.ending.failure)
        return last.model if missing else None

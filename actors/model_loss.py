"""A chat whose model is gone: its prompts wait for another one, and the prompt that the server refused is asked again.

That a model is gone only the server can say, by a 404: its list may be older, or that of another machine behind the
same address. What is known of it is the failed reply in the tree, and nothing else: so it holds after a restart, too.

In a column of a comparison nobody chooses another model: what is asked there ends with what the server says of it.
"""

from actors.branching import Branching
from actors.conversations import Conversations
from actors.growth import pairs
from actors.outbox import Outbox
from actors.server_watches import ServerWatches, Watch
from actors.turns import Turn, TurnBook
from protocol.chat import Role
from protocol.coordinator import ReplyFinished
from protocol.errors import is_missing_model
from protocol.identity import ConversationId
from protocol.models import ServerSurvey
from protocol.reply import Broken, Ending
from protocol.tree import MessageTree
from protocol.turn import TurnState
from protocol.ui import WaitReason


class ModelLoss:
    """Owned by the Coordinator, and used in its thread only."""

    def __init__(
        self,
        conversations: Conversations,
        turns: TurnBook,
        branching: Branching,
        outbox: Outbox,
        servers: ServerWatches,
    ) -> None:
        self._conversations = conversations
        self._turns = turns
        self._branching = branching
        self._outbox = outbox
        self._servers = servers
        self._doubtful: set[ConversationId] = set()
        """Where a model was missing since the last look at their server."""

    def hear(self, news: ReplyFinished) -> None:
        """A stream is over. Where the server has said that the model is missing, the list of models may be old."""
        turn = self._turns.current(news.stream)
        missing = _is_for_lack(news.ending)
        if turn is not None and missing and not turn.cancelled and not self._is_column(turn.conversation):
            self._doubtful.add(turn.conversation)
            self._watch(turn.conversation).look()

    def obstacle(self, turn: Turn) -> WaitReason | None:
        """Why a prompt would only be refused as the one before it was. One that is asked again is asked, and so is one
        that another server of the pool is asked."""
        here = turn.conversation
        lost = None if turn.sent or self._is_column(here) else _lost(self._conversations.tree(here))
        if lost is None or lost != self._conversations[here].model:
            return None
        if here in self._doubtful:
            return WaitReason.SURVEY
        survey = self._watch(here).survey
        return WaitReason.MODEL_UNKNOWN if survey is not None and survey.is_without(lost) else None

    def hold(self, turn: Turn, obstacle: WaitReason) -> None:
        """A prompt is about to wait. If for a model that is gone, look at once: it may be there by now."""
        has_model = self._conversations[turn.conversation].model is not None
        if obstacle is WaitReason.MODEL_UNKNOWN and has_model and turn.waits_for is not WaitReason.SURVEY:
            self._watch(turn.conversation).look()

    def choose(self, conversation: ConversationId) -> None:
        """A model was chosen: ask the prompt again that was refused for the lack of one, before what waits.

        In a conversation that is asleep nothing is.
        """
        if self._conversations.is_asleep(conversation) or self._is_column(conversation):
            return
        tree, under_way = self._conversations.tree(conversation), self._turns.of(conversation)
        if _lost(tree) is None or any(turn.sent for turn in under_way):
            return
        prompt, _ = pairs(tree.path())[-1]
        self._outbox.hurry(self._branching.ask_again(conversation, prompt))

    def learn(self, watch: Watch, before: ServerSurvey | None) -> None:
        """A look found something; `before`: what the one before it found. What a model was asked that was gone, and is
        there again, is asked again."""
        survey = watch.survey
        self._doubtful = {one for one in self._doubtful if self._is_open(one) and self._watch(one) is not watch}
        if before is None or before.failure is not None or survey is None or survey.failure is not None:
            return
        for conversation, tree in list(self._conversations.trees()):
            lost = _lost(tree) if self._is_open(conversation) and self._watch(conversation) is watch else None
            if lost is None or lost != self._conversations[conversation].model:
                continue
            if before.is_without(lost) and not survey.is_without(lost):
                self.choose(conversation)

    def _is_column(self, conversation: ConversationId) -> bool:
        return self._conversations[conversation].column_of is not None

    def _watch(self, conversation: ConversationId) -> Watch:
        return self._servers.of(self._conversations[conversation].server)

    def _is_open(self, conversation: ConversationId) -> bool:
        return conversation in self._conversations


def _lost(tree: MessageTree) -> str | None:
    """The model for whose lack the last prompt of the path was refused; None if that is not how it ended."""
    last = tree[tree.head] if tree.head is not None else None
    if last is None or last.role is not Role.ASSISTANT or last.state is not TurnState.FAILED:
        return None
    return last.model if _is_for_lack(last.ending) else None


def _is_for_lack(ending: Ending | None) -> bool:
    """Tell whether it ended because the server does not have the model."""
    return isinstance(ending, Broken) and is_missing_model(ending.failure)

"""What looks at the servers found, brought to the conversations that they concern."""

from actors.model_desk import ModelDesk
from actors.parts import Parts
from actors.server_watch import ServerWatch
from actors.server_watches import Watch
from actors.turns import Turn
from protocol.address import Address
from protocol.chat import Conversation
from protocol.identity import ConversationId
from protocol.models import ServerSurvey
from protocol.ui import ServerChanged, UiEvent


class Surveys:
    """Owned by the Coordinator, and used in its thread only. What may begin after one is for that one to see."""

    def __init__(self, parts: Parts, models: ModelDesk, ui: Address[UiEvent]) -> None:
        self._parts = parts
        self._servers = parts.servers
        self._conversations = parts.conversations
        self._models = models
        self._ui = ui

    def watch(self, conversation: ConversationId) -> Watch:
        """That of who answers in a conversation."""
        return self._servers.of(self._conversations[conversation].server)

    def begin(self, conversation: Conversation) -> None:
        """A conversation is there: its model may be known already, or a look is needed."""
        self._servers.look_first()
        watch = self._servers.of(conversation.server)
        if watch.survey is not None:
            self._conversations.settle_model(conversation, watch.survey, watch.last_used)

    def learn(self, watch: ServerWatch, survey: ServerSurvey, last_used: str | None) -> None:
        """A server was looked at: what is known of the pool may have changed, too."""
        before, pool = watch.survey, self._servers.pool
        watch.learn(survey, last_used)
        self._spread(watch, before)
        self._models.learn(watch, before)
        if pool is not None and pool.covers(watch.name):
            known = pool.survey
            pool.learn()
            self._spread(pool, known)

    def _spread(self, watch: Watch, before: ServerSurvey | None) -> None:
        """More may be known of who answers in some conversations: tell it, and do there what waited for it."""
        survey = watch.survey
        if survey is None:
            return
        if survey != before:
            self._ui.tell(ServerChanged(survey, watch.name))
        self._parts.server_desk.settle(watch)

        def concerns(conversation: Conversation) -> bool:
            return self._servers.of(conversation.server) is watch

        self._parts.questions.answer(survey, concerns)
        self._parts.loss.learn(watch, before)
        if before is None or (before.names, before.failure) != (survey.names, survey.failure):
            self._conversations.settle_models(survey, watch.last_used, concerns)
        if survey.failure is None or watch.lost is not None:
            self._parts.outbox.take_up(lambda turn: self.watch(turn.conversation) is watch and self._takes(watch, turn))

    def _takes(self, watch: Watch, turn: Turn) -> bool:
        """Tell whether who is back would be asked for what waits: of the pool another may be back than the one it
        needs."""
        model = self._conversations[turn.conversation].model
        return isinstance(watch, ServerWatch) or model is None or watch.takes(model)

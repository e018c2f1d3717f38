"""Questions about models that only a fresh look at the server can answer."""

from collections.abc import Callable

from actors.conversations import Conversations
from actors.notices import describe_absence, describe_models
from protocol.identity import ConversationId
from protocol.models import ServerSurvey


class ModelQuestions:
    """Owned by the Coordinator, and used in its thread only. `look` looks at the server at once.

    `chosen` is called with every conversation for which a model was chosen.
    """

    def __init__(
        self, conversations: Conversations, look: Callable[[], None], chosen: Callable[[ConversationId], None]
    ) -> None:
        self._conversations = conversations
        self._look = look
        self._chosen = chosen
        self._lists: list[ConversationId] = []
        self._choices: list[tuple[ConversationId, str]] = []

    def list(self, conversation: ConversationId) -> None:
        """Tell the user which models there are, when that is known."""
        self._lists.append(conversation)
        self._look()

    def choose(self, conversation: ConversationId, model: str, survey: ServerSurvey | None) -> None:
        """Use the model that the user named; one that was not there at the last look is looked for again first."""
        if describe_absence(model, survey):
            self._choices.append((conversation, model))
            self._look()
        else:
            self._use(conversation, model)

    def answer(self, survey: ServerSurvey) -> None:
        """Answer everything that was asked where it was asked, if that is still there."""
        choices, self._choices = self._choices, []
        for conversation, model in choices:
            if conversation in self._conversations:
                self._settle(conversation, model, survey)
        lists, self._lists = self._lists, []
        for conversation in (each for each in lists if each in self._conversations):
            chosen = self._conversations[conversation].model
            self._conversations.post(conversation, describe_models(survey, chosen))

    def _settle(self, conversation: ConversationId, model: str, survey: ServerSurvey) -> None:
        absence = describe_absence(model, survey)
        if not absence:
            self._use(conversation, model)
            return
        current = self._conversations[conversation].model
        self._conversations.post(conversation, f"{absence} {current} stays chosen." if current else absence)

    def _use(self, conversation: ConversationId, model: str) -> None:
        self._conversations.choose_model(conversation, model)
        self._chosen(conversation)

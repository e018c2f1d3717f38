"""Questions about models that only a fresh look at the server can answer."""

from collections.abc import Callable

from actors.conversations import Conversations
from actors.notices import describe_absence
from actors.parameter_notices import thinks_in_vain
from protocol.chat import Conversation
from protocol.identity import ConversationId
from protocol.model_words import models_words
from protocol.models import ServerSurvey


class ModelQuestions:
    """Owned by the Coordinator, and used in its thread only.

    `look` looks at once at the server of a conversation. `chosen` is called with every conversation for which a model
    was chosen.
    """

    def __init__(
        self,
        conversations: Conversations,
        look: Callable[[ConversationId], None],
        chosen: Callable[[ConversationId], None],
    ) -> None:
        self._conversations = conversations
        self._look = look
        self._chosen = chosen
        self._lists: list[ConversationId] = []
        self._choices: list[tuple[ConversationId, str]] = []

    def take_over(self, before: "ModelQuestions") -> None:
        """Know what another one was asked, and has not answered: everything but that begins anew."""
        self._lists, self._choices = before._lists, before._choices

    def list(self, conversation: ConversationId) -> None:
        """Tell the user which models there are, when that is known."""
        self._lists.append(conversation)
        self._look(conversation)

    def choose(self, conversation: ConversationId, model: str, survey: ServerSurvey | None) -> None:
        """Use the model that the user named; one that was not there at the last look is looked for again first."""
        if describe_absence(model, survey):
            self._choices.append((conversation, model))
            self._look(conversation)
        else:
            self._choose(conversation, model, survey)

    def answer(self, survey: ServerSurvey, concerns: Callable[[Conversation], bool] = lambda _: True) -> None:
        """Answer everything that was asked where it was asked, if that is still there.

        `concerns` tells of a conversation whether this server answers in it.
        """
        self._choices = [one for one in self._choices if one[0] in self._conversations]
        self._lists = [one for one in self._lists if one in self._conversations]
        here = {one for one in (*(one for one, _ in self._choices), *self._lists) if concerns(self._conversations[one])}
        choices, self._choices = self._choices, [one for one in self._choices if one[0] not in here]
        for conversation, model in (one for one in choices if one[0] in here):
            self._settle(conversation, model, survey)
        lists, self._lists = self._lists, [one for one in self._lists if one not in here]
        for conversation in (each for each in lists if each in here):
            chosen = self._conversations[conversation].model
            self._conversations.post(conversation, models_words(survey, chosen))

    def _settle(self, conversation: ConversationId, model: str, survey: ServerSurvey) -> None:
        absence = describe_absence(model, survey)
        if not absence:
            self._choose(conversation, model, survey)
            return
        current = self._conversations[conversation].model
        self._conversations.post(conversation, f"{absence} {current} stays chosen." if current else absence)

    def _choose(self, conversation: ConversationId, model: str, survey: ServerSurvey | None) -> None:
        self._conversations.choose_model(conversation, model)
        installed = survey.installed(model) if survey is not None else None
        unthinking = thinks_in_vain(self._conversations[conversation].parameters, installed)
        if unthinking:
            self._conversations.post(conversation, unthinking)
        self._chosen(conversation)

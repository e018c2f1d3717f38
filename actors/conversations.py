"""The conversations: their model, their system prompt, and what was said in them."""

from collections.abc import Callable

from msgspec.structs import replace

from protocol.address import Address
from protocol.chat import ChatMessage, Conversation, Role
from protocol.coordinator import StartConversation
from protocol.identity import ConversationId
from protocol.models import ModelChosen, ModelUnclear, ServerSurvey, choose_model
from protocol.reply import Reply
from protocol.ui import ConversationStarted, ModelAsked, ModelSet, NoticePosted, SystemPromptSet, UiEvent


class Conversations:
    """Owned by the Coordinator, and used in its thread only. Every change that can be seen is told to the UI."""

    def __init__(self, ui: Address[UiEvent], new_id: Callable[[], str]) -> None:
        self._ui = ui
        self._new_id = new_id
        self._conversations: dict[ConversationId, Conversation] = {}

    def __getitem__(self, conversation: ConversationId) -> Conversation:
        """What is known of a conversation; KeyError for one that was never started."""
        return self._conversations[conversation]

    def start(self, command: StartConversation) -> Conversation:
        """Begin an empty conversation."""
        model, system = command.model, command.system
        if command.like is not None:
            model, system = self[command.like].model, self[command.like].system
        conversation = Conversation(ConversationId(self._new_id()), model, system)
        self.restore(conversation)
        return conversation

    def restore(self, conversation: Conversation) -> None:
        """Take a conversation in as it is, if it is not here already, and show it."""
        conversation = self._conversations.setdefault(conversation.id, conversation)
        self._ui.tell(ConversationStarted(conversation.id, conversation.model, conversation.system))

    def post(self, conversation: ConversationId, text: str) -> None:
        """Show a notice in a conversation."""
        self._ui.tell(NoticePosted(conversation, text))

    def choose_model(self, conversation: ConversationId, model: str) -> None:
        """Set the model that the user named."""
        self._set_model(conversation, model)
        self.post(conversation, f"{model} answers from the next prompt on.")

    def settle_models(self, survey: ServerSurvey, last_used: str | None) -> None:
        """Choose a model for every conversation that has none, or ask."""
        for conversation in tuple(self._conversations.values()):
            self.settle_model(conversation, survey, last_used)

    def settle_model(self, conversation: Conversation, survey: ServerSurvey, last_used: str | None) -> None:
        """Choose a model for a conversation if it has none and the server can be used, or ask."""
        if conversation.model is not None or survey.failure is not None:
            return
        match choose_model(survey, last_used):
            case ModelChosen(name=name):
                self._set_model(conversation.id, name)
            case ModelUnclear(question=question, names=names):
                self._ui.tell(ModelAsked(conversation.id, question, names))

    def set_system(self, conversation: ConversationId, text: str) -> None:
        """Set the system prompt, or remove it if `text` is empty."""
        self._conversations[conversation] = replace(self._conversations[conversation], system=text)
        self._ui.tell(SystemPromptSet(conversation, text))
        self.post(
            conversation, "The system prompt is set for what follows." if text else "The system prompt is removed."
        )

    def show_system(self, conversation: ConversationId) -> None:
        """Say which system prompt is in use."""
        system = self._conversations[conversation].system
        self.post(conversation, f"System prompt: {system}" if system else "There is no system prompt.")

    def record(self, conversation: ConversationId, prompt: str, reply: Reply) -> None:
        """Make a prompt and what came of its reply part of the conversation.

        A prompt that got no answer is left out: it would be sent, and maybe refused, again with every later one.
        """
        if not (reply.text or reply.tool_calls):
            return
        before = self._conversations[conversation]
        messages = (*before.messages, ChatMessage(Role.USER, prompt), reply.as_message())
        self._conversations[conversation] = replace(before, messages=messages)

    def _set_model(self, conversation: ConversationId, model: str) -> None:
        self._conversations[conversation] = replace(self._conversations[conversation], model=model)
        self._ui.tell(ModelSet(conversation, model))

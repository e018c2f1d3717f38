"""What a conversation is made of."""

from enum import StrEnum
from itertools import dropwhile

from protocol.identity import ConversationId
from protocol.message import Value


class Role(StrEnum):
    """Who speaks, in Ollama's words (api.md, "Generate a chat completion")."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class ToolCall(Value, frozen=True):
    """A model's wish to have a function called."""

    name: str
    arguments: str
    """A JSON object, letter for letter as the server wrote it."""
    id: str = ""


class ChatMessage(Value, frozen=True):
    """One message of a conversation, as it is sent to a model."""

    role: Role
    content: str
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()


class ChatRequest(Value, frozen=True):
    """One question to a model: everything a server needs, and nothing the user did not set."""

    model: str
    messages: tuple[ChatMessage, ...]
    stream: bool = True


class Conversation(Value, frozen=True):
    """What was said so far, and to which model the next prompt goes."""

    id: ConversationId
    model: str | None = None
    """None until the user, or the list of models, has decided."""
    system: str = ""
    messages: tuple[ChatMessage, ...] = ()

    def request(self, model: str, prompt: str, max_history: int) -> ChatRequest:
        """Build the request for `prompt`: system prompt, the last messages, at most `max_history`, then the prompt.

        The history never begins with a reply whose prompt is left out: templates do not expect that.
        """
        system = (ChatMessage(Role.SYSTEM, self.system),) if self.system else ()
        latest = self.messages[-max_history:] if max_history else ()
        history = dropwhile(lambda message: message.role is not Role.USER, latest)
        return ChatRequest(model, (*system, *history, ChatMessage(Role.USER, prompt)))

"""What a conversation is made of."""

from enum import StrEnum

from protocol.identity import ConversationId, ServerName
from protocol.message import Value
from protocol.parameters import Parameters


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
    parameters: Parameters = Parameters()
    server: ServerName = ServerName("")
    """Whom it is sent to."""


class Attachment(Value, frozen=True):
    """A file that goes with a message."""

    name: str
    media_type: str
    data: bytes


class Conversation(Value, frozen=True):
    """What holds for all that will be said in a conversation."""

    id: ConversationId
    model: str | None = None
    """To which the next prompt goes; None until the user, or the list of models, has decided."""
    system: str = ""
    parameters: Parameters = Parameters()
    server: ServerName = ServerName("")
    """Who answers; empty for the default."""
    column_of: ConversationId | None = None
    """It is a column of a comparison in this conversation."""

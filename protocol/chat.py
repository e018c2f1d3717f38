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
    tool_calls: tuple[ToolCall, ...] = ()
    images: tuple[bytes, ...] = ()
    """As they are sent."""
    attachments: tuple["Attachment", ...] = ()
    """What is still to be made part of it, by `protocol.attachments.resolved`: then it goes into content and images."""


class ChatRequest(Value, frozen=True):
    """One question to a model: everything a server needs, and nothing the user did not set."""

    model: str
    messages: tuple[ChatMessage, ...]
    stream: bool = True
    parameters: Parameters = Parameters()
    server: ServerName = ServerName("")
    """Whom it is sent to."""


class Stored(Value, frozen=True):
    """What is known of bytes that are kept on disk, and not in memory."""

    digest: str
    """SHA-256, in hexadecimal: what they are found by."""
    size: int
    width: int = 0
    """Of an image, pixels; 0 where that is not known. The same goes for `height`."""
    height: int = 0


class Attachment(Value, frozen=True, omit_defaults=True):
    """A file that goes with a message."""

    name: str
    """As it was written where it was attached; untrusted."""
    media_type: str
    data: bytes
    stored: Stored | None = None
    """Where the bytes are on disk instead: then `data` is empty. What is exported has them all."""

    @property
    def is_image(self) -> bool:
        """True for what a model sees; anything else is text that it reads."""
        return self.media_type.startswith("image/")

    @property
    def size(self) -> int:
        """Bytes."""
        return self.stored.size if self.stored is not None else len(self.data)

    @property
    def text(self) -> str:
        """What it says. Of an image that is nothing."""
        return "" if self.is_image else self.data.decode(errors="replace")


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

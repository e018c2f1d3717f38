"""A reply, and the ways it can end."""

from protocol.chat import Attachment, ChatMessage, Role, ToolCall
from protocol.errors import Failure
from protocol.frames import Metrics
from protocol.message import Message, Value


class Reply(Value, frozen=True):
    """All that one attempt brought, in order, whole or partial."""

    text: str = ""
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    images: tuple[Attachment, ...] = ()
    """What the model has drawn."""

    @property
    def empty(self) -> bool:
        """True when nothing at all came."""
        return not (self.text or self.thinking or self.tool_calls or self.images)

    def as_message(self) -> ChatMessage:
        """Return it as the assistant's message. Thinking is left out: models are not shown their old thoughts."""
        return ChatMessage(Role.ASSISTANT, self.text, tool_calls=self.tool_calls)


class Finished(Message, frozen=True):
    """The server said `done`."""

    reason: str
    metrics: Metrics
    misfit: str = ""
    """In what the reply does not fit the format that was asked for: a sentence, or nothing."""
    first_token: float = 0.0
    """Seconds from the question to the first piece of the reply; 0 where nobody measured it."""


class Broken(Message, frozen=True):
    """The attempt ended with an error."""

    failure: Failure


class Stopped(Message, frozen=True):
    """We ended it: the user cancelled, or the program stops."""

    first_token: float = 0.0
    """As that of Finished."""


Ending = Finished | Broken | Stopped

"""What a face is told of what goes with prompts, from the InputHandler."""

from protocol.chat import Attachment
from protocol.errands import Sight
from protocol.identity import ConversationId
from protocol.mentions import Mention
from protocol.message import Message


class FilesMentioned(Message, frozen=True):
    """What these words of a text that is being written would attach."""

    conversation: ConversationId
    words: tuple[Mention, ...]
    sights: tuple[Sight, ...]
    trouble: str = ""
    """Why it could not be sent as it is; empty where it could."""


class FilesAwaited(Message, frozen=True):
    """So many prompts of this conversation are not sent yet: what goes with them is being read."""

    conversation: ConversationId
    prompts: int


class FilesOffered(Message, frozen=True):
    """Write these words where one writes: they name what is to be attached."""

    conversation: ConversationId
    words: str
    pasted: str = ""
    """In whose place, if it is still there."""


class CommandStarted(Message, frozen=True):
    """What the user typed runs in a shell."""

    conversation: ConversationId
    command: str


class CommandEnded(Message, frozen=True):
    """It does not run any more. Show what it printed."""

    conversation: ConversationId
    command: str
    output: str
    """Untrusted."""
    end: str
    """How it ended, in words."""
    attachment: Attachment | None = None
    """What is sent of it if the user says so: ask. None where it was stopped."""


AttachmentEvent = FilesMentioned | FilesAwaited | FilesOffered | CommandStarted | CommandEnded

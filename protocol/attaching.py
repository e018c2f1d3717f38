"""What the InputHandler accepts of what goes with prompts: what is written and pasted, and news of its errands."""

from protocol.chat import Attachment
from protocol.errands import ErrandNews
from protocol.identity import ConversationId
from protocol.mentions import Mention
from protocol.message import Message


class TextWritten(Message, frozen=True):
    """These words of what is being written may name files: say what they would attach."""

    conversation: ConversationId
    words: tuple[Mention, ...]


class PathsPasted(Message, frozen=True):
    """What was pasted may be the paths of images, as a terminal pastes what is dragged on it."""

    conversation: ConversationId
    pasted: str
    paths: tuple[str, ...]


class ImagesWanted(Message, frozen=True):
    """Write these images to files: from the copy mode, or from the Coordinator, which knows what was drawn."""

    conversation: ConversationId
    images: tuple[Attachment, ...]
    folder: str = ""
    name: str = ""
    """The name of the only one, where the user has given one."""


AttachingMessage = TextWritten | PathsPasted | ImagesWanted | ErrandNews

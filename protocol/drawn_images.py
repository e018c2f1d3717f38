"""What the Coordinator is asked about the images that models have drawn."""

from protocol.identity import ConversationId
from protocol.message import Message


class SaveDrawnImages(Message, frozen=True):
    """Have the images that were drawn in a conversation written to files."""

    conversation: ConversationId
    folder: str = ""

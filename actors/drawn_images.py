"""The images that models have drawn in a conversation, and whom to tell to save them."""

from actors.conversations import Conversations
from protocol.address import Address
from protocol.attaching import ImagesWanted
from protocol.chat import Attachment, Role
from protocol.drawn_images import SaveDrawnImages
from protocol.identity import ConversationId

_NONE = "No model has drawn anything here."


class DrawnImages:
    """Owned by the Coordinator, and used in its thread only. `saver` has them written; None where nobody does."""

    def __init__(self, conversations: Conversations, saver: Address[ImagesWanted] | None) -> None:
        self._conversations = conversations
        self._saver = saver

    def save(self, command: SaveDrawnImages) -> None:
        """Have those on the path that is shown written, or say that there are none."""
        images = self._of(command.conversation)
        if images and self._saver is not None:
            self._saver.tell(ImagesWanted(command.conversation, images, command.folder))
        else:
            self._conversations.post(command.conversation, _NONE)

    def _of(self, conversation: ConversationId) -> tuple[Attachment, ...]:
        path = self._conversations.tree(conversation).path()
        return tuple(one for node in path if node.role is Role.ASSISTANT for one in node.attachments)

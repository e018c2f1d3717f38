"""What the Coordinator accepts of the servers of conversations."""

from protocol.identity import ConversationId, ServerName
from protocol.message import Message


class ShowServers(Message, frozen=True):
    """Tell the user which servers there are, and how each is."""

    conversation: ConversationId


class ShowPool(Message, frozen=True):
    """Tell the user what the servers have to do, those of the pool first, and what waits for them."""

    conversation: ConversationId


class ChooseServer(Message, frozen=True):
    """Have another server answer from the next prompt on; what waits goes there too."""

    conversation: ConversationId
    server: ServerName
    """As the user has written it."""


ServerCommand = ShowServers | ShowPool | ChooseServer

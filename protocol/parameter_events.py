"""What a face is told of the parameters of conversations."""

from protocol.identity import ConversationId
from protocol.message import Message
from protocol.parameters import Parameters


class ParametersSet(Message, frozen=True):
    """These hold in a conversation from its next prompt on: all that is set, and nothing else is."""

    conversation: ConversationId
    parameters: Parameters


ParameterEvent = ParametersSet

"""What the Coordinator accepts of the parameters of a conversation."""

from protocol.identity import ConversationId
from protocol.message import Message
from protocol.parameter_changes import ParameterChange


class ChangeParameters(Message, frozen=True):
    """Have something else sent along from the next prompt on."""

    conversation: ConversationId
    change: ParameterChange


class ShowParameters(Message, frozen=True):
    """Tell the user what is set."""

    conversation: ConversationId


class ListParameters(Message, frozen=True):
    """Tell the user what can be set, and what is; `name`: only what this option is, can be and means."""

    conversation: ConversationId
    name: str = ""


class UsePreset(Message, frozen=True):
    """Have what a preset says hold from the next prompt on; what it does not say stays."""

    conversation: ConversationId
    name: str


class ShowPresets(Message, frozen=True):
    """Tell the user which presets there are."""

    conversation: ConversationId


ParameterCommand = ChangeParameters | ShowParameters | ListParameters | UsePreset | ShowPresets

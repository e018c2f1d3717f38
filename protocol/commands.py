"""What a user may ask for by a slash command or a key."""

from protocol.compare_words import CompareWord
from protocol.identity import ConversationId
from protocol.message import Message
from protocol.model_commands import ModelCommand
from protocol.parameter_changes import ParameterChange


class Help(Message, frozen=True):
    """Show the commands."""


class New(Message, frozen=True):
    """Begin a new conversation."""


class Chats(Message, frozen=True):
    """Show the conversations that are kept."""


class Open(Message, frozen=True):
    """Go to another conversation."""

    wanted: str


class Model(Message, frozen=True):
    """Choose a model, or list them."""

    name: str


class System(Message, frozen=True):
    """Set the system prompt, or show it; `-` removes it."""

    text: str


class Attach(Message, frozen=True):
    """Have a file go with the next prompt."""

    path: str


class SaveImages(Message, frozen=True):
    """Write what models have drawn to files."""

    folder: str
    """Empty for the one where the program was started."""


class Cancel(Message, frozen=True):
    """Stop the reply under way, or everything."""

    everything: bool


class Retry(Message, frozen=True):
    """Ask the last prompt again."""


class Continue(Message, frozen=True):
    """Go on with the last reply."""


class Edit(Message, frozen=True):
    """Change the last prompt."""


class Undo(Message, frozen=True):
    """Go back before the last prompt."""


class Redo(Message, frozen=True):
    """Take the last undo back."""


class Version(Message, frozen=True):
    """Show another version of the last message that has several."""

    step: int
    """1 for the one after, -1 for the one before."""


class Fork(Message, frozen=True):
    """Go on in a copy."""


class Compact(Message, frozen=True):
    """Have the older part summed up."""

    keep: int
    """Exchanges that stay as they are."""


class Context(Message, frozen=True):
    """Show how full the context is."""


class Title(Message, frozen=True):
    """Name the conversation, or show its name."""

    text: str


class Search(Message, frozen=True):
    """Find words in all conversations."""

    words: str


class Delete(Message, frozen=True):
    """Put a conversation away; this one if none is named."""

    wanted: str


class Undelete(Message, frozen=True):
    """Bring back the conversation that was deleted last."""


class Queue(Message, frozen=True):
    """Show what streams and what waits."""


class QueueEdit(Message, frozen=True):
    """Change a prompt that waits."""

    number: int


class QueueDrop(Message, frozen=True):
    """Take a prompt out of the queue."""

    number: int


class QueueMove(Message, frozen=True):
    """Put a prompt that waits elsewhere in the queue."""

    number: int
    to: int


class QueueNow(Message, frozen=True):
    """Stop the reply and send a prompt that waits."""

    number: int | None
    """None for the first of this conversation."""


class Now(Message, frozen=True):
    """Try again at once, instead of waiting."""


class Debug(Message, frozen=True):
    """Show how the engine fares."""


class Show(Message, frozen=True):
    """Go to a conversation that is open. A key says this; no text does."""

    wanted: ConversationId


class Quit(Message, frozen=True):
    """Leave the program."""


class Set(Message, frozen=True):
    """Have something else sent along."""

    change: ParameterChange


class SetFormatFile(Message, frozen=True):
    """Have replies fit the JSON schema in a file."""

    path: str


class Settings(Message, frozen=True):
    """Show what can be set, and what is; `name`: only this option."""

    name: str = ""


class SettingsShown(Message, frozen=True):
    """Show what is set."""


class Preset(Message, frozen=True):
    """Use a preset, or list them."""

    name: str


class Server(Message, frozen=True):
    """Have another server answer, or list them."""

    name: str


class Servers(Message, frozen=True):
    """Show what the servers have to do."""


class Advice(Message, frozen=True):
    """A command of another program: say what there is here instead."""

    text: str


class Unknown(Message, frozen=True):
    """No such command, or not in this form."""

    explanation: str


ContextWish = Compact | Context
Parametrising = Set | Settings | SettingsShown | Preset
Branch = Retry | Continue | Edit | Undo | Redo | Version | Fork
Queuing = Queue | QueueEdit | QueueDrop | QueueMove | QueueNow | Now
Command = (
    Help
    | New
    | Chats
    | Open
    | Title
    | Search
    | Delete
    | Undelete
    | Branch
    | ContextWish
    | Show
    | Model
    | System
    | Parametrising
    | Server
    | Servers
    | CompareWord
    | SetFormatFile
    | Advice
    | Cancel
    | Attach
    | SaveImages
    | Queuing
    | ModelCommand
    | Debug
    | Quit
    | Unknown
)

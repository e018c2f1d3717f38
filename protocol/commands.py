"""The slash commands: one table, from which the parser, the help and the nearest guess are made."""

from collections.abc import Callable
from difflib import get_close_matches

from protocol.message import Message, Value


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


class Quit(Message, frozen=True):
    """Leave the program."""


class Unknown(Message, frozen=True):
    """No such command, or not in this form."""

    explanation: str


Branch = Retry | Continue | Edit | Undo | Redo | Version | Fork
Queuing = Queue | QueueEdit | QueueDrop | QueueMove | QueueNow
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
    | Model
    | System
    | Cancel
    | Queuing
    | Quit
    | Unknown
)


class CommandEntry(Value, frozen=True):
    """One row of the table."""

    name: str
    arguments: str
    help: str
    parse: Callable[[str], Command | None]
    """From what follows the name to the command; None when that does not fit."""

    @property
    def usage(self) -> str:
        """The command as it is typed."""
        return f"/{self.name} {self.arguments}".rstrip()


def _alone(command: Command) -> Callable[[str], Command | None]:
    return lambda rest: None if rest else command


def _parse_cancel(rest: str) -> Command | None:
    return Cancel(rest == "all") if rest in ("", "all") else None


def _parse_model(rest: str) -> Command | None:
    return None if len(rest.split()) > 1 else Model(rest)


COMMANDS = (
    CommandEntry("help", "", "show this help", _alone(Help())),
    CommandEntry("new", "", "begin a new conversation", _alone(New())),
    CommandEntry("chats", "", "show the conversations that are kept", _alone(Chats())),
    CommandEntry("open", "TITLE", "go to another conversation", lambda rest: Open(rest) if rest else None),
    CommandEntry("model", "[NAME]", "choose a model, or list them", _parse_model),
    CommandEntry("system", "[TEXT|-]", "set the system prompt, show it, or remove it with -", System),
    CommandEntry("cancel", "[all]", "stop the reply, or everything in every conversation", _parse_cancel),
    CommandEntry("queue", "", "show what streams and what waits", _alone(Queue())),
    CommandEntry("quit", "", "leave", _alone(Quit())),
)
_SHOWN = 30
_BY_NAME = {entry.name: entry for entry in COMMANDS}


def is_command(text: str) -> bool:
    """Tell whether a text is meant as a command: a slash and a letter. `//` and paths like `/usr/bin` are prompts."""
    word = text.split(maxsplit=1)[0] if text.strip() else ""
    return word.startswith("/") and word[1:].isalpha()


def parse_command(text: str) -> Command:
    """Parse a text for which `is_command` holds."""
    word, *rest = text.strip().split(maxsplit=1)
    name = word[1:].lower()
    entry = _BY_NAME.get(name)
    if entry is None:
        return Unknown(f"There is no command /{_shorten(name)}.{_nearest(name)} /help lists them all.")
    return entry.parse("".join(rest)) or Unknown(f"Write it like {entry.usage}: {entry.help}.")


def help_text() -> str:
    """Return the commands with their help, a line each."""
    width = max(len(entry.usage) for entry in COMMANDS)
    return "\n".join(f"{entry.usage:<{width}}  {entry.help}" for entry in COMMANDS)


def _shorten(name: str) -> str:
    return name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"


def _nearest(name: str) -> str:
    close = get_close_matches(name, _BY_NAME, n=1)
    return f" Did you mean /{close[0]}?" if close else ""

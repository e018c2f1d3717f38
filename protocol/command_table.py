"""The slash commands: one table, from which the parser, the help and the nearest guess are made."""

import re
from collections.abc import Callable
from difflib import get_close_matches

from protocol.commands import (
    Attach,
    Cancel,
    Chats,
    Command,
    Compact,
    Context,
    Continue,
    Debug,
    Delete,
    Edit,
    Fork,
    Help,
    Model,
    New,
    Now,
    Open,
    Preset,
    Queue,
    QueueDrop,
    QueueEdit,
    QueueMove,
    QueueNow,
    Quit,
    Redo,
    Retry,
    SaveImages,
    Search,
    Server,
    Servers,
    System,
    Title,
    Undelete,
    Undo,
    Unknown,
    Version,
)
from protocol.compaction import KEPT
from protocol.message import Value
from protocol.model_commands import (
    Models,
    Running,
    parse_copy,
    parse_create,
    parse_load,
    parse_pull,
    parse_remove,
    parse_unload,
)
from protocol.quoting import unquoted
from protocol.set_command import parse_set, parse_show


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


def _parse_attach(rest: str) -> Command | None:
    path = unquoted(rest.removeprefix("@"))
    return Attach(path) if path else None


def _parse_save_images(rest: str) -> Command | None:
    return SaveImages(unquoted(rest))


def _parse_preset(rest: str) -> Command | None:
    return None if len(rest.split()) > 1 else Preset(rest)


def _parse_server(rest: str) -> Command | None:
    return None if len(rest.split()) > 1 else Server(rest)


def _parse_version(rest: str) -> Command | None:
    step = {"": 1, "next": 1, "back": -1}.get(rest)
    return None if step is None else Version(step)


def _parse_compact(rest: str) -> Command | None:
    if not rest:
        return Compact(KEPT)
    return Compact(int(rest)) if _COUNT.fullmatch(rest) else None


def _parse_compare(rest: str) -> Command:
    from protocol.compare_command import parse_compare  # nothing is compared before the first paint

    return parse_compare(rest)


def _parse_queue(rest: str) -> Command | None:
    action, *words = rest.split() or [""]
    numbers = [int(word) for word in words if _NUMBER.fullmatch(word)]
    if len(numbers) < len(words):
        return None
    match action, numbers:
        case "", []:
            return Queue()
        case "edit", [number]:
            return QueueEdit(number)
        case "drop", [number]:
            return QueueDrop(number)
        case "move", [number, to]:
            return QueueMove(number, to)
        case "now", []:
            return QueueNow(None)
        case "now", [number]:
            return QueueNow(number)
        case _:
            return None


_NUMBER = re.compile("[1-9][0-9]{0,5}")
_COUNT = re.compile("[0-9]{1,4}")
_COMPARED = "[MODEL ...|again|pick N|judge M|merge M|drop]"
_QUEUE = "[edit N|drop N|move N M|now [N]]"
_GROUPS = {
    "Chats": (
        CommandEntry("new", "", "begin a new chat", _alone(New())),
        CommandEntry("chats", "", "show the chats that are kept", _alone(Chats())),
        CommandEntry("open", "TITLE", "go to another chat", lambda rest: Open(rest) if rest else None),
        CommandEntry("search", "WORDS", "find words in all chats", lambda rest: Search(rest) if rest else None),
        CommandEntry("title", "[TEXT]", "name this chat, or show its name", lambda rest: Title(" ".join(rest.split()))),
        CommandEntry("fork", "", "go on in a copy of this chat", _alone(Fork())),
        CommandEntry("delete", "[TITLE]", "put this chat away, or the one named", Delete),
        CommandEntry("undelete", "", "bring back the chat deleted last", _alone(Undelete())),
    ),
    "Replies": (
        CommandEntry("retry", "", "ask the last prompt again", _alone(Retry())),
        CommandEntry("continue", "", "have the last reply gone on with", _alone(Continue())),
        CommandEntry("edit", "", "change the last prompt", _alone(Edit())),
        CommandEntry("undo", "", "go back before the last prompt", _alone(Undo())),
        CommandEntry("redo", "", "take the last undo back", _alone(Redo())),
        CommandEntry("version", "[next|back]", "show another version", _parse_version),
        CommandEntry("compact", "[N]", f"sum up all but the last N exchanges ({KEPT})", _parse_compact),
        CommandEntry("compare", _COMPARED, "have several models answer, side by side", _parse_compare),
    ),
    "Files": (
        CommandEntry("attach", "PATH", "have a file go with the next prompt", _parse_attach),
        CommandEntry("save-images", "[DIR]", "save what was drawn in this chat", _parse_save_images),
    ),
    "Under way": (
        CommandEntry("cancel", "[all]", "stop the reply, or everything in every chat", _parse_cancel),
        CommandEntry("queue", _QUEUE, "show what streams and waits, or change that", _parse_queue),
        CommandEntry("now", "", "try again at once, instead of waiting", _alone(Now())),
    ),
    "Models": (
        CommandEntry("models", "", "list the models; choose, show, delete one", _alone(Models())),
        CommandEntry("pull", "[NAME|stop NAME]", "get a model, stop that, or show how far it is", parse_pull),
        CommandEntry("ps", "", "show which models are loaded", _alone(Running())),
        CommandEntry("load", "[NAME]", "bring a model into memory", parse_load),
        CommandEntry("unload", "[NAME]", "take a model out of memory", parse_unload),
        CommandEntry("rm", "NAME", "delete a model", parse_remove),
        CommandEntry("cp", "FROM TO", "give a model another name as well", parse_copy),
        CommandEntry("create", "NAME FILE", "make a model of a Modelfile", parse_create),
    ),
    "Settings": (
        CommandEntry("model", "[NAME]", "choose a model, or list them", _parse_model),
        CommandEntry("server", "[NAME]", "have another server answer, or list them", _parse_server),
        CommandEntry("servers", "", "show the pool: what streams where, and what waits", _alone(Servers())),
        CommandEntry("system", "[TEXT|-]", "set the system prompt, show it, or remove it with -", System),
        CommandEntry("set", "[NAME VALUE|NAME -]", "set an option or the like, list them, or reset one", parse_set),
        CommandEntry("show", "[PART] [NAME]", "show what is set, or what is known of a model", parse_show),
        CommandEntry("preset", "[NAME]", "use a preset of your own, or list them", _parse_preset),
        CommandEntry("context", "", "show how full the context is, and what is sent", _alone(Context())),
        CommandEntry("debug", "", "show how the parts of the engine fare", _alone(Debug())),
        CommandEntry("help", "", "show this help", _alone(Help())),
        CommandEntry("quit", "", "quit chinwag", _alone(Quit())),
    ),
}
COMMANDS = tuple(entry for group in _GROUPS.values() for entry in group)
_COLUMN = 20
"""How wide the commands are in the help; the help of a longer one goes below it."""
_SHOWN = 30
_BY_NAME = {entry.name: entry for entry in COMMANDS}


def is_command(text: str) -> bool:
    """Tell whether a text is meant as a command: a slash and a letter. `//` and paths like `/usr/bin` are prompts."""
    word = text.split(maxsplit=1)[0] if text.strip() else ""
    return word.startswith("/") and (word[1:].isalpha() or word[1:].lower() in _BY_NAME)


def shell_command(text: str) -> str:
    """Return what a text wants to have run, behind `!`; empty where it is a prompt. `!!` begins prompts, as `//` does,
    and a text of several lines is one."""
    command = text[1:].strip() if text.startswith("!") else ""
    return "" if command.startswith("!") or "\n" in command else command


def parse_command(text: str) -> Command:
    """Parse a text for which `is_command` holds."""
    word, *rest = text.strip().split(maxsplit=1)
    name = word[1:].lower()
    entry = _BY_NAME.get(name)
    if entry is None:
        return Unknown(f"There is no command /{_shorten(name)}.{_nearest(name)} /help lists them all.")
    return entry.parse("".join(rest)) or Unknown(f"Write it like {entry.usage}: {entry.help}.")


def help_text() -> str:
    """Return the commands with their help, in groups, a line each if they are not long."""
    return "\n\n".join("\n".join([title, *map(_help_line, group)]) for title, group in _GROUPS.items())


def _help_line(entry: CommandEntry) -> str:
    below = len(entry.usage) > _COLUMN
    return f"{entry.usage}\n{'':<{_COLUMN}}  {entry.help}" if below else f"{entry.usage:<{_COLUMN}}  {entry.help}"


def _shorten(name: str) -> str:
    return name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"


def _nearest(name: str) -> str:
    close = get_close_matches(name, _BY_NAME, n=1)
    return f" Did you mean /{close[0]}?" if close else ""

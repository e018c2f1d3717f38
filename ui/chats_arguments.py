"""The command line of `chinwag chats`: what may be done with what was said."""

import argparse

from protocol.message import Value
from ui.common_arguments import Commands, add_action

HELP = "list, search, show, export, import or delete what was said"
_DESCRIPTION = "What was said, and kept."
_SHOWN_HITS = 50
_SEARCH_EPILOG = """\
All words must occur in a message; the last one may be the beginning of a word.
Exit status: 0 found, 1 nothing found, 2 wrong usage."""
_EXPORT_EPILOG = """\
Without TITLE it is the last chat, without -o it goes to standard output; all
as Markdown need a folder. Markdown holds what is shown: the path to the last
message. JSON holds everything, and chinwag chats import reads it:

  {"format": "chinwag-chats", "version": 1, "conversations": [CHAT, ...]}

  CHAT          id, title, model, system, created, updated, head, unread,
                messages, waiting
  messages      id, parent, role, text, thinking, tool_calls, state, ending,
                model, created, attachments
  waiting       turn, prompt, again, continues, attachments: prompts still
                to be sent
  attachments   name, media_type, data: what goes with a message

Messages are a tree: parent names the message before, and stands before its
children. The replies to a prompt are its children, called PROMPT#1, PROMPT#2
and so on: one for each time it was sent. head is the message that the next
prompt will follow. Times are seconds since 1970, data is base64. The same chats
make the same document, byte for byte."""
_IMPORT_EPILOG = """\
What is there already stays as it is; what is missing is added. Prompts that
waited wait again: the next run sends them. A document that is not sound is
refused as a whole."""


class ChatsOptions(Value, frozen=True):
    """What was asked for behind `chats`."""

    action: str
    """`list`, `search`, `show`, `export`, `import` or `delete`."""
    wanted: str | None = None
    """What the title or the id begins with, the words to search, or the file to import."""
    as_json: bool = False
    everything: bool = False
    output: str | None = None
    """A file or a folder; None and `-` for standard output."""
    force: bool = False
    undo: bool = False
    limit: int = _SHOWN_HITS


def add_chats(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add `chats` and its actions."""
    chats = commands.add_parser("chats", help=HELP)
    chats.description = _DESCRIPTION
    actions = chats.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add(actions, "list", "all chats, the latest first")
    search = _add(actions, "search", "messages in which words occur, the latest first", _SEARCH_EPILOG)
    search.add_argument("wanted", nargs="+", metavar="WORDS", help="what to look for")
    search.add_argument("--limit", type=_count, default=_SHOWN_HITS, metavar="N", help="at most so many messages")
    show = _add(actions, "show", "one chat, as Markdown")
    show.add_argument("wanted", metavar="TITLE", help=_BEGINS)
    _add_export(_add(actions, "export", "write chats as Markdown or JSON", _EXPORT_EPILOG, "as JSON, complete"))
    bring = _add(actions, "import", "read chats that export --json wrote", _IMPORT_EPILOG)
    bring.add_argument("wanted", metavar="FILE", help="where they are; - for standard input")
    delete = _add(actions, "delete", "put a chat away, for 30 days")
    delete.add_argument("wanted", nargs="?", metavar="TITLE", help=_BEGINS)
    delete.add_argument("--undo", action="store_true", help="bring it back; without TITLE the one deleted last")


_BEGINS = "what its title, or its id, begins with"


def _add(
    actions: "Commands[argparse.ArgumentParser]",
    name: str,
    purpose: str,
    epilog: str = "",
    json_help: str = "for programs",
) -> argparse.ArgumentParser:
    action = add_action(actions, name, purpose, epilog)
    action.add_argument("--json", dest="as_json", action="store_true", help=json_help)
    return action


def _add_export(export: argparse.ArgumentParser) -> None:
    export.add_argument("wanted", nargs="?", metavar="TITLE", help=_BEGINS)
    export.add_argument("--all", dest="everything", action="store_true", help="every chat")
    export.add_argument("--markdown", action="store_true", help="as Markdown, which it is without --json")
    export.add_argument(
        "-o",
        dest="output",
        metavar="FILE",
        help="write this file, or one in this folder",
    )
    export.add_argument("--force", action="store_true", help="write over files that are there already")


def parse_chats(parsed: argparse.Namespace, parser: argparse.ArgumentParser) -> ChatsOptions:
    """Return what was asked for; exits with 2 for what excludes each other."""
    known = {name: getattr(parsed, name) for name in ChatsOptions.__struct_fields__ if hasattr(parsed, name)}
    options = ChatsOptions(**{**known, "wanted": _joined(parsed)})
    if fault := _fault(options, getattr(parsed, "markdown", False)):
        parser.error(fault)
    return options


def _joined(parsed: argparse.Namespace) -> str | None:
    wanted = getattr(parsed, "wanted", None)
    return " ".join(wanted) if isinstance(wanted, list) else wanted


def _fault(options: ChatsOptions, markdown: bool) -> str:
    if options.as_json and markdown:
        return "--json and --markdown exclude each other"
    if options.everything and options.wanted is not None:
        return "--all and TITLE exclude each other"
    if options.everything and not options.as_json and options.output in (None, "-"):
        return "--all as Markdown makes many files: name a folder with -o, or write one document with --json"
    if options.action == "delete" and options.wanted is None and not options.undo:
        return "delete needs a TITLE"
    return ""


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)

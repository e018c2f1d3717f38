"""The tables of README that are made from the program, each between two marks."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from protocol.options import OPTIONS, OptionRow
from tests.readme import command_line
from tests.readme.api_coverage import ROWS, Row
from tests.readme.tasks import TASKS, Task
from tests.support.program import ROOT
from ui.keys import KEYS, Action, Binding

README: Path = ROOT / "README.md"

_MAIN = frozenset(
    {
        Action.SEND,
        Action.NEW_LINE,
        Action.CANCEL,
        Action.INTERRUPT,
        Action.END_OF_INPUT,
        Action.SEARCH,
        Action.COMPLETE,
        Action.EDITOR,
        Action.PAGE_UP,
        Action.BOTTOM,
        Action.COPY,
        Action.THINKING,
        Action.MOUSE,
        Action.PALETTE,
        Action.CHATS,
        Action.NEW_CHAT,
        Action.GO_TO,
        Action.FINISHED_CHAT,
        Action.MODELS,
        Action.HELP,
    }
)
_AGAIN = frozenset(
    {
        Action.RETRY,
        Action.CONTINUE,
        Action.EDIT,
        Action.VERSION_BEFORE,
        Action.VERSION_AFTER,
        Action.UNDO_PROMPT,
        Action.REDO_PROMPT,
        Action.SEND_NOW,
    }
)
_ANSWERS = frozenset(
    {
        Action.COMPARISON,
        Action.NEXT_ANSWER,
        Action.PREVIOUS_ANSWER,
        Action.PICK_ANSWER,
        Action.WIDEN,
        Action.TOGETHER,
        Action.DIFFERENCES,
        Action.JUDGE,
        Action.MERGE,
    }
)
_BLOCK = re.compile(r"(?P<mark><!-- made: (?P<name>[a-z ]+) -->\n).*?(?=<!-- end -->)", re.DOTALL)


def rewritten(text: str) -> str:
    """Return a README with every table made anew. Raises KeyError for a mark that names no table."""
    tables = {
        "tasks": _table(("to", "press"), map(_task, TASKS)),
        "main keys": _table_of_keys(row for row in KEYS if row.does in _MAIN),
        "keys of versions": _table_of_keys(row for row in KEYS if row.does in _AGAIN),
        "keys of answers": _table_of_keys(row for row in KEYS if row.does in _ANSWERS),
        "all keys": _table_of_keys(KEYS),
        "api": _table_of_api(),
        "options": _table_of_options(),
        "settings": command_line.settings(),
        "variables": command_line.variables(),
        "exit statuses": command_line.statuses(),
    }
    return _BLOCK.sub(lambda block: block["mark"] + tables[block["name"]], text)


def _table_of_keys(rows: Iterable[Binding]) -> str:
    return _table(("key", "what it does"), ((row.shown, row.help) for row in rows))


def _table_of_api() -> str:
    """What of Ollama's API is used, by what, and which test holds that."""
    lines = ["| endpoint | field | used by | test |", "|---|---|---|---|", *map(_row_of_api, ROWS)]
    return "".join(f"{line}\n" for line in lines)


def _row_of_api(row: Row) -> str:
    test = f"`{row.test.partition('::')[2]}`" if row.test else ""
    return f"| {row.endpoint} | {row.field} | {row.used_by} | {test} |"


def _table_of_options() -> str:
    """The options, and what else `/set` sets."""
    rows = [(f"`{row.name}`", _takes(row), _meaning(row)) for row in OPTIONS]
    lines = ["| option | takes | what it is |", "|---|---|---|", *("| {} | {} | {} |".format(*row) for row in rows)]
    return "".join(f"{line}\n" for line in lines)


def _takes(row: OptionRow) -> str:
    return f"{row.takes}{f' ({row.unit})' if row.unit else ''}"


def _meaning(row: OptionRow) -> str:
    more = [row.special, f"the server's default is {row.default}" if row.default else ""]
    return "; ".join([f"{row.meaning}{' (reloads)' if row.reloads else ''}", *filter(None, more)])


def _task(task: Task) -> tuple[str, str]:
    return task.name, ", ".join(step.shown for step in task.steps)


def _table(heads: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{line}\n" for line in _lines(heads, rows))


def _lines(heads: tuple[str, str], rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield "| {} | {} |".format(*heads)
    yield "|---|---|"
    yield from ("| {} | {} |".format(*row) for row in rows)

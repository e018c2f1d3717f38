"""The tables of README that are made from the program, each between two marks."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.readme.api_coverage import ROWS
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
_BLOCK = re.compile(r"(?P<mark><!-- made: (?P<name>[a-z ]+) -->\n).*?(?=<!-- end -->)", re.DOTALL)


def rewritten(text: str) -> str:
    """Return a README with every table made anew. Raises KeyError for a mark that names no table."""
    tables = {
        "tasks": _table(("to", "press"), map(_task, TASKS)),
        "main keys": _table_of_keys(row for row in KEYS if row.does in _MAIN),
        "keys of versions": _table_of_keys(row for row in KEYS if row.does in _AGAIN),
        "all keys": _table_of_keys(KEYS),
        "api": "".join(f"{line}\n" for line in _api()),
    }
    return _BLOCK.sub(lambda block: block["mark"] + tables[block["name"]], text)


def _table_of_keys(rows: Iterable[Binding]) -> str:
    return _table(("key", "what it does"), ((row.shown, row.help) for row in rows))


def _api() -> Iterator[str]:
    yield "| endpoint | field | used by | test |"
    yield "|---|---|---|---|"
    for row in ROWS:
        test = f"`{row.test.partition('::')[2]}`" if row.test else ""
        yield f"| {row.endpoint} | {row.field} | {row.used_by} | {test} |"


def _task(task: Task) -> tuple[str, str]:
    return task.name, ", ".join(step.shown for step in task.steps)


def _table(heads: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{line}\n" for line in _lines(heads, rows))


def _lines(heads: tuple[str, str], rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield "| {} | {} |".format(*heads)
    yield "|---|---|"
    yield from ("| {} | {} |".format(*row) for row in rows)

"""`chinwag` in a real pseudo-terminal: Markdown, as it streams and when all of it is there."""

import threading
from collections.abc import Callable
from itertools import pairwise

import pytest

from tests.support.answers import error_line, ndjson_chat, opening, status
from tests.support.emulator import Cell, Shot
from tests.support.session import CTRL_D, ENTER, chatting, quits
from tests.support.sizes import SIZES
from tests.support.wire import Wait

PROMPT = "> Show it."
DRAWN = {
    "a heading and emphasis": (
        "# Head\n\nSome *em*, **bold**, ~~gone~~ and `code`.\n",
        ["Head", "", "Some em, bold, gone and code."],
    ),
    "lists in lists": ("- one\n  1. two\n     - deep\n- three\n", ["• one", "  1. two", "     • deep", "• three"]),
    "tasks": ("- [ ] open\n- [x] done\n", ["☐ open", "☑ done"]),
    "quotes": ("> quoted\n> > twice\n", ["▌ quoted", "▌ ▌ twice"]),
    "a table": (
        "| name | what it is that it does |\n|---|---|\n| a | a cell that is longer than others |\n",
        ["name │ what it is that it does", f"─────┼─{'─' * 33}", "a    │ a cell that is longer than others"],
    ),
    "links": (
        "See [here](http://a.b/c) or <http://d.e/>.\n",
        ["See here (http://a.b/c) or http://d.e/."],
    ),
    "code": ("```python\nreturn 1\n```\n", ["  python", "  return 1"]),
    "mathematics": ("$x_1$ and \\(y\\)\n", ["$x_1$ and \\(y\\)"]),
    "other writing": ("e\u0301 日本 👍 שלום\n", ["é 日本 👍 שלום"]),
}


def reply_of(screen: list[str], to: str = PROMPT) -> list[str]:
    """What stands below a prompt and the name of the model."""
    if to not in screen:
        return []
    rows = screen[screen.index(to) + 3 : -2]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def replies(*rows: str, to: str = PROMPT) -> Callable[[list[str]], bool]:
    """Whether these rows, and no others, are the reply."""
    return lambda screen: reply_of(screen, to) == list(rows)


def followed(screen: list[str], row: str, other: str) -> bool:
    """Whether there is a row, and another one right below it."""
    return (row, other) in pairwise(screen)


def said(screen: list[str]) -> str:
    """All of it on one line, without bars."""
    return " ".join(row.removeprefix("| ") for row in screen)


def look(shot: Shot, word: str) -> Cell:
    """How the first character of a word looks."""
    lines = ["".join(cell.text for cell in row) for row in shot.rows]
    row = next(number for number, line in enumerate(lines) if word in line)
    return shot.rows[row][lines[row].index(word)]


@SIZES
@pytest.mark.parametrize("pieces", [lambda source: [source], list], ids=["at once", "character by character"])
def test_markdown_is_drawn_as_what_it_means(pieces: Callable[[str], list[str]], size: tuple[int, int]) -> None:
    answers = [ndjson_chat(pieces(source)) for source, _ in DRAWN.values()]
    with chatting(*answers, columns=size[0], lines=size[1]) as (terminal, _):
        for number, (_, rows) in enumerate(DRAWN.values()):
            terminal.send(f"{number}?" + ENTER)
            terminal.wait_for(replies(*rows, to=f"> {number}?"))
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_what_is_marked_looks_so(size: tuple[int, int]) -> None:
    source = "# Head\n\n*em* **bold** ~~gone~~ `code` [here](http://a.b)\n\n```python\nreturn 1\n```\n"
    with chatting(ndjson_chat([source]), columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send(PROMPT[2:] + ENTER)
        terminal.wait_for(lambda screen: "  return 1" in screen and "ready" in screen[-2])
        shot = terminal.shot()
        assert (look(shot, "Head").bold, look(shot, "Head").underlined) == (True, True)
        assert look(shot, "em ").italic
        assert look(shot, "bold").bold
        assert look(shot, "gone").struck
        assert look(shot, "here").underlined
        assert "default" not in (look(shot, "code").ink, look(shot, "return").ink)
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_a_table_and_a_fence_stream_as_well_as_prose(size: tuple[int, int]) -> None:
    steps = [threading.Event() for _ in range(3)]
    table, fence = ["| a | b |\n|---|---|\n| 1 | ", "2 |\n| 3 |"], ["\n\n```sh\nl", "s\n"]
    answer = (
        *opening([table[0]]),
        Wait(steps[0]),
        *ndjson_chat([table[1]])[1:2],
        Wait(steps[1]),
        *ndjson_chat([fence[0]])[1:2],
        Wait(steps[2]),
        *ndjson_chat([fence[1]])[1:],
    )
    with chatting(answer, columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send(PROMPT[2:] + ENTER)
        terminal.wait_for(replies("a │ b", "──┼──", "1 │"))
        steps[0].set()
        terminal.wait_for(replies("a │ b", "──┼──", "1 │ 2", "3 │"))
        steps[1].set()
        terminal.wait_for(lambda screen: followed(screen, "  sh", "  l"))
        steps[2].set()
        terminal.wait_for(lambda screen: followed(screen, "  sh", "  ls"))
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_a_rule_is_as_wide_as_the_window_and_changes_with_it(size: tuple[int, int]) -> None:
    with chatting(ndjson_chat(["above\n\n---\n\nbelow\n"]), columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send(PROMPT[2:] + ENTER)
        terminal.wait_for(replies("above", "", "─" * size[0], "", "below"))
        terminal.resize(size[0] + 7, size[1])
        terminal.wait_for(replies("above", "", "─" * (size[0] + 7), "", "below"))
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_a_table_too_wide_for_the_window_has_its_cells_wrapped(size: tuple[int, int]) -> None:
    words = "word " * 12
    source = f"| name | text |\n|---|---|\n| a | {words}|\n"
    with chatting(ndjson_chat([source]), columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send(PROMPT[2:] + ENTER)
        screen = terminal.wait_for(lambda screen: " ".join(screen).count("word") == 12 and "ready" in screen[-2])
        body = reply_of(screen)[2:]
        wrapped = {40: ["word " * 6, "word " * 6], 80: ["word " * 12], 200: ["word " * 12]}[size[0]]
        assert body == [f"{'a' if not number else ' '}    │ {row}".rstrip() for number, row in enumerate(wrapped)]
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_an_error_has_a_bar_and_says_what_the_server_said(size: tuple[int, int]) -> None:
    answers = error_line("out of memory", ["some"]), status(400, {"error": "no such thing"})
    with chatting(*answers, columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send(PROMPT[2:] + ENTER)
        terminal.wait_for(lambda screen: any(row.startswith("| ") and "out of memory" in row for row in screen))
        assert "some" in terminal.display()
        terminal.send("again" + ENTER)
        terminal.wait_for(
            lambda screen: any(row.startswith("| ") for row in screen) and "no such thing" in said(screen)
        )
        terminal.send(CTRL_D)
        quits(terminal)

"""From lines of Markdown to leaves: the tokens of the parser, flattened."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import field
from msgspec.structs import replace

from protocol.message import Value
from ui.containers import BLANK, Container, item_width
from ui.leaf import Kind, Leaf
from ui.markdown_parser import DEEPEST, block_tokens
from ui.markup import Markup, plain
from ui.palette import Role

if TYPE_CHECKING:
    from markdown_it.token import Token

CODE_INDENT: Markup = ((Role.CODE_BLOCK, "  "),)
_MOST_GAP = 3
_BULLET = "• "
_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
_TASK_MARKS = {" ": "☐ ", "x": "☑ ", "X": "☑ "}
_LEVELS = 3
"""How many levels a list item can add before the parser looks how deep it is."""


class Start(Value, frozen=True):
    """How some lines go on from what came before."""

    stub: int = 0
    """How many of the lines only open containers again; they show nothing."""
    numbers: Mapping[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    """The numbers of list items, by line and level, where they are not those in the source."""
    gap: int = 0
    above: Markup = ()
    continues: bool = False
    very_first: bool = True


class Found(Value, frozen=True):
    """A leaf, and where it was found."""

    leaf: Leaf
    line: int
    """Where its source begins, with the marks of the containers it is the first in."""
    own_line: int
    containers: tuple[Container, ...]
    fence: str = ""
    """What opens it, where it is fenced code."""
    header: tuple[str, ...] = ()
    """The lines of its header, where it is a table."""


def leaves(lines: Sequence[str], start: Start) -> list[Found]:
    """Return the leaves of some lines, the last of which may be incomplete."""
    text = "\n".join(lines)
    tokens = block_tokens(text)
    if any(token.level > DEEPEST - _LEVELS for token in tokens):
        shown = "\n".join(lines[start.stub :])
        leaf = Leaf(Kind.PLAIN, shown, gap=start.gap, continues=start.continues, source=shown)
        return [Found(leaf, start.stub, start.stub, ())]
    walk = _Walk(lines, start)
    for token in tokens:
        walk.take(token)
    return walk.found_with_sources()


class _Walk:
    """Goes through the tokens of a text."""

    def __init__(self, lines: Sequence[str], start: Start) -> None:
        self._lines = lines
        self._start = start
        self._found: list[Found] = []
        self._containers: list[Container] = []
        self._next_numbers: list[int | None] = []
        self._root = -1
        self._shown_root = -1
        self._kind: tuple[Kind, int] | None = None
        self._table: list[list[str]] = []
        self._aligned: list[str] = []

    def take(self, token: "Token") -> None:
        """Take the next token."""
        line = token.map[0] if token.map else 0
        if token.level == 0 and token.map:
            self._root = line
        match token.type:
            case "blockquote_open":
                self._containers.append(Container(line, token.level, shown=line < self._start.stub))
            case "blockquote_close":
                self._containers.pop()
            case "bullet_list_open" | "ordered_list_open":
                self._open_list(token, line)
            case "bullet_list_close" | "ordered_list_close":
                self._next_numbers.pop()
            case "list_item_open":
                self._open_item(token, line)
            case "list_item_close":
                self._close_item()
            case "paragraph_open":
                self._kind = Kind.TEXT, line
            case "heading_open":
                self._kind = Kind.HEADING, line
            case "inline" if self._kind is not None:
                self._text(token.content)
            case "hr":
                self._add(Leaf(Kind.RULE), line)
            case "code_block" | "fence":
                self._code(token, line)
            case _:
                self._take_of_table(token, line)

    def found_with_sources(self) -> list[Found]:
        """Return what was found, each with its source: the lines up to where the next one begins."""
        ends = [*(found.line for found in self._found[1:]), len(self._lines)][: len(self._found)]
        return [
            replace(found, leaf=_with_source(found.leaf, "\n".join(self._lines[found.line : end]).rstrip()))
            for found, end in zip(self._found, ends, strict=True)
        ]

    def _open_list(self, token: "Token", line: int) -> None:
        number = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None
        self._next_numbers.append(None if number is None else self._start.numbers.get((line, token.level), number))

    def _open_item(self, token: "Token", line: int) -> None:
        number = self._next_numbers[-1]
        if number is not None:
            self._next_numbers[-1] = number + 1
        mark = _BULLET if number is None else f"{number}{token.markup} "
        width = item_width(self._lines[line], self._containers)
        shown = line < self._start.stub
        self._containers.append(Container(line, token.level - 1, number, mark, width, shown))

    def _close_item(self) -> None:
        if not self._containers[-1].shown:
            self._add(Leaf(Kind.TEXT), self._containers[-1].line)
        self._containers.pop()

    def _text(self, content: str) -> None:
        assert self._kind is not None
        kind, line = self._kind
        self._kind = None
        item = self._containers[-1] if self._containers else None
        if item is not None and item.mark == _BULLET and not item.shown and (task := _TASK.match(content)):
            item.mark = _TASK_MARKS[task[1]]
            content = content[task.end() :]
        self._add(Leaf(kind, content), line)

    def _code(self, token: "Token", line: int) -> None:
        text = token.content if token.type == "fence" else token.content.rstrip("\n")
        leaf = Leaf(Kind.CODE, text, language=token.info.strip(), fenced=token.type == "fence")
        self._add(leaf, line, fence=token.markup if leaf.fenced else "")

    def _take_of_table(self, token: "Token", line: int) -> None:
        match token.type:
            case "table_open":
                self._table, self._aligned, self._table_line = [], [], line
            case "tr_open":
                self._table.append([])
            case "th_open":
                self._aligned.append(str(token.attrs.get("style", "")).removeprefix("text-align:") or "left")
            case "inline":
                self._table[-1].append(token.content)
            case "table_close":
                self._add_table()
            case _:
                pass

    def _add_table(self) -> None:
        line = self._table_line
        again = line < self._start.stub
        if again and len(self._table) == 1:
            return
        leaf = Leaf(Kind.TABLE, table=tuple(map(tuple, self._table)), aligned=tuple(self._aligned))
        header = tuple(self._lines[line : line + 2])
        self._add(leaf, self._start.stub if again else line, header=header)

    def _add(self, leaf: Leaf, line: int, fence: str = "", header: tuple[str, ...] = ()) -> None:
        """Place a leaf in its containers, and note that they have been shown with it."""
        if line < self._start.stub:
            return
        opening = [each for each in self._containers if not each.shown]
        begins = min([line, *(each.line for each in opening)])
        leaf = self._placed(leaf, begins, bool(opening))
        for container in opening:
            container.shown = True
        containers = tuple(replace(container) for container in self._containers)
        self._found.append(Found(leaf, begins, line, containers, fence, header))
        self._shown_root = self._root

    def _placed(self, leaf: Leaf, begins: int, opening: bool) -> Leaf:
        start = self._start
        earliest = not self._found
        gap = self._blank_lines_above(begins) + (start.gap if earliest else 0)
        if leaf.kind is Kind.HEADING and not opening and not (earliest and start.very_first):
            gap = max(1, gap)
        above = tuple(run for each in self._containers if each.shown for run in each.rest)
        first = tuple(run for each in self._containers for run in (each.rest if each.shown else each.first))
        rest = tuple(run for each in self._containers for run in each.rest)
        indent = CODE_INDENT if leaf.kind is Kind.CODE else ()
        again = start.continues if earliest else self._root == self._shown_root
        return replace(
            leaf,
            first=_trimmed((*first, *indent)),
            rest=_trimmed((*rest, *indent)),
            gap=0 if earliest and start.very_first else min(gap, _MOST_GAP),
            above=start.above if earliest and start.gap else above,
            continues=again or self._root < start.stub,
        )

    def _blank_lines_above(self, line: int) -> int:
        above = line
        while above > self._start.stub and BLANK.match(self._lines[above - 1]):
            above -= 1
        return line - above


def _with_source(leaf: Leaf, source: str) -> Leaf:
    """Give a leaf its source: the same object as its text, where that says the same."""
    return replace(leaf, source=leaf.text if leaf.text == source else source)


@lru_cache(maxsize=256)
def _same(markup: Markup) -> Markup:
    """The same object for the same marks."""
    return markup


def _trimmed(markup: Markup) -> Markup:
    return _same(markup) if plain(markup) else ()

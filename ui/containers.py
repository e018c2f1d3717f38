"""What blocks stand in: quotes and list items. Their marks are on the lines of the source, before the text."""

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from ui.markup import Markup
from ui.palette import Role

BLANK = re.compile(r"(?: {0,3}>)*\s*\Z")
"""Matches a line without any text, in a quote or not."""

_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r"( *(?:[-+*]|\d{1,9}[.)]))( *)(.*)")
_BAR: Markup = ((Role.QUOTE, "▌ "),)
_STOPPER = "#"
"""An empty heading: a block that is over at once and shows nothing."""


class Container(msgspec.Struct):
    """A quote or a list item that blocks stand in."""

    line: int
    """The line that opens it."""
    level: int
    """How deep its list lies in the tokens of the parser."""
    number: int | None = None
    mark: str = ""
    """What is shown before its first block; empty for a quote, which has a bar along it."""
    width: int = 0
    """How many columns of the source its mark takes; 0 for a quote."""
    shown: bool = False
    """True when its first block is there."""

    @property
    def first(self) -> Markup:
        """What is shown at its first line."""
        return _bullet(self.mark) if self.mark else _BAR

    @property
    def rest(self) -> Markup:
        """What is shown at its other lines."""
        return _bullet(" " * len(self.mark)) if self.mark else _BAR


@lru_cache(maxsize=256)
def _bullet(mark: str) -> Markup:
    """The same object for the same mark: a long list has many."""
    return ((Role.BULLET, mark),)


def item_width(line: str, outer: Sequence[Container]) -> int:
    """Return the columns that the mark of a list item takes on the line that opens it, within `outer`."""
    opening = _ITEM.match(_split(line, outer)[1])
    if opening is None:
        return 2
    mark, blanks, text = opening.groups()
    return len(mark) + (len(blanks) if text and len(blanks) < 5 else 1)


def peel(line: str, containers: Sequence[Container]) -> str | None:
    """Return what a line says within containers that were opened before it; None where it is not in all of them."""
    if not containers:
        return line
    rest = line.expandtabs(4)
    for container in containers:
        if container.width:
            if rest[: container.width].strip():
                return None
            rest = rest[container.width :]
        else:
            bar = _QUOTE.match(rest)
            if bar is None:
                return None
            rest = rest[bar.end() :]
    return rest


def opened(line: str, containers: Sequence[Container]) -> str:
    """Return what a line says after the marks of containers of which it may open some itself."""
    return _split(line, containers)[1] if containers else line


def stub(lines: Sequence[str], containers: Sequence[Container]) -> list[str]:
    """Return lines that open the same list items again, for the text that follows, and show nothing."""
    made: list[str] = []
    for place, container in enumerate(containers):
        following = containers[place + 1 :]
        if container.width and not any(inner.width and inner.line == container.line for inner in following):
            made.append(_split(lines[container.line], containers[: place + 1])[0] + _STOPPER)
    return made


def opened_again(containers: Sequence[Container]) -> dict[tuple[int, int], int]:
    """Return the numbers of the list items that a stub opens, by its lines and the levels of the lists."""
    lines = sorted({container.line for container in containers if container.width})
    return {(lines.index(each.line), each.level): each.number for each in containers if each.number is not None}


def same_place(containers: Sequence[Container]) -> str:
    """Return what the rest of a line must begin with to stand in the containers, where a line is cut."""
    return "".join(" " * container.width or "> " for container in containers)


def _split(line: str, containers: Sequence[Container]) -> tuple[str, str]:
    """Return a line in two: the marks of containers of which it may open some, and what is after them."""
    whole = line.expandtabs(4)
    end = 0
    for container in containers:
        bar = None if container.width else _QUOTE.match(whole, end)
        end = bar.end() if bar else end + container.width
    return whole[:end].ljust(end), whole[end:]

"""Where messages and pieces of code begin, seen from a row of a transcript."""

from collections.abc import Sequence
from typing import Protocol

from ui.column import Block, Spot
from ui.passage import Passage
from ui.selection import Item


class HasItems(Protocol):
    """What shows one entry of a talk."""

    @property
    def items(self) -> Sequence[Item]:
        """What can be gone to in it, from top to bottom."""
        ...

    @property
    def blocks(self) -> Sequence[Block]:
        """All that shows it, from top to bottom."""
        ...


def next_beginning(views: Sequence[HasItems], here: Spot, step: int, code: bool) -> Spot | None:
    """Return where the next message, or piece of code, begins below a row, or above it if `step` is -1."""
    at = (here.view, _place(views[here.view], here.block), here.row)
    for view in range(here.view, len(views) if step > 0 else -1, step):
        for item in list(views[view].items)[::step]:
            there = (view, _place(views[view], item.begins_with), 0)
            if (item.code if code else item.first) and (there > at if step > 0 else there < at):
                return Spot(view, item.begins_with, 0, here.columns)
    return None


def block_that_says(view: HasItems, words: str, reply: bool) -> Block:
    """Return where a reply says some words: all of them, else the first; else where it, or the prompt, begins."""
    message = view.items[1:] if reply else ()
    parts = [block for item in message for block in item.blocks if isinstance(block, Passage)]
    wanted = words.casefold().split()
    saying = (part for some in (wanted, wanted[:1]) for part in parts if _says(part, some))
    return next(saying, [*message, view.items[0]][0].begins_with)


def _says(part: Passage, words: Sequence[str]) -> bool:
    text = part.leaf.source.casefold()
    return all(word in text for word in words)


def _place(view: HasItems, block: Block) -> int:
    return next((place for place, one in enumerate(view.blocks) if one is block), 0)

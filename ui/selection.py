"""What can be copied from a talk: prompts, thoughts, notices, and the blocks of the answers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from protocol.chat import Attachment
from ui.column import Block


@dataclass(frozen=True)
class Item:
    """Something that can be copied as one."""

    text: str
    """As it was written."""
    blocks: tuple[Block, ...]
    """What shows it, from top to bottom; never empty."""
    code: bool = False
    language: str = ""
    """What the code is written in, as its fence says."""
    number: int = 0
    """Of some code: which of its message it is, from 1 on."""
    first: bool = False
    """It is the beginning of a message."""
    attachment: Attachment | None = None
    """What it is, where it is no text."""

    @property
    def begins_with(self) -> Block:
        """What tells it from others, also when it has grown since."""
        return self.blocks[0]


class HoldsItems(Protocol):
    """What shows one entry of a talk."""

    @property
    def items(self) -> Sequence[Item]:
        """What can be copied of it, from top to bottom."""
        ...

    @property
    def message(self) -> str:
        """The whole of what was said last in it, as it was written; empty where nothing was."""
        ...


class Selection:
    """Walks the items of a talk. It knows the marked one by its first block, so it may grow meanwhile."""

    def __init__(self, views: Callable[[], Sequence[HoldsItems]]) -> None:
        self._views = views
        self.view, self.item = self._last_answer()
        """The place of the view, and the item in it, that are marked; None where there is nothing to copy."""

    def step(self, step: int) -> bool:
        """Mark the item after, or before if -1; False if there is none."""
        return self._take(next(self._from_here(step), None))

    def to_code(self, step: int) -> bool:
        """Mark the next piece of code, or the one before if -1; False if there is none."""
        return self._take(next((one for one in self._from_here(step) if one[1].code), None))

    def to_message(self, step: int) -> bool:
        """Mark the beginning of another message; False if there is none."""
        return self._take(next((one for one in self._from_here(step) if one[1].first), None))

    def to_numbered(self, number: int) -> bool:
        """Mark the code of this number in this message; False if there is none."""
        found = (item for item in self._items(self.view) if item.number == number)
        return self._take(next(((self.view, item) for item in found), None))

    def refresh(self) -> bool:
        """See what the marked item is now; False if it is gone."""
        if self.item is None:
            return False
        begins = self.item.begins_with
        here = self._items(self.view) if self.view < len(self._views()) else ()
        return self._take(next(((self.view, one) for one in here if one.begins_with is begins), None))

    @property
    def message(self) -> str:
        """The whole message of which the marked item is a part."""
        if self.item is None:
            return ""
        first = self._items(self.view)[:1]
        is_prompt = bool(first) and first[0].begins_with is self.item.begins_with
        return self.item.text if is_prompt else self._views()[self.view].message

    def _take(self, found: tuple[int, Item] | None) -> bool:
        if found is not None:
            self.view, self.item = found
        return found is not None

    def _items(self, view: int) -> Sequence[Item]:
        return self._views()[view].items

    def _from_here(self, step: int) -> Iterator[tuple[int, Item]]:
        """Yield the items that follow the marked one, or stand before it, the nearest first."""
        if self.item is None:
            return
        here = list(self._items(self.view))
        places = [place for place, one in enumerate(here) if one.begins_with is self.item.begins_with]
        at = places[0] if places else -1
        rest = here[at + 1 :] if step > 0 else here[: max(0, at)][::-1]
        yield from ((self.view, one) for one in rest)
        others = range(self.view + step, len(self._views()) if step > 0 else -1, step)
        yield from ((view, one) for view in others for one in list(self._items(view))[::step])

    def _last_answer(self) -> tuple[int, Item | None]:
        """The last code of the last message that has items, else the last item."""
        for view in range(len(self._views()) - 1, -1, -1):
            items = self._items(view)
            if items:
                return view, next((one for one in reversed(items) if one.code), items[-1])
        return 0, None


def numbered(items: Sequence[Item]) -> list[Item]:
    """Return the items with a number for each code."""
    count = 0
    found = []
    for item in items:
        count += item.code
        found.append(replace(item, number=count if item.code else 0))
    return found

"""Fenced code while it comes: each line is looked at once, and code that is long is drawn in parts."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from ui.containers import Container, opened, peel
from ui.leaf import Leaf
from ui.leaves import Found

PART = 1_000
"""Characters of a part that may still change. A part is coloured as though it stood alone."""


class OpenFence:
    """Fenced code from the line on that opens it."""

    def __init__(self, found: Found, opener: str) -> None:
        self.containers: Sequence[Container] = found.containers
        self.closed = False
        self._leaf = replace(found.leaf, text="", source="")
        self._lines: list[str] = []
        self._sources = [found.leaf.source]
        self._length = 0
        self._done: list[Leaf] = []
        text = opened(opener, found.containers)
        self._indent = len(text) - len(text.lstrip(" "))
        mark = re.escape(found.fence[0])
        self._end = re.compile(rf" {{0,3}}{mark}{{{len(found.fence)},}}[ \t]*\Z")
        self._start_of_end = re.compile(rf" {{0,3}}{mark}+[ \t]*\Z")

    def take(self, line: str) -> bool:
        """Take the next line; False where it does not belong to the code, nor to the containers around it."""
        text = peel(line, self.containers)
        if text is None:
            return False
        self._sources.append(line)
        if self._end.match(text):
            self.closed = True
        else:
            self._append(text)
        return True

    def take_part(self, line: str) -> None:
        """Take the beginning of a line that is too long."""
        self._sources.append(line)
        self._append(peel(line, self.containers) or line)
        self._finish(len(self._lines))

    def finished(self) -> list[Leaf]:
        """Return the parts that were finished since it was asked last."""
        done, self._done = self._done, []
        return done

    def leaf(self, growing: str = "") -> Leaf | None:
        """Return the part that may still change, with a last line that is incomplete. None where it is empty."""
        text = peel(growing, self.containers) or ""
        shown = "" if self._start_of_end.match(text) else self._dedented(text)
        if not (self._lines or shown.strip() or self._leaf.opens):
            return None
        source = "\n".join([*self._sources, growing] if growing else self._sources)
        return replace(self._leaf, text="\n".join(self._lines), growing=shown.rstrip(), source=source)

    def _append(self, text: str) -> None:
        self._lines.append(self._dedented(text))
        self._length += len(text) + 1
        if self._length > PART:
            self._finish(self._place_to_cut())

    def _finish(self, end: int) -> None:
        text, rest = "\n".join(self._lines[:end]), self._lines[end:]
        kept = len(self._sources) - len(rest)
        self._done.append(replace(self._leaf, text=text, source="\n".join(self._sources[:kept])))
        self._lines, self._sources = rest, self._sources[kept:]
        self._length = sum(len(line) + 1 for line in rest)
        self._leaf = replace(self._leaf, first=self._leaf.rest, gap=0, above=(), opens=False, continues=True)

    def _place_to_cut(self) -> int:
        """Return the last place after a blank line, best before one that is not indented; not too near the beginning.

        There is seldom a string or a comment over such a place.
        """
        lines = self._lines
        places = [place for place in range(len(lines) // 3 + 1, len(lines)) if not lines[place - 1].strip()]
        best = [place for place in places if lines[place][:1].strip()]
        return (best or places or [len(lines)])[-1]

    def _dedented(self, text: str) -> str:
        if not self._indent:
            return text
        code = text.lstrip(" \t")
        indent = text[: len(text) - len(code)].expandtabs(4)
        return indent[self._indent :] + code

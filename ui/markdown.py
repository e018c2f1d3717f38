"""Markdown that grows, as a column of widgets of which only the last ones change.

Lines are taken one by one, in an order that the text alone decides. From time to time those that may be over are
parsed: every leaf but the last one is then final, and only the lines of that one stay. Lines that open its containers
again are put before them, so what follows is parsed as though all were still there. Code in a fence is not parsed at
all until the fence is over, and a leaf that grows too long is cut. So the cost of a piece does not grow with the text.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from ui.blocks import joins_the_one_before
from ui.containers import BLANK, Container, opened_again, peel, same_place, stub
from ui.fence import OpenFence
from ui.leaf import Kind, Leaf
from ui.leaves import Found, Start, leaves
from ui.packed import Packed
from ui.passage import Passage
from ui.plain_growth import PlainGrowth, plain_growth
from ui.sanitiser import sanitise
from ui.source import Source, sources_of

LIMIT = 3_000
"""A leaf is cut at the first line end after so many characters."""
LINE_LIMIT = 4_000
"""A line is cut before it has so many characters."""

MOST_LINES = 100
"""A leaf is cut after so many lines, too."""
MOST_CELLS = 300
"""A table is cut after about so many cells."""

LOOSE = 500
"""So many blocks that are final, the last ones, keep their leaves at hand."""
PACK = 100

PORTION = 16_000
"""So many characters are parsed at once, which takes some hundredths of a second; the rest is for the next frames."""

_LINES = 8
"""So many lines are parsed to see which of them are over, even where nothing tells."""
_NOT_YET = re.compile(r"[ >]*(-{1,2}|={1,2})[ \t]*\Z")
"""What makes a heading of the line above it, for the moment in which it is all that has come of a list item."""

_logger = logging.getLogger(__name__)


class MarkdownText:
    """Blocks for a Markdown text that comes in pieces. It is parsed when the blocks are asked for. UI thread only.

    Much that comes at once is parsed a portion at a time, so that no frame is late. `parse` finds leaves in lines.
    """

    def __init__(self, parse: Callable[[Sequence[str], Start], list[Found]] = leaves) -> None:
        self._leaves_of = parse
        self._fed: list[str] = []
        self._taken = 0
        """So many characters of that are parsed."""
        self._goes_on = False
        self._rest = ""
        self._blocks: list[Passage] = []
        self._final = 0
        self._packed = 0
        """So many blocks, from the first on, have packed leaves."""
        self._lines: list[str] = []
        self._start = Start()
        self._table: int = 0
        """How many lines of the stub are the header of a table that goes on."""
        self._check_at = _LINES
        self._not_before = 0
        """How many lines there must be for a blank line to be a reason to parse."""
        self._fence: OpenFence | None = None
        self._plain: PlainGrowth | None = None
        """How the last leaf goes on, while all that comes can only be its text."""

    def feed(self, piece: str) -> None:
        """Append a piece of untrusted text."""
        self._fed.append(sanitise(piece))
        self._goes_on = True

    @property
    def behind(self) -> bool:
        """True when the blocks were asked for, and are not all that is to be shown: see `go_on`."""
        return bool(self._fed) and not self._goes_on

    def go_on(self) -> None:
        """Parse the next portion when the blocks are asked for next."""
        self._goes_on = True

    @property
    def blocks(self) -> Sequence[Passage]:
        """The blocks, from top to bottom; those that are final stay the same."""
        if self._goes_on:
            self._goes_on = False
            self._catch_up()
        return self._blocks

    @property
    def sources(self) -> list[Source]:
        """The blocks of the source that are shown, with what shows them."""
        return sources_of(self.blocks)

    def _catch_up(self) -> None:
        fed = "".join(self._fed)
        text = self._rest + fed[self._taken : self._taken + PORTION]
        more = len(fed) > self._taken + PORTION
        self._fed, self._taken = ([fed], self._taken + PORTION) if more else ([], 0)
        if self._plain is not None and len(text) <= LINE_LIMIT and "\n" not in text:
            self._rest = text
            self._blocks[-1].show(self._plain.leaf(text))
            return
        start = 0
        while True:
            end = text.find("\n", start, start + LINE_LIMIT + 1)
            if end >= 0:
                self._take(text[start:end])
                start = end + 1
            elif len(text) - start > LINE_LIMIT:
                cut = _place_to_cut(text, start)
                text, start = self._take_part(text[start:cut]) + text[cut:], 0
            else:
                break
        self._rest = text[start:]
        self._show_end()

    def _take(self, line: str) -> None:
        """Take a line that is complete."""
        if self._fence is not None:
            taken = self._fence.take(line)
            self._finish(self._fence.finished())
            if not taken or self._fence.closed:
                self._leave_fence(self._fence)
            if taken:
                return
        if BLANK.match(line) and len(self._lines) == self._start.stub:
            self._skip_blank()
            return
        before = self._lines[-1] if self._lines else ""
        self._lines.append(line)
        count = len(self._lines)
        too_long = sum(map(len, self._lines)) > LIMIT or count > MOST_LINES
        over = count >= self._not_before and BLANK.match(before) and not BLANK.match(line)
        if over or too_long or count >= self._check_at or "```" in line or "~~~" in line:
            self._settle(too_long)

    def _take_part(self, line: str) -> str:
        """Take the beginning of a line that is too long; return what must stand before its rest."""
        if self._fence is None:
            self._lines.append(line)
            containers = self._settle(True, everything=True)
        else:
            self._fence.take_part(line)
            self._finish(self._fence.finished())
            containers = self._fence.containers
        return same_place(containers)

    def _skip_blank(self) -> None:
        stub_lines = len(self._lines) - self._table
        over = replace(self._start, stub=stub_lines, gap=self._start.gap + 1)
        self._start = over if stub_lines else replace(over, continues=False)
        del self._lines[stub_lines:]
        self._table = 0

    def _settle(self, too_long: bool, everything: bool = False) -> Sequence[Container]:
        """Make final what is over, or all of it; return the containers in which the text goes on."""
        found = self._parse(self._lines)
        last = found[-1] if found else None
        too_long = too_long or (last is not None and sum(map(len, last.leaf.table)) > MOST_CELLS)
        if last is None:
            if too_long:
                self._begin([], (), Start(very_first=not self._final))
        elif last.fence and last.own_line == len(self._lines) - 1:
            self._finish(each.leaf for each in found[:-1])
            self._fence = OpenFence(last, self._lines[-1])
        elif everything or (too_long and len(found) == 1):
            self._finish(each.leaf for each in found)
            self._table = len(last.header)
            again = [*stub(self._lines, last.containers), *last.header]
            self._begin(again, last.containers, Start(len(again), continues=True, very_first=not self._final))
        elif len(found) > 1:
            self._finish(each.leaf for each in found[:-1])
            self._keep(last)
        else:
            self._check_at = self._not_before = len(self._lines) * 3 // 2
        return last.containers if last is not None else ()

    def _keep(self, last: Found) -> None:
        """Go on with the lines of the last leaf."""
        outer = [each for each in last.containers if each.line < last.line]
        again = stub(self._lines, outer)
        moved = len(again) - last.line
        inner = {
            (each.line + moved, each.level): each.number
            for each in last.containers
            if each.line >= last.line and each.number is not None
        }
        leaf = last.leaf
        start = Start(len(again), inner, leaf.gap, leaf.above, leaf.continues, not self._final)
        self._table = 0
        self._begin([*again, *self._lines[last.line :]], outer, start)

    def _begin(self, lines: list[str], outer: Sequence[Container], start: Start) -> None:
        self._lines = lines
        self._start = replace(start, numbers={**opened_again(outer), **start.numbers})
        self._check_at, self._not_before = start.stub + _LINES, 0

    def _leave_fence(self, fence: OpenFence) -> None:
        leaf = fence.leaf()
        self._finish([leaf] if leaf is not None else [])
        self._fence = None
        again = stub(self._lines, fence.containers)
        self._table = 0
        self._begin(again, fence.containers, Start(len(again), very_first=not self._final))

    def _show_end(self) -> None:
        """Show what is not final, as it would be if nothing more came."""
        shown = list(self._growing())
        end = self._place(shown, self._final)
        del self._blocks[end:]
        inside = self._fence is None and shown and shown[-1].visible
        self._plain = plain_growth(shown[-1], self._rest) if inside else None

    def _growing(self) -> Iterator[Leaf]:
        fence = self._fence
        if fence is None:
            before = self._lines[-1] if self._lines else ""
            held = not BLANK.match(before) and _NOT_YET.match(self._rest)
            yield from (found.leaf for found in self._parse([*self._lines, "" if held else self._rest]))
            return
        inside = not self._rest.strip() or peel(self._rest, fence.containers) is not None
        leaf = fence.leaf(self._rest if inside else "")
        if leaf is not None:
            yield leaf
        if not inside:
            again = stub(self._lines, fence.containers)
            start = Start(len(again), opened_again(fence.containers), very_first=False)
            yield from (found.leaf for found in self._parse([*again, self._rest], start))

    def _finish(self, done: Iterable[Leaf]) -> None:
        self._final = self._place(done, self._final)
        while self._final - self._packed > LOOSE:
            group = self._blocks[self._packed : self._packed + PACK]
            packed = Packed([block.leaf for block in group])
            for place, block in enumerate(group):
                block.pack(packed, place)
            self._packed += PACK

    def _place(self, shown: Iterable[Leaf], place: int) -> int:
        """Show leaves from a place on; return the place after them."""
        for leaf in shown:
            if not leaf.visible:
                continue
            if place < len(self._blocks):
                self._blocks[place].show(leaf)
            else:
                self._blocks.append(Passage(leaf))
            place += 1
        return place

    def _parse(self, lines: Sequence[str], start: Start | None = None) -> list[Found]:
        start = start or self._start
        try:
            return self._leaves_of(lines, start)
        except Exception:
            _logger.exception("A text cannot be parsed as Markdown")
            text = "\n".join(lines[start.stub :])
            return [Found(Leaf(Kind.PLAIN, text, source=text), start.stub, start.stub, ())]


def _place_to_cut(text: str, start: int) -> int:
    """Return where a line that is too long is cut: best after a blank, and never within a character."""
    blank = text.rfind(" ", start + LINE_LIMIT // 2, start + LINE_LIMIT)
    if blank >= 0:
        return blank + 1
    end = start + LINE_LIMIT
    while end > start + LINE_LIMIT // 2 and joins_the_one_before(text[end]):
        end -= 1
    return end

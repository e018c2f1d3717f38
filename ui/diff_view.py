"""The differences between two answers: their words as one text, those that only one has marked."""

from collections.abc import Iterator, Sequence

import urwid

from protocol.message import Value
from ui.caption import one_line
from ui.column import Block, Column, Spot
from ui.markup import Markup, Run
from ui.palette import Role
from ui.paragraph import markup_paragraph
from ui.rows import Row, RowsCanvas, rows_of, window
from ui.sanitiser import sanitise
from ui.word_diff import MOST_WORDS, Piece, Side, is_too_long, word_diff

_MARKS = {Side.BOTH: ("", ""), Side.FIRST: ("[-", "-]"), Side.SECOND: ("{+", "+}")}
"""As wdiff marks them: seen without colours too."""
_TITLES = ((24, False), (24, True), (8, True), (0, True))
"""How many columns a name has, and whether counts are brief: the longest of these is shown that has room."""
_ROLES = {Side.BOTH: Role.TEXT, Side.FIRST: Role.REMOVED, Side.SECOND: Role.ADDED}


class Answer(Value, frozen=True):
    """One of the two."""

    number: int
    name: str
    text: str
    over: bool = True
    """False while more comes."""


class _Text:
    """All blocks of the text."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks


class DiffView(urwid.Widget):
    """A box widget that scrolls. What came after it was made is not in it. UI thread only."""

    _sizing = frozenset({urwid.BOX})
    _selectable = False
    ignore_focus = True
    no_cache = ("render",)

    def __init__(self, first: Answer, second: Answer) -> None:
        super().__init__()
        pieces = word_diff(first.text, second.text)
        self._titles = [_title(first, second, pieces, name, brief) for name, brief in _TITLES]
        self._column = Column([_Text([markup_paragraph(line) for line in _lines(pieces)])])
        self._top: Spot | None = None
        self._size = (0, 0)

    def scroll(self, rows: int) -> None:
        """Move by so many rows; negative is up."""
        if self._top is not None:
            self._top = self._column.moved(self._top, rows)
            self._invalidate()

    def page(self, step: int) -> None:
        """Move by a page, or back by one if `step` is -1."""
        self.scroll(step * max(1, self._size[1] - 3))

    def to_top(self) -> None:
        """Show the beginning."""
        self._top = None
        self._invalidate()

    def to_end(self) -> None:
        """Show the end."""
        self.scroll(1_000_000)

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]  # noqa: ARG002
        """Draw what is in view."""
        columns, rows = self._size = size
        if not columns or not rows:
            return urwid.SolidCanvas(" ", columns, rows)
        self._column.next_frame()
        title = next((one for one in self._titles if _width(one) < columns), self._titles[-1])
        bar = markup_paragraph(((Role.STATUS, " "), *title, (Role.STATUS, " " * columns)), wrap="clip")
        head = rows_of(bar.render((columns,)))
        self._top = self._kept_in(columns, rows - 1)
        drawn: list[Sequence[Row]] = []
        skip, filled = 0, 0
        if self._top is not None:
            skip = self._top.row
            for _, block in self._column.downwards(self._top):
                drawn.append(self._column.drawn(block, columns))
                filled += len(drawn[-1])
                if filled - skip >= rows - 1:
                    break
        return RowsCanvas([*head, *window(drawn, columns, rows - 1, skip)], columns)

    def _kept_in(self, columns: int, rows: int) -> Spot | None:
        """Return the row at the top: no further down than there are rows to fill the window."""
        top = self._column.at_width(self._top, columns) if self._top is not None else self._column.first(columns)
        if top is None:
            return None
        there = self._column.count_from(top, rows)
        return self._column.moved(top, there - rows) if there < rows else top


def _lines(pieces: Sequence[Piece]) -> Iterator[Markup]:
    """Cut the text into its lines. What goes over several is marked in each; what stands in the place of something
    begins in its line."""
    line: list[Run] = []
    for place, piece in enumerate(pieces):
        before, after = _MARKS[piece.side]
        if line and not line[-1][1].endswith(" "):
            line.append((Role.TEXT, " "))
        replaced = piece.side is Side.FIRST and place + 1 < len(pieces) and pieces[place + 1].side is Side.SECOND
        parts = sanitise(piece.text.rstrip() if replaced else piece.text).split("\n")
        for number, part in enumerate(parts):
            if number:
                yield tuple(line)
                line = []
            said = part.rstrip()
            if said:
                line.append((_ROLES[piece.side], f"{before}{said}{after}"))
            if len(said) < len(part):
                line.append((Role.TEXT, part[len(said) :]))
    yield tuple(line)


def _title(first: Answer, second: Answer, pieces: Sequence[Piece], name: int, brief: bool) -> Markup:
    count = {side: sum(len(piece.words) for piece in pieces if piece.side is side) for side in Side}
    one, other = (f"{answer.number} {one_line(answer.name, name)}".rstrip() for answer in (first, second))
    both, differ = count[Side.BOTH], f"-{count[Side.FIRST]} +{count[Side.SECOND]}"
    said = [differ if brief else f"{both} word{'' if both == 1 else 's'} in both, {differ}"]
    if not (first.over and second.over):
        said.append("so far")
    if is_too_long(first.text) or is_too_long(second.text):
        said.append(f"of the first {MOST_WORDS:,} words")
    return ((Role.STATUS_STRONG, f"[-{one}-] {{+{other}+}}"), (Role.STATUS, f"  {', '.join(said)}"))


def _width(title: Markup) -> int:
    return sum(urwid.calc_width(text, 0, len(text)) for _, text in title)

"""The answers of a comparison side by side: as many columns as can be read, tabs for the rest."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import urwid

from protocol.identity import ConversationId
from protocol.message import Value
from ui.answer_column import AnswerColumn
from ui.caption import one_line
from ui.comparison_caption import Caption, caption, title_rows
from ui.comparison_layout import GAP, Stand, stand_at, stands
from ui.comparison_tabs import TabText, fitted_tabs, place_at, tab_row
from ui.conversation import Conversation
from ui.key_words import DEFAULT_KEY_WORDS, KeyWords
from ui.palette import Role
from ui.paragraph import markup_paragraph
from ui.rows import Row, RowsCanvas, rows_of
from ui.side_by_side import SideBySide

_TALL = 14
"""Rows from which on what was asked is said above, and each caption has two rows."""
_AIRY = 20
"""Rows from which on there is a blank one above and below the captions."""
_TOLD_EVERY = 0.25
"""Seconds between two looks at how fast answers grow."""


@dataclass(frozen=True)
class Rival:
    """One of those that answer: who it is, and the conversation that is its column."""

    name: str
    talk: Conversation
    picked: bool = False


class Look(Value, frozen=True):
    """How the user has chosen to look at answers."""

    focus_place: int
    together: bool
    alone: bool


class ComparisonView(urwid.Widget):
    """A box widget. UI thread only. Only the columns that are seen are laid out.

    Rows scroll together, until that is toggled: then only those of the column in focus do.
    """

    _sizing = frozenset({urwid.BOX})
    _selectable = False
    ignore_focus = True
    no_cache = ("render",)

    def __init__(self, words: KeyWords = DEFAULT_KEY_WORDS) -> None:
        super().__init__()
        self._words = words
        self._asked = ""
        self._rivals: Sequence[Rival] = ()
        self._columns: list[AnswerColumn] = []
        self._captions: list[Caption] = []
        self._tabs: Sequence[TabText] = ()
        self._tab_line: Row = []
        self._tabs_of: tuple[Sequence[Caption], int, int] = ((), 0, 0)
        """What those tell of."""
        self._joiner = SideBySide()
        self._stands: tuple[Stand, ...] = ()
        self._first = self._top = self._tabs_row = 0
        self._told_at = 0.0
        self.focus_place = 0
        """Which column is in focus."""
        self.focus_next: int | None = None
        """Which is to be, as soon as it is there."""
        self.together = True
        """Whether all columns scroll at once."""
        self.alone = False
        """Whether the one in focus has the whole width."""

    @property
    def focused(self) -> AnswerColumn:
        """The column in focus."""
        return self._columns[self.focus_place]

    @property
    def look(self) -> Look:
        """How the user has chosen to look at them; it can be given to another view of the same."""
        return Look(self.focus_place, self.together, self.alone)

    @look.setter
    def look(self, look: Look) -> None:
        self.focus_place, self.together, self.alone = look.focus_place, look.together, look.alone

    def name_at(self, place: int) -> str:
        """Who answers in a column."""
        return self._rivals[place].name

    def column_at(self, place: int) -> AnswerColumn:
        """The column at a place; after the last comes the first."""
        return self._columns[place % len(self._columns)]

    @property
    def columns(self) -> Sequence[AnswerColumn]:
        """All of them."""
        return self._columns

    @property
    def behind(self) -> bool:
        """True when another frame is wanted, to show what was too much for the last one."""
        return any(column.transcript.behind for column in self._seen())

    @property
    def growing(self) -> int:
        """How many of those that are seen are still to end."""
        return sum(1 for column in self._seen() if column.talk.open)

    def shows(self, conversation: ConversationId) -> bool:
        """Tell whether the answer that comes in a conversation is seen."""
        return any(column.talk.id == conversation for column in self._seen())

    def grow(self, now: float) -> bool:
        """Answers grew; False where more than that is to be looked at: what is said of them may wait only so long."""
        self._invalidate()
        return bool(self._columns) and now - self._told_at < _TOLD_EVERY

    def show(self, asked: str, rivals: Sequence[Rival], now: float) -> None:
        """Take over what changed."""
        if [id(rival.talk) for rival in rivals] != [id(column.talk) for column in self._columns]:
            known = {id(column.talk): column for column in self._columns}
            self._columns = [known.get(id(one.talk)) or AnswerColumn(one.talk, self._words) for one in rivals]
            self.focus_place = min(self.focus_place if self.focus_next is None else self.focus_next, len(rivals) - 1)
            self.focus_next = None
        self._captions = [
            caption(number, rival.name, column.turn, now, rival.picked)
            for number, (rival, column) in enumerate(zip(rivals, self._columns, strict=True), 1)
        ]
        self._asked, self._rivals, self._told_at = asked, rivals, now
        self._invalidate()

    def focus_on(self, place: int) -> None:
        """Have another column in focus; after the last comes the first."""
        self.focus_place = place % max(1, len(self._columns))
        self._invalidate()

    def move(self, act: Callable[[AnswerColumn], None]) -> None:
        """Do to the column in focus, or to all that are seen, what scrolls it."""
        for column in self._seen() if self.together else iter((self.focused,)):
            act(column)
        self._invalidate()

    def toggle_thinking(self) -> None:
        """Fold the thinking of all answers, or show it."""
        for column in self._columns:
            column.toggle_thinking()
        self._invalidate()

    def press(self, column: int, row: int) -> bool:
        """Have in focus what is at a place on the screen; False where nothing is."""
        if row < self._top:
            place = place_at(self._tabs, column) if row == self._tabs_row else None
        else:
            stand = stand_at(self._stands, column)
            place = stand.place if stand is not None else None
        if place is not None:
            self.focus_on(place)
        return place is not None

    def wheel(self, column: int, rows: int) -> None:
        """Scroll the column at a place, or all."""
        stand = stand_at(self._stands, column)
        if self.together:
            self.move(lambda one: one.scroll(rows))
        elif stand is not None:
            self._columns[stand.place].scroll(rows)
            self._invalidate()

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]  # noqa: ARG002
        """Draw the columns in view."""
        columns, rows = size
        if not columns or not rows or not self._columns:
            return urwid.SolidCanvas(" ", columns, rows)
        self._stands = self._placed(columns)
        self._first = self._stands[0].place
        head = (_asked_row(self._asked, columns),) if rows >= _TALL else ()
        self._tabs_row = len(head)
        above = [*head, *self._tab_rows(columns), *_blank_rows(columns, rows >= _AIRY)]
        self._top = len(above)
        height = 1 + (rows >= _TALL) + (rows >= _AIRY)
        body = rows - len(above) - height
        if body < 1:
            return RowsCanvas(self._columns_from(0, rows), columns)
        return RowsCanvas([*above, *self._columns_from(height, body)], columns)

    def _columns_from(self, height: int, body: int) -> list[Row]:
        """Return captions of so many rows, and so many rows of each answer below them."""
        drawn = []
        for stand in self._stands:
            focused, column = stand.place == self.focus_place, self._columns[stand.place]
            titles = title_rows(self._captions[stand.place], stand.columns, focused, height) if height else ()
            drawn.append([*titles, *column.rows((stand.columns, body))])
        return self._joiner.joined([stand.left for stand in self._stands], drawn, GAP)

    def _placed(self, columns: int) -> tuple[Stand, ...]:
        if self.alone:
            return (Stand(self.focus_place, 0, columns),)
        return stands(len(self._columns), columns, self._first, self.focus_place)

    def _tab_rows(self, columns: int) -> Sequence[Row]:
        """The tabs, where not all columns have room. They are put together anew where they tell something new."""
        if len(self._stands) == len(self._captions):
            self._tabs, self._tabs_of = (), ((), 0, 0)
            return ()
        shown = self._captions, self.focus_place, columns
        if shown != self._tabs_of:
            self._tabs_of = shown
            self._tabs = fitted_tabs(*shown)
            self._tab_line = tab_row(self._tabs, columns)
        return (self._tab_line,)

    def _seen(self) -> Iterator[AnswerColumn]:
        return (self._columns[stand.place] for stand in self._stands if stand.place < len(self._columns))


@lru_cache(maxsize=4)
def _asked_row(asked: str, columns: int) -> Row:
    """What was asked, in one row."""
    markup = ((Role.GUTTER, "> "), (Role.PROMPT, one_line(asked, columns - 2)))
    return rows_of(markup_paragraph(markup, wrap="clip").render((columns,)))[0]


@lru_cache(maxsize=4)
def _blank_rows(columns: int, wanted: bool) -> Sequence[Row]:
    return ([(None, None, b" " * columns)],) if wanted else ()

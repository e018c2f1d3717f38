"""The transcript: a window on a column of blocks that follows the end, or stays where the reader put it."""

import logging
from collections.abc import Iterator, Sequence

import urwid

from ui.column import Block, Column, Spot
from ui.conversation import Conversation, Entry, Notice, NoticeKind, common
from ui.entries import EntryView, NoticeView, TurnView, WelcomeView
from ui.folding import Folding
from ui.jumps import block_that_says, next_beginning
from ui.key_words import DEFAULT_KEY_WORDS, KeyWords
from ui.marker import Marker
from ui.palette import Role
from ui.rows import Row, RowsCanvas, rows_of, window
from ui.selection import Item
from ui.turn import Turn

_logger = logging.getLogger(__name__)

_COUNT_LIMIT = 1_000
"""Rows are counted so far and no further, so that the cost of a frame stays flat."""


class Transcript(urwid.Widget):
    """Shows one conversation. A box widget; UI thread only.

    It draws only the blocks in view: from the end upwards while it follows, from the anchor downwards while the
    reader has scrolled up. What comes meanwhile is below and moves nothing.

    `answers_only`: what was asked, who answers, and how one begins is said elsewhere.
    """

    _sizing = frozenset({urwid.BOX})
    _selectable = False
    ignore_focus = True
    no_cache = ("render",)

    def __init__(self, words: KeyWords = DEFAULT_KEY_WORDS, answers_only: bool = False) -> None:
        super().__init__()
        self._words = words
        self._answers_only = answers_only
        self._folding = Folding.WHEN_OVER
        self._anchor: Spot | None = None
        """The row at the top of the window while the reader has scrolled up."""
        self._top: Spot | None = None
        """The row that was at the top when the end was drawn last."""
        self._seen: Spot | None = None
        """The row that was at the top when the reader left the end; what came since is counted from there."""
        self._seen_rows = self._new_rows = 0
        self._views_behind: list[TurnView] = []
        """Of those that were drawn last."""
        self._marker: Marker | None = None
        """Marks what is to be copied. While it is there nothing moves by itself."""
        self._take_over(Conversation())

    @property
    def follows(self) -> bool:
        """True while the end of the conversation is kept in view."""
        return self._anchor is None

    @property
    def behind(self) -> bool:
        """True when another frame is wanted, to show what was too much for the last one."""
        return bool(self._views_behind)

    def show(self, conversation: Conversation, model: str, server: str, kept: bool = True) -> None:
        """Take over what changed in the conversation, or all of it where something else was shown before."""
        if conversation is not self._conversation:
            self._take_over(conversation)
        elif conversation.generation != self._generation:
            self._rearrange(conversation)
        for place in conversation.changes():
            self._update(conversation, place)
        for view in self._views_behind:
            view.go_on()
        if self._silent and not conversation.asleep and not self._answers_only:
            self._welcome.show(model, server, kept)
        self._invalidate()

    def scroll(self, rows: int, size: tuple[int, int]) -> None:
        """Move the window by so many rows; negative is up. It follows again when it reaches the end."""
        start = self._anchor or (self._top if rows < 0 else None)
        if start is not None:
            self._leave_for(self._column.moved(self._column.at_width(start, size[0]), rows), size)

    def to_top(self, size: tuple[int, int]) -> None:
        """Show the beginning."""
        first = self._column.first(size[0])
        if first is not None:
            self._leave_for(first, size)

    def to_last_entry(self, size: tuple[int, int]) -> None:
        """Show the beginning of the last entry; its end too, where there is room."""
        last = len(self._views) - 1
        for block in self._views[last].blocks[:1]:
            self._leave_for(Spot(last, block, 0, size[0]), size)

    @property
    def views(self) -> Sequence[EntryView]:
        """What shows the entries, from top to bottom."""
        return self._views

    def mark(self, marker: Marker | None) -> None:
        """Mark what is to be copied, or nothing any more; what is marked stays where it is until `reveal`."""
        self._marker = marker
        if marker is not None:
            self._anchor = self._anchor or self._top
        self._invalidate()

    def reveal(self, view: int, item: Item, size: tuple[int, int]) -> None:
        """Have an item in view: all of it if there is room, else its beginning."""
        first = Spot(view, item.begins_with, 0, size[0])
        below, height = self._rows_to(first, item, size)
        if below is None or height >= size[1] - 1:
            self._leave_for(first, size)
        elif below + height > size[1] - 1:
            top = self._column.at_width(self._anchor or first, size[0])
            self._leave_for(self._column.moved(top, below + height - size[1] + 1), size)

    def hides(self, view: int, item: Item, step: int, size: tuple[int, int]) -> bool:
        """Tell whether some of an item that is higher than the window is below it, or above if `step` is -1."""
        first = Spot(view, item.begins_with, 0, size[0])
        below, height = self._rows_to(first, item, size)
        if height < size[1] - 1:
            return False
        if below is not None:
            return step > 0 and below + height > size[1] - 1
        above = self._column.rows_between(first, self._anchor or first, height)
        return above is not None and (step < 0 or height - above > size[1] - 1)

    def _rows_to(self, first: Spot, item: Item, size: tuple[int, int]) -> tuple[int | None, int]:
        """How far below the top of the window an item begins, None if it does not, and how high it is."""
        top = self._column.at_width(self._anchor or self._top or first, size[0])
        height = sum(self._column.rows(block, size[0]) for block in item.blocks)
        return self._column.rows_between(top, first, _COUNT_LIMIT), height

    def jump(self, step: int, code: bool, size: tuple[int, int]) -> None:
        """Go to the next message, or piece of code, or the one before if -1; the end follows the last one."""
        top = self._anchor or self._top
        target = next_beginning(self._views, self._column.at_width(top, size[0]), step, code) if top else None
        if target is not None:
            self._leave_for(target, size)
        elif step > 0:
            self.follow()

    def find(self, place: int, words: str, reply: bool, size: tuple[int, int]) -> None:
        """Go to where some words are said, in the prompt of an entry or in the reply to it."""
        view = place + 1
        if self._views[view].items:
            self._leave_for(Spot(view, block_that_says(self._views[view], words, reply), 0, size[0]), size)

    def follow(self) -> None:
        """Show the end, and keep it in view."""
        self._anchor = self._seen = None
        for view in self._turns():
            if view.may_fold:
                view.update(settle=True)
        self._invalidate()

    def toggle_thinking(self) -> None:
        """Fold the thinking of all replies, or show it."""
        self._folding = self._folding.toggled(any(view.thinks for view in self._turns()))
        for view in self._turns():
            view.fold(self._folding)
        self._invalidate()

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]  # noqa: ARG002
        """Draw the blocks in view."""
        columns, rows = size
        if not columns or not rows:
            return urwid.SolidCanvas(" ", columns, rows)
        self._views_behind = []
        self._column.next_frame()
        if self._anchor is not None:
            self._anchor = self._column.at_width(self._anchor, columns)
            if self._marker is None and self._reaches_the_end(self._anchor, rows):
                self.follow()
        if self._anchor is None:
            return self._draw_end(columns, rows)
        return self._draw_from(self._anchor, rows)

    def _note_behind(self, place: int) -> None:
        view = self._views[place]
        if isinstance(view, TurnView) and view.behind and view not in self._views_behind:
            self._views_behind.append(view)

    def _draw_end(self, columns: int, rows: int) -> urwid.Canvas:
        drawn: list[Sequence[Row]] = []
        filled = 0
        for view, block in self._column.upwards():
            drawn.append(self._column.drawn(block, columns))
            self._note_behind(view)
            filled += len(drawn[-1])
            self._top = Spot(view, block, max(0, filled - rows), columns)
            if filled >= rows:
                break
        return RowsCanvas(window(drawn[::-1], columns, rows, max(0, filled - rows)), columns)

    def _draw_from(self, anchor: Spot, rows: int) -> urwid.Canvas:
        drawn: list[Sequence[Row]] = []
        filled = -anchor.row
        for view, block in self._column.downwards(anchor):
            drawn.append(self._rows_of(block, anchor.columns))
            self._note_behind(view)
            filled += len(drawn[-1])
            if filled >= rows:
                break
        if rows == 1 or (self._marker is not None and filled <= rows):
            return RowsCanvas(window(drawn, anchor.columns, rows, anchor.row), anchor.columns)
        shown = window(drawn, anchor.columns, rows - 1, anchor.row)
        self._count_new_rows(anchor.columns)
        bar = _below_bar(self._new_rows, self._words.bottom).render((anchor.columns,))
        return RowsCanvas([*shown, *bar.content()], anchor.columns)

    def _rows_of(self, block: Block, columns: int) -> Sequence[Row]:
        if self._marker is None:
            return self._column.drawn(block, columns)
        return rows_of(self._marker.drawn(block, self._column.draw(block, columns)))

    def _leave_for(self, spot: Spot, size: tuple[int, int]) -> None:
        if self.follows:
            self._seen, self._new_rows = self._column.at_width(self._top or spot, size[0]), 0
            self._seen_rows = self._column.count_from(self._seen, _COUNT_LIMIT)
        self._anchor = spot
        if self._marker is None and self._reaches_the_end(spot, size[1]):
            self.follow()
        self._invalidate()

    def _reaches_the_end(self, spot: Spot, rows: int) -> bool:
        return self._column.count_from(spot, rows + 1) <= rows

    def _count_new_rows(self, columns: int) -> None:
        """Count the rows that came since the reader left the end. Another width changes the count of none of them."""
        if self._seen is None:
            return
        count = self._column.count_from(self._column.at_width(self._seen, columns), _COUNT_LIMIT)
        if columns == self._seen.columns:
            self._new_rows = max(0, count - self._seen_rows)
        else:
            self._seen = self._column.at_width(self._seen, columns)
            self._seen_rows = count - self._new_rows

    def _take_over(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._generation = conversation.generation
        self._welcome = WelcomeView(self._words)
        self._views: list[EntryView] = [self._welcome]
        self._column = Column(self._views)
        self._silent = True
        self._anchor = self._top = self._seen = None
        conversation.changed.update(range(len(conversation.entries)))

    def _rearrange(self, conversation: Conversation) -> None:
        """Others took the place of some entries: keep the views of the turns before those, and show the end."""
        shown = [view.turn if isinstance(view, TurnView) else None for view in self._views[1:]]
        same = common(shown, conversation.entries)
        if not same:
            self._take_over(conversation)
            return
        del self._views[same + 1 :]
        self._generation = conversation.generation
        self._anchor = self._top = self._seen = None

    def _update(self, conversation: Conversation, place: int) -> None:
        """Bring one view up to date; one that fails makes room for a sentence that says so."""
        try:
            self._bring_up(conversation.entries[place], place)
        except Exception as error:
            _logger.exception("An entry of the transcript cannot be shown")
            sentence = Notice(f"(this part cannot be shown: {error})", NoticeKind.ERROR)
            self._views[place + 1 :] = [NoticeView(sentence, lead=place > 0), *self._views[place + 2 :]]

    def _bring_up(self, entry: Entry, place: int) -> None:
        known = self._views[place + 1] if place + 1 < len(self._views) else None
        if isinstance(entry, Turn):
            self._bring_up_turn(entry, place, known)
        elif known is None:
            self._views.append(NoticeView(entry, lead=place > 0))

    def _bring_up_turn(self, turn: Turn, place: int, known: EntryView | None) -> None:
        if isinstance(known, NoticeView):
            return
        view = (
            known
            if isinstance(known, TurnView) and known.turn is turn
            else TurnView(turn, place > 0, self._folding, self._words, self._answers_only)
        )
        view.last = place == self._conversation.last_turn
        view.update(settle=self.follows or view is not known)
        self._views[place + 1 : place + 2] = [view]
        if self._silent:
            self._silent = False
            self._welcome.vanish()

    def _turns(self) -> Iterator[TurnView]:
        return (view for view in self._views if isinstance(view, TurnView))


def _below_bar(new_rows: int, key: str) -> urwid.AttrMap[urwid.Text]:
    plural = "" if new_rows == 1 else "s"
    words = f"{new_rows} new line{plural}" if new_rows else "more below"
    return urwid.AttrMap(urwid.Text(f"v {words}   {key}", wrap=urwid.WrapMode.CLIP), Role.STATUS)

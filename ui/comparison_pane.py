"""What is seen of a comparison in the place of the chat: its answers, or how two of them differ."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import urwid

from protocol.comparison import Comparison, ComparisonId
from protocol.identity import ConversationId
from ui.conversation import Conversation, Entry, Notice, NoticeKind
from ui.key_words import DEFAULT_KEY_WORDS, KeyWords
from ui.model import Model
from ui.palette import Role
from ui.paragraph import paragraph
from ui.rows import Row, RowsCanvas, rows_of

if TYPE_CHECKING:
    from ui.answer_column import AnswerColumn
    from ui.comparison_view import ComparisonView, Look
    from ui.diff_view import Answer, DiffView
    from ui.rivals import Rivals

_NOTE_LINES = 3
_NOTE_CHARACTERS = 240
"""What is longer is read in the chat."""
_TOO_FEW = "there is no other answer yet"
_EMPTY = "this answer has said nothing yet"


class ComparisonPane(urwid.Widget):
    """A box widget. It is on the screen or not, for each conversation; UI thread only.

    An answer that is picked, and an answer to a command that is long, lead back to the chat.
    """

    _sizing = frozenset({urwid.BOX})
    _selectable = False
    ignore_focus = True
    no_cache = ("render",)

    def __init__(self, words: KeyWords = DEFAULT_KEY_WORDS) -> None:
        super().__init__()
        self._words = words
        self._view: ComparisonView | None = None
        self._diff: DiffView | None = None
        self._rivals: Rivals | None = None
        self._against = 0
        """How far to the right of the one in focus is the one that it was compared with last."""
        self._known: Comparison | None = None
        self._looks: dict[ComparisonId, Look] = {}
        """How those were looked at that another chat has taken the place of."""
        self._open = set[ConversationId]()
        """The conversations in the place of which answers are seen."""
        self._shown: Conversation | None = None
        self._read: Entry | None = None
        """The last entry of the chat that needs no note any more."""

    @property
    def view(self) -> "ComparisonView | None":
        """The answers side by side, where they are on the screen."""
        return self._view if self._is_open and self._view is not None and self._view.columns else None

    @property
    def on_screen(self) -> bool:
        """True while it is in the place of the chat."""
        return self.view is not None

    @property
    def focused(self) -> "AnswerColumn | None":
        """The column that keys are for."""
        return self.view.focused if self.view is not None else None

    @property
    def differs(self) -> bool:
        """True while differences are seen in the place of the answers."""
        return self._diff is not None

    @property
    def behind(self) -> bool:
        """True when another frame is wanted, to show what was too much for the last one."""
        return self.view is not None and self.view.behind

    @property
    def under_way(self) -> bool:
        """True while an answer that is on the screen, or in a tab, is still to end."""
        return self.view is not None and any(column.talk.open for column in self.view.columns)

    def shows(self, conversation: ConversationId) -> bool:
        """Tell whether the answer that comes in a conversation is seen."""
        return self.view is not None and self._diff is None and self.view.shows(conversation)

    def show(self, model: Model, now: float, only_growth: bool = False) -> None:
        """Take over what changed in the model."""
        if only_growth and self.view is not None and self.view.grow(now):
            self._invalidate()
            return
        known = model.comparisons.of.get(model.shown.id) if model.shown.id is not None else None
        if model.shown is not self._shown:
            self._put_away()
            self._shown, self._known = model.shown, None
        if known is not None and known is not self._known:
            self._take_over(known)
        if known is not None and model.comparisons.wanted == known.conversation:
            model.comparisons.wanted = None
            self.open()
        if self._note is not None and _is_long(self._note):
            self.close()
        if self._is_open and self._view is not None and self._rivals is not None and self._known is not None:
            self._view.show(self._known.prompt, self._rivals.of(self._known, model.conversations), now)
        self._invalidate()

    def open(self) -> None:
        """Put it in the place of the chat, if there is a comparison."""
        if self._known is not None:
            self._open.add(self._known.conversation)
            if self._view is None or self._rivals is None:
                self._view, self._rivals = _made(self._words, self._looks.pop(self._known.id, None))
            self._read = self._last_entry()

    def close(self) -> None:
        """Show the chat again."""
        self.end_diff()
        if self._known is not None:
            self._open.discard(self._known.conversation)

    def leave(self) -> None:
        """Something is asked in the chat: show that, unless it waits for an answer to be picked."""
        if self._known is not None and self._known.decided:
            self.close()

    def forget_note(self) -> None:
        """What was said last has been read."""
        self._read = self._last_entry()

    def differ(self) -> str:
        """Show how the answer in focus differs from the next; from yet another one if that is seen already. Return
        what is to be said where there is none."""
        view = self.view
        if view is None:
            return ""
        count = len(view.columns)
        steps = [step for step in range(self._against + 1, count) if view.column_at(view.focus_place + step).answer]
        if not view.focused.answer:
            return _EMPTY
        if not (steps or self._diff):
            return _TOO_FEW
        if not steps:
            self.end_diff()
        else:
            self._against = steps[0]
            self._diff = _differing(view, steps[0])
        self._invalidate()
        return ""

    def end_diff(self) -> bool:
        """Show the answers again; False where they are seen."""
        seen, self._diff, self._against = self._diff, None, 0
        self._invalidate()
        return seen is not None

    def step(self, step: int) -> None:
        """Have the next answer in focus, or the one before if -1."""
        self.end_diff()
        if self.view is not None:
            self.view.focus_on(self.view.focus_place + step)

    def scroll(self, rows: int) -> None:
        """Move by so many rows; negative is up."""
        self._move(lambda diff: diff.scroll(rows), lambda column: column.scroll(rows))

    def page(self, step: int) -> None:
        """Move by a page, or back by one if `step` is -1."""
        self._move(lambda diff: diff.page(step), lambda column: column.page(step))

    def to_top(self) -> None:
        """Show the beginning."""
        self._move(lambda diff: diff.to_top(), lambda column: column.to_top())

    def follow(self) -> None:
        """Show the end."""
        self._move(lambda diff: diff.to_end(), lambda column: column.follow())

    def jump(self, step: int, code: bool) -> None:
        """Go to another piece of code, or to the beginning or end."""
        if self._diff is None and self.view is not None:
            self.view.move(lambda column: column.jump(step, code))
        self._invalidate()

    def let_go(self) -> None:
        """Answers may not be drawn as they were."""
        for column in self.view.columns if self.view is not None else ():
            column.let_go()

    def press(self, column: int, row: int) -> None:
        """Have in focus what is at a place of it."""
        if self.view is not None and self._diff is None:
            self.view.press(column, row)
            self._invalidate()

    def wheel(self, column: int, rows: int) -> None:
        """Scroll what is at a place."""
        if self._diff is not None:
            self._diff.scroll(rows)
        elif self.view is not None:
            self.view.wheel(column, rows)
        self._invalidate()

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]  # noqa: ARG002
        """Draw it, and below it what was said in the chat since a key was pressed."""
        columns, rows = size
        shown = self._diff or self.view
        if shown is None or not columns or not rows:
            return urwid.SolidCanvas(" ", columns, rows)
        note = self._note_rows(columns)[: rows - 1]
        canvas = shown.render((columns, rows - len(note)))
        return RowsCanvas([*canvas.content(), *note], columns)

    @property
    def _is_open(self) -> bool:
        return self._known is not None and self._known.conversation in self._open

    def _take_over(self, comparison: Comparison) -> None:
        before, self._known = self._known, comparison
        if before is None or before.id != comparison.id:
            self._view = None
            self.end_diff()
            if comparison.conversation in self._open:
                self.open()
            return
        if (comparison.picked, comparison.dropped) != (before.picked, before.dropped):
            self.close()
        elif len(comparison.columns) > len(before.columns) and self._view is not None:
            self.end_diff()
            self._view.focus_next = len(comparison.columns) - 1

    def _put_away(self) -> None:
        """Let go of what is drawn; how it was looked at is kept."""
        if self._known is not None and self._view is not None:
            self._looks[self._known.id] = self._view.look
        self._view = None
        self.end_diff()

    def _move(self, diff: "Callable[[DiffView], None]", column: "Callable[[AnswerColumn], None]") -> None:
        if self._diff is not None:
            diff(self._diff)
        elif self.view is not None:
            self.view.move(column)
        self._invalidate()

    def _last_entry(self) -> Entry | None:
        return self._shown.entries[-1] if self._shown is not None and self._shown.entries else None

    @property
    def _note(self) -> Notice | None:
        """What was said in the chat since a key was pressed."""
        last = self._last_entry()
        return last if last is not self._read and isinstance(last, Notice) else None

    def _note_rows(self, columns: int) -> Sequence[Row]:
        note = self._note
        if note is None:
            return ()
        role = Role.NOTICE if note.kind is NoticeKind.NOTICE else Role.WARNING
        return rows_of(paragraph(role, note.text).render((columns,)))


def _is_long(note: Notice) -> bool:
    return len(note.text) > _NOTE_CHARACTERS or note.text.count("\n") >= _NOTE_LINES


def _made(words: KeyWords, look: "Look | None") -> "tuple[ComparisonView, Rivals]":
    """What nobody needs who compares nothing is imported only now."""
    from ui.comparison_view import ComparisonView
    from ui.rivals import Rivals

    view = ComparisonView(words)
    if look is not None:
        view.look = look
    return view, Rivals()


def _differing(view: "ComparisonView", step: int) -> "DiffView":
    """How the answer in focus differs from another one, so many columns to its right."""
    from ui.diff_view import DiffView

    return DiffView(_answer(view, 0), _answer(view, step))


def _answer(view: "ComparisonView", step: int) -> "Answer":
    from ui.diff_view import Answer

    place = (view.focus_place + step) % len(view.columns)
    column = view.columns[place]
    return Answer(place + 1, view.name_at(place), column.answer, not column.talk.open)

"""One answer of a comparison, as a column of rows that are made anew only where something in it changed."""

import logging
from collections.abc import Callable, Sequence

import urwid

from ui.conversation import Conversation
from ui.key_words import KeyWords
from ui.palette import Role
from ui.paragraph import paragraph
from ui.rows import Row, rows_of
from ui.transcript import Transcript
from ui.turn import Turn

_logger = logging.getLogger(__name__)

Size = tuple[int, int]


class AnswerColumn:
    """Shows the reply of one conversation that is a column. UI thread only.

    Where it cannot be drawn it says so; the others are drawn as ever.
    """

    def __init__(self, talk: Conversation, words: KeyWords) -> None:
        self.talk = talk
        self.transcript = Transcript(words, answers_only=True)
        self._rows: Sequence[Row] = ()
        self._size: Size = (0, 0)
        self._generation = -1

    @property
    def turn(self) -> Turn | None:
        """The turn whose reply it shows."""
        place = self.talk.last_turn
        turn = self.talk.entries[place] if place is not None else None
        return turn if isinstance(turn, Turn) else None

    @property
    def answer(self) -> str:
        """What has come, as the model wrote it."""
        turn = self.turn
        return str(turn.attempt.answer).strip() if turn is not None and turn.attempt is not None else ""

    @property
    def changed(self) -> bool:
        """True where it would look different in the next frame."""
        return bool(
            self.talk.changed or self.talk.generation != self._generation or self.transcript.behind or not self._rows
        )

    def rows(self, size: Size) -> Sequence[Row]:
        """Return its rows; the same objects as before where nothing changed."""
        if self.changed or size != self._size:
            self._rows = self._drawn(size)
            self._size, self._generation = size, self.talk.generation
        return self._rows

    def scroll(self, rows: int) -> None:
        """Move by so many rows; negative is up."""
        self._act(lambda size: self.transcript.scroll(rows, size))

    def page(self, step: int) -> None:
        """Move by a page, or back by one if `step` is -1."""
        self._act(lambda size: self.transcript.scroll(step * max(1, size[1] - 2), size))

    def to_top(self) -> None:
        """Show the beginning."""
        self._act(self.transcript.to_top)

    def follow(self) -> None:
        """Show the end, and keep it in view."""
        self._act(lambda _: self.transcript.follow())

    def jump(self, step: int, code: bool) -> None:
        """Go to another message, or piece of code."""
        self._act(lambda size: self.transcript.jump(step, code, size))

    def toggle_thinking(self) -> None:
        """Fold its thinking, or show it."""
        self._act(lambda _: self.transcript.toggle_thinking())

    def let_go(self) -> None:
        """What is drawn of it may not be as it was."""
        self._rows = ()

    def _act(self, action: Callable[[Size], None]) -> None:
        """Do something to what was drawn last; what was never drawn is nowhere yet."""
        if self._generation >= 0:
            action(self._size)
            self.let_go()

    def _drawn(self, size: Size) -> Sequence[Row]:
        try:
            self.transcript.show(self.talk, "", "")
            return rows_of(self.transcript.render(size))
        except Exception as error:
            _logger.exception("An answer of a comparison cannot be drawn")
            sentence = paragraph(Role.ERROR, f"(this answer cannot be drawn: {error})")
            return rows_of(urwid.Filler(sentence, valign="top").render(size))

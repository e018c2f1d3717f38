"""What becomes of a turn, told in lines."""

from collections.abc import Sequence

from protocol.identity import TurnId
from protocol.turn import ENDED, TurnState
from protocol.ui import WaitReason
from ui.attachment_words import attachment_words
from ui.marks import Remedies, marks
from ui.speech import Speech, WholeLines, call_words, flat
from ui.turn import Attempt, Turn
from ui.voices import Voices

_REMEDIES = Remedies(
    "/continue goes on, /retry asks anew",
    "/retry asks again",
    "/now tries at once, /cancel stops",
    "/model NAME chooses another, and asks it",
)
_CHARACTERS = 2000
"""Of a failure."""


class TurnTeller:
    """Tells of every turn what was not told before. The lines are for the sanitiser still.

    With `interactive`, what can be done about an end is said. With `breaks`, long lines are cut where one can pause.
    """

    def __init__(self, voices: Voices, interactive: bool, breaks: bool) -> None:
        self._voices = voices
        self._interactive = interactive
        self._breaks = breaks
        self._speeches: dict[TurnId, Speech] = {}
        self._marked: dict[TurnId, str] = {}

    def ask_again(self, turn: TurnId, told: Attempt | None, goes_on: bool) -> None:
        """Another version of a reply is coming; what was `told` is not told again."""
        speech = self._speeches[turn] = Speech(self._breaks, told)
        self._voices.begin_anew(turn)
        if goes_on:
            speech.go_on()
            self._voices.go_on(turn)

    def exchange(self, turn: Turn, is_last: bool = True) -> list[str]:
        """Tell a turn from the beginning, however far it came."""
        lines = self._voices.prompt(turn)
        self._voices.begin_anew(turn.id)
        if turn.state not in ENDED:
            self._speeches.pop(turn.id, None)
            return [*lines, *self.tell(turn)]
        if turn.attempt is not None:
            text = WholeLines(self._breaks)
            said = text.feed(str(turn.attempt.answer).strip("\n")) + text.rest()
            drawn = attachment_words(turn.attempt.images)
            lines += self._voices.reply(turn, [*said, *map(call_words, turn.attempt.tool_calls), *drawn])
        return [*lines, *self._mark(turn, is_last)]

    def tell(self, turn: Turn) -> list[str]:
        """Say what is new of a turn."""
        speech = self._speeches.setdefault(turn.id, Speech(self._breaks))
        lines: list[str] = []
        if turn.attempt is not None:
            heard = speech.listen(turn.attempt)
            lines += self._voices.thinks() if heard.began_to_think else []
            lines += self._voices.has_thought(heard.thought) if heard.thought else []
            lines += self._voices.reply(turn, heard.lines)
        return [*lines, *self._mark(turn)]

    def _mark(self, turn: Turn, is_last: bool = True) -> list[str]:
        """Say why it waits, or how it ended: once."""
        words = "" if turn.wait is WaitReason.SURVEY else self._mark_words(turn, is_last)
        said, self._marked[turn.id] = self._marked.get(turn.id, ""), words
        lines = self.rest(turn) if words or turn.state in ENDED else []
        if turn.state in ENDED:
            del self._marked[turn.id]
            self._speeches.pop(turn.id, None)
        elif turn.state is TurnState.RETRYING:
            self._voices.begin_anew(turn.id)
        return [*lines, *self._voices.note(words)] if words and words != said else lines

    def _mark_words(self, turn: Turn, is_last: bool) -> str:
        found = [mark.text for mark in marks(turn, is_last, _REMEDIES if self._interactive else None)]
        return _joined([flat(text, _CHARACTERS) for text in found])

    def rest(self, turn: Turn) -> list[str]:
        """Say the line of a reply that has no end yet."""
        speech = self._speeches.get(turn.id)
        return self._voices.reply(turn, speech.rest()) if speech is not None else []


def _joined(sentences: Sequence[str]) -> str:
    *others, last = sentences or [""]
    return " ".join([*(one if one.endswith((".", "!", "?")) else f"{one}." for one in others), last])

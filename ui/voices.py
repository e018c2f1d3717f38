"""Who says what, for a face that has lines only: every change of the speaker is a label."""

from collections.abc import Sequence

from protocol.identity import TurnId
from ui.attachment_words import attachment_words
from ui.marks import summary_words, version_words
from ui.speech import flat
from ui.turn import Turn

_NAME_CHARACTERS = 60
_PROMPT_CHARACTERS = 40


class Voices:
    """Puts labels before what is said. It remembers who spoke last, and whose reply has begun."""

    def __init__(self) -> None:
        self._speaker: TurnId | None = None
        self._begun: set[TurnId] = set()
        self._waited: set[TurnId] = set()

    def note(self, text: str) -> list[str]:
        """What chinwag itself says."""
        self._speaker = None
        first, *more = text.split("\n")
        return [f"chinwag: {first}"] if not more else ["chinwag:", first, *more]

    def prompt(self, turn: Turn) -> list[str]:
        """What the user said."""
        self._speaker = None
        if turn.keeps is not None:
            return self.note(summary_words(turn))
        mark = version_words(turn.prompt_place)
        first, *more = turn.prompt.split("\n")
        with_it = attachment_words(turn.attachments)
        return [f"you ({mark}): {first}" if mark else f"you: {first}", *more, *with_it]

    def thinks(self) -> list[str]:
        """A model begins to think."""
        self._speaker = None
        return ["thinking:"]

    def has_thought(self, words: str) -> list[str]:
        """It has thought."""
        self._speaker = None
        return [f"({words})"]

    def reply(self, turn: Turn, lines: Sequence[str]) -> list[str]:
        """What a model says in a reply."""
        if not lines or self._speaker == turn.id:
            return list(lines)
        self._speaker = turn.id
        return [self._label(turn), *lines]

    def turn_to_write(self) -> list[str]:
        """It is the user's turn."""
        self._speaker = None
        return ["you:"]

    def wait(self, turn: TurnId) -> None:
        """This turn waits behind others: its reply will not be the next thing that is said."""
        self._waited.add(turn)

    def begin_anew(self, turn: TurnId) -> None:
        """What comes next in this turn is the beginning of a reply."""
        self._begun.discard(turn)
        self._speaker = None

    def go_on(self, turn: TurnId) -> None:
        """What comes next in this turn belongs to a reply that was heard before."""
        self._begun.add(turn)
        self._speaker = None

    def _label(self, turn: Turn) -> str:
        name = flat(turn.attempt.model if turn.attempt else "", _NAME_CHARACTERS) or "reply"
        mark = version_words(turn.reply_place)
        name = f"{name} ({mark})" if mark else name
        if turn.id in self._begun:
            return f"{name} goes on:"
        self._begun.add(turn.id)
        if turn.id in self._waited:
            self._waited.discard(turn.id)
            return f'{name} to "{flat(turn.prompt, _PROMPT_CHARACTERS)}":'
        return f"{name}:"

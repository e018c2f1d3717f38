"""A reply as lines that are only ever appended: what came of it since one was told last."""

from dataclasses import dataclass, field

from protocol.chat import ToolCall
from ui.attachment_words import attachment_words
from ui.marks import thought_words
from ui.sanitiser import sanitise
from ui.turn import Attempt

_LONG = 200
"""Characters of a line after which a sentence, or else a word, is its end, for one who listens."""
_SENTENCE_ENDS = (". ", "! ", "? ", ": ", "; ")
_CALL_CHARACTERS = 500


class WholeLines:
    """Cuts a text that grows into lines. With `breaks`, a long line is cut at the end of a sentence or a word."""

    def __init__(self, breaks: bool) -> None:
        self._breaks = breaks
        self._held: list[str] = []
        self._size = 0

    def feed(self, text: str) -> list[str]:
        """Take the next piece, and return the lines that are whole with it."""
        *whole, rest = sanitise(text).split("\n")
        lines: list[str] = []
        for end in whole:
            lines += self._pieces(end)
            lines.append(self._take())
        return [*lines, *self._pieces(rest)]

    def rest(self) -> list[str]:
        """Return the line that has no end yet, if there is one."""
        return [self._take()] if self._size else []

    def _pieces(self, text: str) -> list[str]:
        self._held.append(text)
        self._size += len(text)
        if not self._breaks or self._size <= _LONG or " " not in text:
            return []
        line, pieces = self._take(), []
        while len(line) > _LONG and (cut := _cut(line)):
            pieces.append(line[:cut].rstrip())
            line = line[cut:]
        self._held, self._size = [line], len(line)
        return pieces

    def _take(self) -> str:
        line = "".join(self._held)
        self._held, self._size = [], 0
        return line


def _cut(line: str) -> int:
    """Return where a long line is to be cut; 0 where it has no place for that yet."""
    within = line[:_LONG]
    sentence = max(within.rfind(end) + len(end) if end in within else 0 for end in _SENTENCE_ENDS)
    return sentence or within.rfind(" ") + 1 or line.find(" ", _LONG) + 1


@dataclass
class Heard:
    """What is new of a reply."""

    began_to_think: bool = False
    thought: str = ""
    """That it has thought, in words; empty where it has not, or that was told."""
    lines: list[str] = field(default_factory=list)


class Speech:
    """What was told of one turn's reply, and what is still to be told."""

    def __init__(self, breaks: bool, partial: Attempt | None = None) -> None:
        """`partial` is a reply that was told and is now gone on with, or begun anew."""
        self._breaks = breaks
        self._text = WholeLines(breaks)
        self._attempt = partial
        self._partial = str(partial.answer) if partial is not None else ""
        self._taken = len(self._partial)
        self._characters = len(self._partial)
        self._calls = len(partial.tool_calls) if partial is not None else 0
        self._images = len(partial.images) if partial is not None else 0
        self._thinking = partial is not None and bool(partial.thinking)
        self._thought = self._thinking
        self._goes_on = False

    def go_on(self) -> None:
        """The next attempt begins with the partial reply, which is not told again."""
        self._goes_on = True

    def listen(self, attempt: Attempt) -> Heard:
        """Return what is new of an attempt; another than before begins anew."""
        fresh = self._fresh(attempt)
        heard = Heard()
        if attempt.thinking and not self._thinking:
            self._thinking = heard.began_to_think = True
        if attempt.thinking_over and self._thinking and not self._thought:
            self._thought, heard.thought = True, thought_words(attempt.thought_for)
        if not self._characters:
            fresh = fresh.lstrip("\n")
        self._characters += len(fresh)
        heard.lines = self._text.feed(fresh) if fresh else []
        calls, self._calls = attempt.tool_calls[self._calls :], len(attempt.tool_calls)
        images, self._images = attempt.images[self._images :], len(attempt.images)
        if calls or images:
            heard.lines += [*self._text.rest(), *map(call_words, calls), *attachment_words(images)]
        return heard

    def rest(self) -> list[str]:
        """Return the line that was begun: nothing more comes."""
        return self._text.rest()

    def _fresh(self, attempt: Attempt) -> str:
        if attempt is self._attempt:
            fresh = attempt.answer.after(self._taken)
        elif self._attempt is not None and attempt.stream == self._attempt.stream:
            fresh = attempt.answer.after(self._characters)
            self._attempt = attempt
        else:
            fresh = self._begin(attempt)
        self._taken = len(attempt.answer)
        return fresh

    def _begin(self, attempt: Attempt) -> str:
        text = str(attempt.answer)
        if self._goes_on and not text:
            return ""  # it begins with the partial reply, all at once
        goes_on = self._goes_on and text.startswith(self._partial)
        self._attempt, self._calls, self._images = attempt, 0, 0
        self._characters = len(self._partial) if goes_on else 0
        self._thinking = self._thought = goes_on and bool(attempt.thinking)
        return text[self._characters :]


def call_words(call: ToolCall) -> str:
    """Say in one line that a model wants a function called."""
    return flat(f"calls {call.name}({call.arguments})", _CALL_CHARACTERS)


def flat(text: str, characters: int) -> str:
    """Return an untrusted text as one line of at most so many characters."""
    line = " ".join(sanitise(text).split())
    return line if len(line) <= characters else f"{line[: characters - 3].rstrip()}..."

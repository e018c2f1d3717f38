"""Joining what a model adds to the partial reply that it was asked to go on with.

Whether a model goes on, says the partial again and goes on, or starts anew depends on its template. It shows in what
comes: the beginning of it is held back for as long as it could be a repetition of the partial.
"""

from protocol.frames import Chunk

_SET_OFF = "\n\n"
_NO_CHANCE = 16
"""Characters in common with the beginning of the partial that are no coincidence."""
_MARGIN = 16
"""White space before a repetition, at most."""
_FENCE = "```"


class Continuation:
    """What comes of one stream, as it is to be put behind the partial. However it is cut, the result is the same.

    Nothing is taken back and nothing is lost but a repetition. It holds no more than the partial has, and a chunk.
    """

    def __init__(self, partial: str) -> None:
        self._partial = partial
        self._core = partial.strip()
        self._expected = partial.lstrip()
        self._held: list[str] = []
        self._margin = 0
        self._matched = 0
        self._decided = not self._core

    def take(self, chunks: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
        """Return what of these chunks, and of those before them, can be shown: thoughts and tool calls at once."""
        if self._decided:
            return chunks
        joined = (Chunk(self.add(chunk.text), chunk.thinking, chunk.tool_calls, chunk.images) for chunk in chunks)
        return tuple(chunk for chunk in joined if chunk.size)

    def add(self, text: str) -> str:
        """Take the next piece of text and return what is now to be put behind the partial."""
        if self._decided or not text:
            return text
        self._held.append(text)
        said = text if self._matched else text.lstrip()
        self._margin += len(text) - len(said)
        if self._margin > _MARGIN:
            return self._release()
        agreed = _agreeing(said, self._expected, self._matched)
        self._matched += agreed
        if self._matched == len(self._expected):
            return self._release(self._margin + self._matched)
        return "" if agreed == len(said) else self._part()

    def finish(self, whole: bool) -> str:
        """Return what was held back and belongs behind the partial after all: nothing of a repetition that stopped.

        `whole` is whether the model came to its end: then a few characters, such as a closing fence, are its last.
        """
        if self._decided:
            return ""
        few = self._matched < min(_NO_CHANCE, len(self._core))
        belongs = not self._matched or (whole and few and not self._begins_afresh())
        held = self._release()
        return held if belongs else ""

    def _part(self) -> str:
        """Decide where what came departs from the partial."""
        if self._matched >= len(self._core):
            return self._release(self._margin + len(self._core))
        anew = self._matched >= _NO_CHANCE or self._begins_afresh()
        return (_SET_OFF if anew else "") + self._release()

    def _begins_afresh(self) -> bool:
        """Tell whether a sentence begins within a sentence. Code is full of names that look like that."""
        said = "".join(self._held)
        inside = self._partial[-1] == "," or self._partial[-1].islower()
        return said[:1].isupper() and inside and self._partial.count(_FENCE) % 2 == 0

    def _release(self, cut: int = 0) -> str:
        held = "".join(self._held)[cut:]
        self._held.clear()
        self._decided = True
        return held


def _agreeing(text: str, other: str, begin: int) -> int:
    """Return how many characters of `text` are those of `other` from `begin` on."""
    if other.startswith(text, begin):
        return len(text)
    return next(
        (at for at, (one, two) in enumerate(zip(text, other[begin : begin + len(text)], strict=False)) if one != two),
        len(other) - begin,
    )

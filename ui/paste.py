"""Bracketed paste: telling what was pasted from what was typed, in the bytes a terminal sends."""

from typing import Self

LONG = 10_000
"""Characters above which a text is folded: laying it out anew for each key would be felt."""

_BEGIN = b"\x1b[200~"
_END = b"\x1b[201~"
_CTRL_C = 3


class Pasted(str):
    """A paste as a key: it travels among the keys, in its place, under the name "paste"."""

    __slots__ = ("text",)

    text: str
    """What was pasted; lines end with line feeds."""

    def __new__(cls, text: str) -> Self:
        """Make a key of a text."""
        key = super().__new__(cls, "paste")
        key.text = text
        return key


class Folder:
    """Stands long texts in for by a few words, which cost nothing to lay out, and puts them back. UI thread only."""

    def __init__(self) -> None:
        self._folded: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """Return `text`, or the words that stand for it where it is long."""
        if len(text) <= LONG:
            return text
        lines = text.count("\n") + 1
        words = f"[text {len(self._folded) + 1}: {lines:,} lines, {len(text):,} characters]"
        self._folded[words] = text
        return words

    def find(self, text: str, place: int) -> tuple[int, int, str] | None:
        """Return where in `text` the words begin and end in, or right before or behind, which `place` is, and what they
        stand for; None where it is at no such words."""
        for words, folded in self._folded.items():
            start = text.find(words, max(0, place - len(words)), place + len(words))
            if start >= 0:
                return start, start + len(words), folded
        return None

    def unfold(self, text: str) -> str:
        """Return `text` with what its words stand for."""
        for words, folded in self._folded.items():
            text = text.replace(words, folded)
        return text


class PasteSplitter:
    """Takes pastes out of a stream of input bytes. A paste is handed on when it is whole."""

    def __init__(self) -> None:
        self._paste: bytearray | None = None

    def feed(self, codes: list[int]) -> list[Pasted | list[int]]:
        """Return what is in `codes` in order: key codes and whole pastes in turn, the last always key codes.

        A Ctrl-C that comes alone ends a paste whose end got lost on the way.
        """
        parts: list[Pasted | list[int]] = []
        rest = bytes(codes)
        while True:
            if self._paste is None:
                keys, begin, rest = rest.partition(_BEGIN)
                parts.append(list(keys))
                if not begin:
                    return parts
                self._paste = bytearray()
            lost = rest == bytes([_CTRL_C])
            self._paste += b"" if lost else rest
            end = len(self._paste) if lost else self._paste.find(_END)
            if end < 0:
                return [*parts, []]
            parts.append(Pasted(_text(bytes(self._paste[:end]))))
            rest = bytes(self._paste[end + len(_END) :])
            self._paste = None


def _text(pasted: bytes) -> str:
    return pasted.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")

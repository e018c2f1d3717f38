"""What differs between two texts, by words: runs of words that both have, or only one of them."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import islice

from protocol.message import Value

MOST_WORDS = 4_000
"""Of each text: comparing takes longer the more there are, and the screen waits for it."""

_UNSPACED = "\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Han and kana: no blanks stand between words of them, so that each is taken for one."""
_WORD = re.compile(rf"[{_UNSPACED}][\u3099\u309a]*\s*|[^\s{_UNSPACED}]+\s*")
_ISLAND = 2
"""So few words that both have, between longer ones that differ, are chance."""

Code = tuple[str, int, int, int, int]


class Side(StrEnum):
    """Who has some words."""

    BOTH = "both"
    FIRST = "first"
    SECOND = "second"


class Piece(Value, frozen=True):
    """Some words, with the white space behind each as it is written: of those that both have, in the second."""

    side: Side
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words as they are written."""
        return "".join(self.words)


def word_diff(first: str, second: str) -> list[Piece]:
    """Return the two texts as one. White space makes no difference. What is over MOST_WORDS is left out."""
    one, other = _words(first), _words(second)
    matcher = SequenceMatcher(None, [word.rstrip() for word in one], [word.rstrip() for word in other])
    return list(_pieces(one, other, _without_islands(matcher.get_opcodes())))


def is_too_long(text: str) -> bool:
    """Tell whether only the beginning of a text is compared."""
    return len(_words(text, MOST_WORDS + 1)) > MOST_WORDS


def _words(text: str, most: int = MOST_WORDS) -> list[str]:
    return [found[0] for found in islice(_WORD.finditer(text), most)]


def _pieces(one: Sequence[str], other: Sequence[str], codes: Sequence[Code]) -> Iterator[Piece]:
    for tag, begin, end, start, stop in codes:
        if tag == "equal":
            yield Piece(Side.BOTH, tuple(other[start:stop]))
            continue
        if begin < end:
            yield Piece(Side.FIRST, tuple(one[begin:end]))
        if start < stop:
            yield Piece(Side.SECOND, tuple(other[start:stop]))


def _without_islands(codes: Sequence[Code]) -> list[Code]:
    """Make one difference of two that only a few words stand between, where they are longer than those."""
    made: list[Code] = []
    for place, code in enumerate(codes):
        inner = 0 < place < len(codes) - 1
        island = code[0] == "equal" and inner and _size(code) <= _ISLAND
        code = ("replace", *code[1:]) if island and _around(codes, place) > 3 * _size(code) else code
        if made and code[0] != "equal" and made[-1][0] != "equal":
            _, begin, _, start, _ = made.pop()
            code = ("replace", begin, code[2], start, code[4])
        made.append(code)
    return made


def _around(codes: Sequence[Code], place: int) -> int:
    return _size(codes[place - 1]) + _size(codes[place + 1])


def _size(code: Code) -> int:
    return max(code[2] - code[1], code[4] - code[3])

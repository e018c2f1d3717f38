"""How many tokens a text may have, where nobody has counted them.

Tokenizers differ, and how well they know a script differs more: a token is a word of English, half a word of most other
alphabets, one Chinese character, a digit, a bracket. So each character weighs something by its kind, and a conversation
whose prompts were counted tells how many tokens that weight is with its model. The weights are rather too high: a
warning too many is better than one too few.
"""

import re
from functools import cache

_LETTERS = 0.28
"""A Latin letter: words of a known language have 4 to 5 to a token, made-up and foreign ones 2 to 3."""
_CODE = 0.6
"""A sign that is neither letter nor digit: code and tables are full of them."""
_DIGIT = 1.0
"""Many tokenizers have one token a digit, some one for three."""
_SPACE = 0.2
"""White space mostly belongs to the word after it, but a line that is indented has tokens of its own."""
_OTHER_SCRIPT = 0.6
"""A letter of another alphabet."""
_IDEOGRAPH = 1.2
"""Chinese, Japanese, Korean."""
_PICTURE = 3.0
"""Emoji and whatever else a tokenizer has only as bytes."""

MESSAGE = 6
"""Tokens that a template puts around a message, at least."""
TEMPLATE = 20
"""Tokens that a template puts before everything, as a system prompt of its own."""

LEAST_SCALE, MOST_SCALE = 0.4, 3.0
"""What was counted may make of a weight no less, and no more, than this."""
_TELLING = 200.0
"""A conversation of less weight tells nothing of its tokenizer: the template is most of it."""

_ASCII = r"[\x00-\x7f]+"
_KINDS = (
    (r"[A-Za-z\u00c0-\u024f]", _LETTERS),
    (r"[0-9]", _DIGIT),
    (r"\s", _SPACE),
    (r"[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]", _IDEOGRAPH),
    (r"[\U00020000-\U0003ffff]", _IDEOGRAPH),
    (r"[\u0250-\u10ff\u1200-\u1fff\ua000-\ua95f\ua980-\uabff\ufb00-\ufdff\ufe70-\ufefe]", _OTHER_SCRIPT),
    (r"[\U00010000-\U0001ffff\ud800-\udfff]", _PICTURE),
)


def weigh(text: str) -> float:
    """Return what a text weighs: about as many tokens as it has. Two texts weigh together what each does alone.

    A chat may have megabytes: of ASCII the kinds are counted at once, and what a text has else is mostly little.
    """
    ascii_part = text.encode("ascii", "ignore")
    weight = 0.0
    for others, each in _others_of_ascii():
        weight += each * len(ascii_part.translate(None, others))
    return weight if text.isascii() else weight + _weigh_others(re.sub(_ASCII, "", text))


def weigh_unread(size: int) -> float:
    """Return what a text of so many bytes may weigh of which nothing else is known: as prose does."""
    return size * _LETTERS


def tokens_of(weight: float, scale: float = 1.0) -> int:
    """Return how many tokens a weight is, where a conversation has told the scale."""
    return round(weight * scale)


def scale_of(counted: int, weight: float) -> float:
    """Return how many tokens a weight of one is, where so many were counted for a whole prompt of that weight."""
    if weight < _TELLING:
        return 1.0
    return min(MOST_SCALE, max(LEAST_SCALE, counted / weight))


@cache
def _others_of_ascii() -> tuple[tuple[bytes, float], ...]:
    """For each weight that a character of ASCII has, those that have another one."""
    weights = {code: _weight(chr(code)) for code in range(128)}
    return tuple(
        (bytes(code for code, weight in weights.items() if weight != each), each)
        for each in sorted(set(weights.values()))
    )


def _weigh_others(text: str) -> float:
    """Count each character: a long text has few different ones."""
    return sum(_weight(character) * text.count(character) for character in set(text))


@cache
def _kinds() -> tuple[tuple[re.Pattern[str], float], ...]:
    """Compiled when the first text is weighed: that takes longer than the first paint may wait."""
    return tuple((re.compile(characters), weight) for characters, weight in _KINDS)


def _weight(character: str) -> float:
    return next((weight for kind, weight in _kinds() if kind.match(character)), _CODE)

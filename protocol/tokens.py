"""How many tokens a text may have, where nobody has counted them.

Tokenizers differ, and how well they know a script differs more: a token is a word of English, half a word of most other
alphabets, one Chinese character, a digit, a bracket. So each character weighs something by its kind, and a conversation
whose prompts were counted tells how many tokens that weight is with its model. The weights are rather too high: a
warning too many is better than one too few.
"""

import re

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

_KINDS = (
    (re.compile(r"[A-Za-z\u00c0-\u024f]"), _LETTERS),
    (re.compile(r"[0-9]"), _DIGIT),
    (re.compile(r"\s"), _SPACE),
    (re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]"), _IDEOGRAPH),
    (re.compile(r"[\U00020000-\U0003ffff]"), _IDEOGRAPH),
    (re.compile(r"[\u0250-\u10ff\u1200-\u1fff\ua000-\ua95f\ua980-\uabff\ufb00-\ufdff\ufe70-\ufefe]"), _OTHER_SCRIPT),
    (re.compile(r"[\U00010000-\U0001ffff\ud800-\udfff]"), _PICTURE),
)


def weigh(text: str) -> float:
    """Return what a text weighs: about as many tokens as it has. Two texts weigh together what each does alone."""
    return sum(_weight(character) * count for character, count in _counted(text).items())


def tokens_of(weight: float, scale: float = 1.0) -> int:
    """Return how many tokens a weight is, where a conversation has told the scale."""
    return round(weight * scale)


def scale_of(counted: int, weight: float) -> float:
    """Return how many tokens a weight of one is, where so many were counted for a whole prompt of that weight."""
    if weight < _TELLING:
        return 1.0
    return min(MOST_SCALE, max(LEAST_SCALE, counted / weight))


def _counted(text: str) -> dict[str, int]:
    """Count each character: a long text has few different ones."""
    return {character: text.count(character) for character in set(text)}


def _weight(character: str) -> float:
    return next((weight for kind, weight in _KINDS if kind.match(character)), _CODE)

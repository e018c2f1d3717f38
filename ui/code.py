"""Code as pieces by role. Pygments is imported when the first code comes whose language is named."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Protocol

from ui.markup import Markup
from ui.palette import Role
from ui.sanitiser import sanitise

_ROLES = {
    ("Keyword",): Role.KEYWORD,
    ("Operator", "Word"): Role.KEYWORD,
    ("Name", "Builtin"): Role.NAME,
    ("Name", "Class"): Role.NAME,
    ("Name", "Decorator"): Role.NAME,
    ("Name", "Function"): Role.NAME,
    ("Name", "Tag"): Role.KEYWORD,
    ("Name", "Attribute"): Role.NAME,
    ("Literal", "String"): Role.STRING,
    ("Literal", "Number"): Role.NUMBER,
    ("Comment",): Role.COMMENT,
    ("Generic", "Inserted"): Role.STRING,
    ("Generic", "Deleted"): Role.KEYWORD,
    ("Generic", "Heading"): Role.NAME,
    ("Generic", "Subheading"): Role.NAME,
}
_LONGEST_NAME = 40


class Lexer(Protocol):
    """What is needed of a lexer of Pygments."""

    def get_tokens(self, text: str, /) -> Iterable[tuple[tuple[str, ...], str]]:
        """Split a text into pieces, each with what it is."""
        ...


def code_markup(code: str, language: str) -> Markup:
    """Return the pieces of untrusted code in a language, which may be unknown."""
    clean = sanitise(code)
    lexer = _lexer(language.lower()) if 0 < len(language) <= _LONGEST_NAME else None
    if lexer is None:
        return ((Role.CODE_BLOCK, clean),)
    pieces = ((_role(kind), piece) for kind, piece in lexer.get_tokens(clean))
    found = tuple((role, "".join(text for _, text in same)) for role, same in groupby(pieces, key=lambda run: run[0]))
    return found if "".join(text for _, text in found) == clean else ((Role.CODE_BLOCK, clean),)


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer: Lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    return lexer


@lru_cache(maxsize=512)
def _role(kind: tuple[str, ...]) -> Role:
    return next((_ROLES[kind[:end]] for end in (1, 2) if kind[:end] in _ROLES), Role.CODE_BLOCK)

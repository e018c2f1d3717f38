"""Words of a user made into a search of the archive, and the excerpt of what was found."""

import re
from typing import NamedTuple

_WORDS_BEFORE = 3
"""Few enough for the hit to be seen on the smallest screen."""
_WORDS_AFTER = 7
_NEAR = 400
"""Characters on either side of a hit in which its words are looked for."""

HIT, HIT_END = "\x02", "\x03"
"""What stands around each hit in a marked text."""

_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48f\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, Chinese, Japanese, Yi: the index knows only words with spaces between them."""


class Query(NamedTuple):
    """What the index is asked, and what a text has to contain besides."""

    match: str
    """In the syntax of FTS5, every word quoted; empty where the index cannot help."""
    patterns: tuple[str, ...]
    """For LIKE, with a backslash as the escape."""
    parts: tuple[str, ...]
    """What the patterns look for."""


def as_query(words: str) -> Query:
    """Have all words found, the last one also where it only begins one."""
    terms = words.encode(errors="replace").decode().replace("\0", " ").split()
    parts = tuple(term for term in terms if _is_scanned(term))
    quoted = ['"' + term.replace('"', '""') + '"' for term in terms if not _is_scanned(term)]
    if quoted and not _is_scanned(terms[-1]):
        quoted[-1] += "*"
    return Query(" ".join(quoted), tuple(f"%{_escaped(part)}%" for part in parts), parts)


def excerpt(marked: str, parts: tuple[str, ...]) -> str:
    """Return some words around the first hit, on one line; where none is marked, around the first of `parts`."""
    before, mark, after = marked.partition(HIT)
    if not mark:
        lowered = marked.lower()
        found = min((place for part in parts if (place := lowered.find(part.lower())) >= 0), default=0)
        before, after = marked[:found], marked[found:]
    near, far = _plain(before[-_NEAR:]), _plain(after[:_NEAR])
    led, joined = _last_words(near), "" if near[-1:].isspace() or not near else near.split()[-1]
    following = f"{joined}{far}".split()[:_WORDS_AFTER]
    return " ".join([*led, *following])


def _last_words(text: str) -> list[str]:
    words = text.split()
    whole = words if text[-1:].isspace() else words[:-1]
    return whole[-_WORDS_BEFORE:]


def _plain(text: str) -> str:
    return text.replace(HIT, "").replace(HIT_END, "")


def _is_scanned(term: str) -> bool:
    """True for what the index holds no words of."""
    return _SPACELESS.search(term) is not None or not any(char.isalnum() for char in term)


def _escaped(text: str) -> str:
    return re.sub(r"[\\%_]", r"\\\g<0>", text)

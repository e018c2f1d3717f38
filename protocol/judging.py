"""What a judge is asked, or one who merges, of answers without names; and what it said, with the names again."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from protocol.comparison import LETTERS, Column, ColumnKind, Comparison

T = TypeVar("T")

_JUDGE = """\
Several answers to one question follow. Judge them without knowing whose they are: say in a sentence or two for each \
what is right in it, what is wrong, and what is missing. Length is no merit, and neither is the order. \
End with a line of its own: Best: and the letter."""
_MERGE = """\
Several answers to one question follow. Write the one answer that is better than each of them: keep what is right, \
leave out what is wrong, and say nothing twice. Do not speak of the answers themselves."""
_NAMED = re.compile(r"\b((?:answer|antwort|best|winner|option)\b[*_:]*\s*[*_(\[]*)([A-Z])(?![\w'])", re.IGNORECASE)


def shuffled(things: Sequence[T], chance: Callable[[], float]) -> tuple[T, ...]:
    """Return these in an order that `chance` decides, which draws from [0, 1); every order is as likely."""
    order = list(things)
    for place in range(len(order) - 1, 0, -1):
        other = int(chance() * (place + 1))
        order[place], order[other] = order[other], order[place]
    return tuple(order)


def question(kind: ColumnKind, prompt: str, answers: Sequence[str]) -> str:
    """Return what a model is asked of these answers, which are called A, B, C in this order."""
    parts = [_MERGE if kind is ColumnKind.MERGE else _JUDGE, f"The question:\n\n{prompt}"]
    parts += [f"Answer {letter}:\n\n{answer.strip()}" for letter, answer in zip(LETTERS, answers, strict=False)]
    return "\n\n---\n\n".join(parts)


def verdict_of(comparison: Comparison, judge: Column, words: str) -> str:
    """Return what a judge of a comparison said, with the names of those whose answers it was shown."""
    shown = (comparison.column(name) for name in judge.shown)
    return resolved(words, [column.contestant.label for column in shown if column is not None])


def resolved(verdict: str, names: Sequence[str]) -> str:
    """Return what a judge said, with the names that the letters stand for: first a list of them, then its words, in
    which a name stands behind each letter that is meant as one."""
    known = dict(zip(LETTERS, names, strict=False))

    def name(found: re.Match[str]) -> str:
        letter = found[2]
        return f"{found[0]} ({known[letter]})" if letter in known else found[0]

    listed = "\n".join(f"- {letter}: {called}" for letter, called in known.items())
    return f"{listed}\n\n{_NAMED.sub(name, verdict.strip())}"

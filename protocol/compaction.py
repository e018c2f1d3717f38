"""Summing up: a summary stands in a model's eyes for what was said before it, and takes nothing out of the tree.

A summary is an exchange like any other, which follows the head: its prompt is the instruction, marked by how many
exchanges before it stay as they are, and its reply is the summary. What a model is sent is the path with this rule: a
whole summary takes the place of everything before it, but for those last exchanges, which follow it.

Why the summary is not a root of its own with copies of the exchanges that stay: copies would be found twice by a
search, exported twice and counted as versions, and they would have to come into the tree at the very moment at which
the summary ends, or a kill between the two would leave half of it. This way nothing but the ordinary growth of a turn
happens to the tree, in memory and on disk. A summary that fails, is cancelled or interrupted is not whole, and so
changes nothing. Going back before its prompt (`/undo`) is the original path; what is then said instead is another
version of its prompt (`/version`); another summary of the same is another version of the reply (`/retry`).
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec.structs import replace

from protocol.parameters import Parameters

E = TypeVar("E")

KEPT = 2
"""Exchanges that stay as they are, unless the user says how many."""

INSTRUCTION = (
    "Sum up our conversation so far, so that it can be gone on with from your summary alone. Keep every fact, name, "
    "number, decision, open question and piece of code that may still matter, and what I have asked you to do or not "
    "to do. Write nothing but the summary, in the language of the conversation."
)
"""What a model is asked for a summary."""


_OF_REPLIES = frozenset({"num_predict", "stop"})
"""Options that cut a reply short: a summary that is cut is none."""


def compacted(exchanges: Iterable[E], keeps: Callable[[E], int | None]) -> list[E]:
    """Return what counts of the exchanges of a path: of those before a summary, the last ones, behind it.

    `keeps` tells of an exchange that is a whole summary how many before it stay; None of any other.
    """
    told: list[E] = []
    for exchange in exchanges:
        kept = keeps(exchange)
        if kept is None:
            told.append(exchange)
        else:
            told = [exchange, *_last(told, kept)]
    return told


def summed_up(told: list[E], keep: int) -> list[E]:
    """Return what a summary is to be made of, where so many of the last exchanges stay as they are."""
    return told[: max(0, len(told) - keep)]


def for_summary(parameters: Parameters) -> Parameters:
    """Return what is sent along when a summary is asked for: nothing that gives replies a form, or an early end."""
    options = tuple(option for option in parameters.options if option.name not in _OF_REPLIES)
    return replace(parameters, options=options, format="")


def _last(told: list[E], count: int) -> list[E]:
    return told[max(0, len(told) - count) :]

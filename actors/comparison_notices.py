"""What is said of comparisons: text from state."""

from collections.abc import Sequence

from protocol.comparison import Column, Comparison, Contestant

NOTHING_COMPARED = "Nothing was compared in this chat yet: /compare MODEL MODEL has several answer."
NOTHING_TO_DROP = "Nothing is being compared here."
DROPPED = "None of the answers is taken: the chat goes on without them."
TAKEN_BACK = "The next prompt goes to the model of this chat again."
UNDECIDED = "An answer is to be picked first: /compare pick N. Or go on without any of them: /compare drop."
FEW_ANSWERS = "A judge needs two answers, and there are fewer yet."
MANY_COLUMNS = "There is no room for another column: /compare pick N ends this one."
UNDER_WAY = "Every answer is still on its way: Esc stops one."
A_VERDICT = "That column is a judge's: pick one of the answers."


def describe_prepared(contestants: Sequence[Contestant]) -> str:
    """Say where the next prompt goes."""
    names = ", ".join(contestant.label for contestant in contestants)
    return f"The next prompt goes to {len(contestants)}: {names}. /compare drop takes that back."


def describe_missing(number: int, comparison: Comparison) -> str:
    """Say that no column has this number."""
    return f"There is no answer {number}: they are 1 to {len(comparison.columns)}."


def describe_unanswered(column: Column) -> str:
    """Say that a column brought nothing."""
    return f"{column.contestant.label} has no answer to go on from yet."


def describe_picked(column: Column, model: str | None) -> str:
    """Say with which answer the chat goes on, and who answers next."""
    words = f"The chat goes on from the answer of {column.contestant.label}; the others are its versions."
    theirs = column.contestant.model
    if not theirs or theirs == model:
        return words
    return f"{words} {model or 'Another model'} answers next: /model {theirs} has this one go on."


def title_of_column(contestant: Contestant, kind: str) -> str:
    """What a column is called in /queue."""
    return f"{contestant.label}, {'compared' if kind == 'answer' else kind}"

"""What the status line says while answers are compared."""

from typing import TYPE_CHECKING

from ui.key_words import DEFAULT_KEY_WORDS, KeyWords
from ui.model import Model
from ui.status import Segment, around

if TYPE_CHECKING:
    from ui.comparison_view import ComparisonView


def comparison_segments(
    model: Model,
    view: "ComparisonView",
    hint: str = "",
    words: KeyWords = DEFAULT_KEY_WORDS,
    differs: bool = False,
) -> list[Segment]:
    """Return what there is to say, from left to right. `hint` is an answer to the last key, if it has one; `differs`
    where the differences of two are seen."""
    ended = sum(1 for column in view.columns if not column.talk.open)
    stops = words.stops if view.focused.talk.open else words.keys
    found = [
        Segment(f"{ended} of {len(view.columns)} ended", 7),
        Segment("" if view.together else "scrolls alone", 7),
        *around(model, hint),
        Segment(words.picks, 5, hints=True),
        Segment(words.steps, 3, hints=True),
        Segment(words.to_chat, 4, hints=True),
        Segment(words.leaves_differences if differs else stops, 5, hints=True),
    ]
    return [segment for segment in found if segment.text]

"""Whether thinking is folded to one line, or shown."""

from enum import Enum, auto


class Folding(Enum):
    """What is done with the thinking of replies."""

    WHEN_OVER = auto()
    """Shown while it comes, folded when the answer begins."""
    ALWAYS = auto()
    NEVER = auto()

    def toggled(self, thinks: bool) -> "Folding":
        """Return what a key makes of it: what is seen changes. `thinks` is whether thinking comes now."""
        if self is Folding.WHEN_OVER:
            return Folding.ALWAYS if thinks else Folding.NEVER
        if self is Folding.NEVER:
            return Folding.ALWAYS if thinks else Folding.WHEN_OVER
        return Folding.NEVER

"""The smallest blocks of a Markdown text, with all that is needed to draw them."""

from enum import Enum, auto

from protocol.message import Value
from ui.markup import Markup


class Kind(Enum):
    """What a leaf is."""

    TEXT = auto()
    PLAIN = auto()
    """Text in which nothing is Markdown."""
    HEADING = auto()
    CODE = auto()
    RULE = auto()
    TABLE = auto()


class Leaf(Value, frozen=True):
    """A paragraph, a heading, a rule, a table, some lines of code: what stands in containers and contains nothing."""

    kind: Kind
    text: str = ""
    """Its text as it was written. Of code, the lines that are complete."""
    first: Markup = ()
    """What stands before its first row: bullets, bars and blanks."""
    rest: Markup = ()
    """What stands before its other rows."""
    gap: int = 0
    """How many blank rows are above it."""
    above: Markup = ()
    """What stands in those."""
    continues: bool = False
    """True where it belongs to the same block of the source as the leaf above: list, quote or cut text."""
    source: str = ""
    """The lines it comes from."""
    language: str = ""
    """What its code is written in, as the fence says."""
    fenced: bool = False
    opens: bool = True
    """True for the first part of some code."""
    growing: str = ""
    """The last line of code, while it is incomplete."""
    table: tuple[tuple[str, ...], ...] = ()
    """The cells of a table, row by row; the first row is its header."""
    aligned: tuple[str, ...] = ()
    """How the columns are aligned: left, center or right."""

    @property
    def visible(self) -> bool:
        """False where there is nothing to draw."""
        return bool(self.text.strip() or self.growing or self.table or self.first or self.kind in _ALWAYS)


_ALWAYS = (Kind.RULE, Kind.CODE)

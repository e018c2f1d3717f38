"""A paragraph whose last line grows: what comes can only be its text, and need not be parsed to find that out."""

from dataclasses import dataclass

from msgspec.structs import replace

from ui.leaf import Kind, Leaf

_MAY_BECOME_SOMETHING = ("", "[", "|")


@dataclass(frozen=True)
class PlainGrowth:
    """A leaf without the text of its last line."""

    begun: Leaf
    before: str
    """Its text before that line."""
    source: str
    """Its source before that line."""
    begins: int
    """Where in the line its text begins, after the marks of quotes and list items."""

    def leaf(self, line: str) -> Leaf:
        """Return the leaf with this as its last line."""
        text = self.before + line[self.begins :].rstrip()
        return replace(self.begun, text=text, source=(self.source + line).rstrip())


def plain_growth(leaf: Leaf, line: str) -> PlainGrowth | None:
    """Return how a leaf goes on while its last line grows; None where more of that line might make something else of
    it: a list, a task, a heading, a rule, a table. What has a letter in it stays text until its line ends.
    """
    said = line.rstrip()
    last = leaf.text.rpartition("\n")[2]
    if leaf.kind is not Kind.TEXT or last[:1] in _MAY_BECOME_SOMETHING or not any(map(str.isalpha, last)):
        return None
    if not said.endswith(last) or not leaf.source.endswith(said):
        return None
    return PlainGrowth(leaf, leaf.text[: -len(last)], leaf.source[: -len(said)], len(said) - len(last))

"""The source of what a Markdown text shows, block by block: what is copied of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ui.passage import Passage


@dataclass(frozen=True)
class Source:
    """A block of the source: a paragraph, a heading, a whole list, a whole quote, a table, a fence."""

    text: str
    """Its lines."""
    language: str
    code: str | None
    """The code in it, where it is a fence and nothing else."""
    blocks: tuple[Passage, ...]
    """What shows it."""


def sources_of(blocks: Sequence[Passage]) -> list[Source]:
    """Return the blocks of the source that are shown, with what shows them."""
    groups: list[list[Passage]] = []
    for block in blocks:
        if not groups or not block.leaf.continues:
            groups.append([])
        groups[-1].append(block)
    return [_source(group) for group in groups]


def _source(group: Sequence[Passage]) -> Source:
    parts = [block.leaf for block in group]
    fence = all(leaf.fenced and leaf.language == parts[0].language for leaf in parts)
    code = "\n".join("\n".join(filter(None, (leaf.text, leaf.growing))) for leaf in parts) if fence else None
    language = parts[0].language if fence else ""
    return Source("\n".join(leaf.source for leaf in parts), language, code, tuple(group))

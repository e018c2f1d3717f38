"""What is compared in a conversation and not decided yet, as Markdown: the prompt, and every answer to it."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from protocol.comparison import ColumnKind, Comparison
from protocol.identity import ConversationId
from protocol.kept import ConversationRecord
from protocol.tree import Node
from ui.markdown_export import reply_section, title_line
from ui.sanitiser import sanitise


class ComparisonReader(Protocol):
    """What is read of comparisons in the archive."""

    def record(self, wanted: ConversationId, /) -> ConversationRecord | None:
        """A whole conversation, also a deleted one; None if it is not kept."""
        ...

    def comparisons(self, conversation: ConversationId, /) -> Sequence[Comparison]:
        """Those of a conversation, the earliest first."""
        ...


def compared(reader: ComparisonReader, conversation: ConversationId) -> str:
    """Return the last comparison of a conversation, to stand behind its path; empty where nothing waits to be picked.

    Once an answer is picked, all of it is on the path, or versions of it. Nothing in it is obeyed by a terminal.
    """
    last = next(reversed(reader.comparisons(conversation)), None)
    if last is None or last.decided:
        return ""
    return sanitise("\n".join(["", f"## You, to {len(_answering(last))}\n\n{last.prompt}\n", *_sections(reader, last)]))


def _answering(comparison: Comparison) -> list[ConversationId]:
    return [column.conversation for column in comparison.columns if column.kind is ColumnKind.ANSWER]


def _sections(reader: ComparisonReader, comparison: Comparison) -> Iterator[str]:
    for number, column in enumerate(comparison.columns, 1):
        record = reader.record(column.conversation)
        node = _last(record) if record is not None else None
        if column.kind is not ColumnKind.JUDGE:
            who = f"Answer {number}: {title_line(column.contestant.label)}"
            yield f"## {who}\n\n*(not there yet)*\n" if node is None else reply_section(who, node)
    if comparison.verdict:
        yield f"## The judge\n\n{comparison.verdict}\n"


def _last(record: ConversationRecord) -> Node | None:
    return next((node for node in record.messages if node.id == record.head), None)

"""What is kept of the comparisons of a conversation, to be there again when the conversation is."""

from actors.archive_reader import ArchiveReader
from protocol.comparison import Comparison, RestoreComparison
from protocol.identity import ConversationId


def read_kept(reader: ArchiveReader, conversation: ConversationId, owner: str) -> list[RestoreComparison]:
    """The last comparison, and those before it in which something waits for this process, which bring more to their
    parent, or whose judge has said what nobody has taken note of; the earliest first."""
    found = reader.comparisons(conversation)
    return [_read(reader, one, owner) for one in found if one is found[-1] or _is_wanted(reader, one, owner)]


def _read(reader: ArchiveReader, comparison: Comparison, owner: str) -> RestoreComparison:
    records = [reader.record(column.conversation, owner, light=True) for column in comparison.columns]
    there = tuple(record for record in records if record is not None)
    return RestoreComparison(comparison.conversation, comparison, there)


def _is_wanted(reader: ArchiveReader, comparison: Comparison, owner: str) -> bool:
    return reader.brings_more(comparison) or any(
        reader.waits(column.conversation, owner) for column in comparison.columns
    )

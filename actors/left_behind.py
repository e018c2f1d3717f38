"""What dead processes left waiting, as it is kept: conversations, and what is compared in them.

What makes no sense is left alone, and noted in the log: it must not stand in the way of the others.
"""

import logging
from collections.abc import Iterable

import msgspec

from actors.archive_reader import ArchiveReader
from actors.kept_comparisons import read_kept
from protocol.comparison import RestoreComparison
from protocol.identity import ConversationId
from protocol.kept import ConversationRecord

_logger = logging.getLogger(__name__)

LeftBehind = tuple[ConversationRecord, list[RestoreComparison]]


def read_left(reader: ArchiveReader, conversations: Iterable[ConversationId], owner: str) -> list[LeftBehind]:
    """Read these, with what waits for this process, which is the owner. Of a column it is its parent that is read."""
    parents = dict.fromkeys(map(reader.parent, conversations))
    records = [record for one in parents if (record := _record(reader, one, owner)) is not None]
    return [(record, _comparisons(reader, record.id, owner)) for record in records]


def _record(reader: ArchiveReader, conversation: ConversationId, owner: str) -> ConversationRecord | None:
    try:
        return reader.record(conversation, owner, light=True)
    except (ValueError, msgspec.MsgspecError):
        _logger.exception("the chat %s cannot be read", conversation)
        return None


def _comparisons(reader: ArchiveReader, conversation: ConversationId, owner: str) -> list[RestoreComparison]:
    try:
        return read_kept(reader, conversation, owner)
    except (ValueError, msgspec.MsgspecError):
        _logger.exception("the comparisons of the chat %s cannot be read", conversation)
        return []

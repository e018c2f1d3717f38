"""Requests with all that goes with their messages: what is on disk is read when it is sent."""

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

from actors.archive import FILE_NAME
from actors.cancel import CancelToken
from actors.source import ChatBody, ChatSource
from protocol.attachments import resolved
from protocol.chat import Attachment, ChatRequest
from protocol.errors import ApplicationError

BytesOf = Callable[[Attachment], bytes]
"""Returns the bytes of an attachment. Raises ApplicationError, with what to do, where they are not to be had."""


class AttachingSource:
    """Satisfies `actors.source.ChatSource`: makes attachments part of their messages. The reader's thread."""

    def __init__(self, source: ChatSource, bytes_of: BytesOf) -> None:
        self._source = source
        self._bytes_of = bytes_of

    def open(self, request: ChatRequest, cancel: CancelToken) -> AbstractContextManager[ChatBody]:
        """See `ChatSource.open`. Reads from the disk what is not in memory."""
        return self._source.open(resolved(request, self._bytes_of), cancel)


def bytes_in(folder: Path | None) -> BytesOf:
    """Return what finds the bytes of attachments in memory, else in the archive of this folder, from any thread."""

    def bytes_of(attachment: Attachment) -> bytes:
        kept = attachment.stored
        found = attachment.data if kept is None else _read(folder, kept.digest)
        if not found:
            raise ApplicationError(
                f"The bytes of {attachment.name!r} are not on disk any more.", "Attach it again, or /undo the prompt."
            )
        return found

    return bytes_of


def _read(folder: Path | None, digest: str) -> bytes | None:
    import sqlite3

    from actors.archive_attachments import ArchiveAttachments
    from actors.database import read_only

    if folder is None:
        return None
    try:
        with closing(read_only(folder / FILE_NAME)) as connection:
            return ArchiveAttachments(connection).bytes_of(digest)
    except sqlite3.Error as error:
        raise ApplicationError(f"What is attached cannot be read from disk: {error}.", "Send it again.") from error

"""What is kept, opened for those who need no engine: no thread, no server, and little to import."""

import os
import sqlite3
import uuid
from pathlib import Path

from actors.archive import FILE_NAME, Archive
from actors.archive_reader import ArchiveReader
from actors.damage import is_damaged
from actors.disk_trouble import describe_cause
from protocol.errors import InterfaceError


def read_archive(folder: Path) -> ArchiveReader:
    """Open what is kept, to read it. The caller closes it. Raises InterfaceError where nothing is, or it is no use."""
    path = folder / FILE_NAME
    try:
        return ArchiveReader.open(path)
    except (sqlite3.Error, OSError) as error:
        if not os.path.lexists(path):
            raise InterfaceError(f"There are no chats to read in {folder}.", "Chat first.") from error
        raise InterfaceError(describe_refusal(error, folder)) from error


def write_archive(folder: Path) -> Archive:
    """Open what is kept, to change it. The caller closes it. Raises InterfaceError where it cannot be written."""
    try:
        return Archive(folder / FILE_NAME, uuid.uuid4().hex)
    except (sqlite3.Error, OSError) as error:
        raise InterfaceError(describe_refusal(error, folder)) from error


def describe_refusal(error: Exception, folder: Path) -> str:
    """Say why what is kept could not be read or changed. `error` is an sqlite3.Error or an OSError."""
    path = folder / FILE_NAME
    if isinstance(error, sqlite3.IntegrityError):
        return f"This does not go together with what is kept in {path}: {error}. Nothing was changed."
    if is_damaged(error):
        return f"{path} is damaged. `sqlite3 {path} .recover` may save what is in it."
    return describe_cause(error, path)

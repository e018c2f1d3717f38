"""What is kept, opened for those who need no engine: no thread, no server, and little to import."""

import sqlite3
import uuid
from pathlib import Path

from actors.archive import FILE_NAME, Archive
from actors.archive_reader import ArchiveReader
from actors.damage import is_damaged
from actors.disk_trouble import describe_cause
from protocol.errors import InterfaceError


def read_archive(folder: Path) -> ArchiveReader:
    """Open what is kept, to read it. Raises InterfaceError where nothing is, or it cannot be read."""
    try:
        return ArchiveReader.open(folder / FILE_NAME)
    except (sqlite3.Error, OSError) as error:
        raise InterfaceError(f"There are no conversations to read in {folder} ({error}).", "Chat first.") from error


def write_archive(folder: Path) -> Archive:
    """Open what is kept, to change it. The caller closes it. Raises InterfaceError where it cannot be written."""
    path = folder / FILE_NAME
    try:
        return Archive(path, uuid.uuid4().hex)
    except (sqlite3.Error, OSError) as error:
        if is_damaged(error):
            advice = f"`sqlite3 {path} .recover` may save what is in it."
            raise InterfaceError(f"{path} is damaged.", advice) from error
        raise InterfaceError(describe_cause(error, path)) from error


def describe_refusal(error: Exception, folder: Path) -> str:
    """Say why what is kept could not be read or changed. `error` is an sqlite3.Error or OSError of an open archive."""
    path = folder / FILE_NAME
    if isinstance(error, sqlite3.IntegrityError):
        return f"This does not go together with what is kept in {path}: {error}. Nothing was changed."
    return describe_cause(error, path)

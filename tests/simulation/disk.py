"""A disk that refuses for a while, at the boundary of the archive."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import cast

from actors.archive import Archive

_CODES = {
    "full": sqlite3.SQLITE_FULL,
    "locked": sqlite3.SQLITE_BUSY,
    "failing": sqlite3.SQLITE_IOERR,
}
TROUBLES = frozenset(_CODES)


class Disk:
    """Takes what is written, unless it has a trouble."""

    def __init__(self) -> None:
        self.trouble = ""
        self.refused = 0
        """How often."""
        self._open: Archive | None = None

    def check(self) -> None:
        """Raise what SQLite would."""
        if self.trouble:
            self.refused += 1
            error = sqlite3.OperationalError(f"the disk is {self.trouble}")
            error.sqlite_errorcode = _CODES[self.trouble]
            raise error

    def opener(self, path: Path, owner: str) -> Callable[[], Archive]:
        """What an Archivist opens its archive with."""

        def open_archive() -> Archive:
            self.check()
            self._open = Archive(path, owner)
            return cast(Archive, _Refusing(self._open, self))

        return open_archive

    def pull(self) -> None:
        """The process is gone: the system lets go of what it held, and nothing more is written."""
        archive, self._open = self._open, None
        if archive is not None:
            archive.close()


class _Refusing:
    """Stands before an archive, or a part of it, and lets nothing through while the disk has a trouble."""

    def __init__(self, behind: object, disk: Disk) -> None:
        self._behind = behind
        self._disk = disk

    def __getattr__(self, name: str) -> object:
        found = getattr(self._behind, name)
        if name == "reader":
            return _Refusing(found, self._disk)
        self._disk.check()
        return found

    def reopen(self) -> None:
        """Connect anew, if the disk lets it."""
        self._disk.check()
        cast(Archive, self._behind).reopen()

    def close(self) -> None:
        """Let go of the file: that is always possible."""
        self._disk.pull()

"""Which processes are alive: each holds a lock on a file of its own while it runs."""

import contextlib
import fcntl
import os
from pathlib import Path


class Ownership:
    """A lock file for this process, in a folder that all of them share. The system lets go of it, however one dies."""

    def __init__(self, folder: Path, owner: str) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._path = folder / owner
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def is_alive(self, owner: str) -> bool:
        """Tell whether another process still holds its lock. What a dead one left is removed."""
        path = self._folder / owner
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(descriptor)

    def release(self) -> None:
        """Let go of the lock, and remove the file."""
        with contextlib.suppress(OSError):
            self._path.unlink()
        os.close(self._descriptor)

"""Which processes are alive: each holds a lock on a file of its own while it runs."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process is in such a block for this folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class Ownership:
    """A lock file for this process, in a folder that all of them share. The system lets go of it, however one dies."""

    def __init__(self, folder: Path, owner: str) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._path = folder / owner
        self._descriptor = self._lock()
        while not self._holds_file():  # another process took the file for that of a dead one, before it was locked
            os.close(self._descriptor)
            self._descriptor = self._lock()

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

    @property
    def is_alone(self) -> bool:
        """True while no other process is alive. What dead ones left is removed."""
        return not any(self.is_alive(path.name) for path in self._folder.iterdir() if path.name != self._path.name)

    def sweep(self) -> None:
        """Remove the files of all who are dead: most of them had nothing unfinished, so that nobody asks for them."""
        for path in self._folder.iterdir():
            self.is_alive(path.name)

    def release(self) -> None:
        """Let go of the lock, and remove the file."""
        with contextlib.suppress(OSError):
            self._path.unlink()
        os.close(self._descriptor)

    def _lock(self) -> int:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return descriptor

    def _holds_file(self) -> bool:
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(self._descriptor))
        except FileNotFoundError:
            return False

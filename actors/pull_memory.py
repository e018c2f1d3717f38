"""The pulls that are not finished, in a small file of their own: a later run goes on with them."""

import logging
import os
from contextlib import suppress
from pathlib import Path

import msgspec

from protocol.store import KeptPull

logger = logging.getLogger(__name__)
_MOST_BYTES = 256 * 1024
_MOST = 100


class PullMemory:
    """One JSON file. The Librarian's thread. A failure is logged: it must not stop a pull.

    Several runs may write it: what one of them adds at the same moment as another may be lost, which costs a `/pull`.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def load(self) -> tuple[KeptPull, ...]:
        """The pulls that are kept, in the order in which they began."""
        if self._path is None:
            return ()
        try:
            with self._path.open("rb") as file:
                kept = msgspec.json.decode(file.read(_MOST_BYTES), type=tuple[KeptPull, ...])
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            logger.warning("the unfinished pulls cannot be read from %s: %s", self._path, error)
            return ()
        return tuple(pull for pull in kept if pull.name.isprintable() and pull.server.isprintable())[:_MOST]

    def keep(self, pull: KeptPull) -> None:
        """Remember a pull."""
        kept = self.load()
        if pull not in kept:
            self._save((*kept, pull))

    def forget(self, pull: KeptPull) -> None:
        """It is finished, or not wanted any more."""
        kept = self.load()
        left = tuple(one for one in kept if (one.server, one.name) != (pull.server, pull.name))
        if left != kept:
            self._save(left)

    def _save(self, pulls: tuple[KeptPull, ...]) -> None:
        """Write the file whole or not at all; one with nothing in it goes."""
        if self._path is None:
            return
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            if not pulls:
                self._path.unlink(missing_ok=True)
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(msgspec.json.encode(pulls) + b"\n")
            fresh.replace(self._path)
        except OSError as error:
            logger.warning("the unfinished pulls cannot be kept in %s: %s", self._path, error)
            with suppress(OSError):
                fresh.unlink()

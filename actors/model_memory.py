"""The model used last, in a small file of its own."""

import logging
import os
from contextlib import suppress
from pathlib import Path

logger = logging.getLogger(__name__)
_MAX_NAME = 500


class FileModelMemory:
    """Satisfies `actors.librarian.ModelMemory` with one line in one file. The Librarian's thread."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def load(self) -> str | None:
        """The model of the last run, or None."""
        if self._path is None:
            return None
        try:
            name = self._path.read_text(encoding="utf-8")[:_MAX_NAME].strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            logger.warning("the model used last cannot be read from %s: %s", self._path, error)
            return None
        return name if name and name.isprintable() else None

    def save(self, name: str) -> None:
        """Remember `name`: whole or not at all, whatever happens meanwhile."""
        if self._path is None or self.load() == name:
            return
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(f"{name}\n", encoding="utf-8")
            fresh.replace(self._path)
        except OSError as error:
            logger.warning("the model used last cannot be remembered in %s: %s", self._path, error)
            with suppress(OSError):
                fresh.unlink()

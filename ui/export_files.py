"""Files that are written whole or not at all, for their owner only, and never over another unless that is said."""

import os
import tempfile
import unicodedata
from contextlib import suppress
from pathlib import Path

from protocol.errors import InterfaceError
from protocol.kept import ConversationRecord

_LONGEST = 60
_SHOWN_ID = 8
_ELSEWHERE = "Name another with -o."


def file_name(record: ConversationRecord, suffix: str) -> str:
    """Return a name that every file system takes, made of title and id: always the same for the same conversation."""
    return f"{_plain(record.title, _LONGEST) or 'chat'}-{_plain(record.id, _SHOWN_ID) or '0'}{suffix}"


def unique_names(records: list[ConversationRecord], suffix: str) -> list[str]:
    """Return a name for each, different from the others also where upper case does not count."""
    names: list[str] = []
    taken: set[str] = set()
    for record in records:
        name, number = file_name(record, suffix), 1
        while name.casefold() in taken:
            number += 1
            name = f"{file_name(record, '')}-{number}{suffix}"
        taken.add(name.casefold())
        names.append(name)
    return names


def make_folder(folder: Path) -> None:
    """Make a folder for its owner only, unless it is there. Raises InterfaceError if that cannot be."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise InterfaceError(f"{folder} is no folder and cannot become one: {error.strerror}.", _ELSEWHERE) from error


def refuse_existing(paths: list[Path]) -> None:
    """Raise InterfaceError if there is anything at one of these paths."""
    for path in paths:
        if os.path.lexists(path):
            raise _exists(path)


def write_file(path: Path, text: str, force: bool) -> None:
    """Write a file through another one beside it. Raises InterfaceError if there is one already and `force` is False,
    and if it cannot be written; then nothing is left behind. Only a file is ever written over: no folder, no device."""
    if force and path.exists() and not path.is_file():
        raise InterfaceError(f"{path} is no file, and is not written over.", _ELSEWHERE)
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:_LONGEST]}.", dir=path.parent)
        beside = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            _put(beside, path, force)
        finally:
            with suppress(FileNotFoundError):
                beside.unlink()
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        raise InterfaceError(f"{path} cannot be written: {error.strerror}.", _ELSEWHERE) from error


def _put(beside: Path, path: Path, force: bool) -> None:
    """A link, unlike a rename, fails where there is something already; not every file system has links."""
    if force:
        beside.replace(path)
        return
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(path):
            raise FileExistsError from None
        beside.rename(path)


def _exists(path: Path) -> InterfaceError:
    return InterfaceError(f"{path} is there already.", "Name another with -o, or write over it with --force.")


def _plain(text: str, longest: int) -> str:
    """Letters and digits, and hyphens for the rest, in at most `longest` bytes."""
    letters = (letter if letter.isalnum() else "-" for letter in unicodedata.normalize("NFC", text).casefold())
    words = "-".join(part for part in "".join(letters).split("-") if part)
    return words.encode()[:longest].decode(errors="ignore").strip("-")

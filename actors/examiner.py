"""What `chinwag doctor` asks the server and the disk: nothing is changed, and nothing is mended."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from actors.archive import FILE_NAME
from actors.cancel import CancelToken
from actors.database import read_only
from actors.model_memory import FileModelMemory
from actors.schema import MIGRATIONS, version_of
from actors.servers import build_server
from actors.shelf import describe_refusal
from protocol.findings import ArchiveFindings
from protocol.models import ServerSurvey
from protocol.settings import EngineSettings

_MOST_FAULTS = 5
_CLOSE_SECONDS = 1.0


def survey(settings: EngineSettings) -> ServerSurvey:
    """Look at the server once, within its time limits. Raises ApplicationError as `build_server` does. Blocks."""
    server = build_server(settings)
    try:
        return server.survey(CancelToken())
    finally:
        server.close(_CLOSE_SECONDS)


def last_model(settings: EngineSettings) -> str | None:
    """Return the model of the last run, if that is known."""
    return FileModelMemory(settings.state_file).load()


def examine_archive(folder: Path, deep: bool = False) -> ArchiveFindings:
    """Look at what is kept in a folder. `deep`: check every index, too, which takes long for many chats. Blocks."""
    path, place = folder / FILE_NAME, _nearest(folder)
    writable = os.access(place, os.W_OK | os.X_OK)
    found = ArchiveFindings(path, known_version=len(MIGRATIONS), writable=writable, free=_free(place))
    try:
        status = path.stat()
        found = replace(found, exists=True, size=status.st_size, mode=status.st_mode & 0o777)
        found = replace(found, writable=writable and os.access(path, os.W_OK))
        return _read(found, deep)
    except FileNotFoundError:
        return found
    except (sqlite3.Error, OSError) as error:
        return replace(found, exists=True, trouble=describe_refusal(error, folder))


def _read(found: ArchiveFindings, deep: bool) -> ArchiveFindings:
    with closing(read_only(found.path)) as connection:
        check = "integrity_check" if deep else "quick_check"
        rows = [str(row[0]) for row in connection.execute(f"PRAGMA {check} ({_MOST_FAULTS})")]
        (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
        found = replace(found, journal=str(journal), version=version_of(connection))
        if rows != ["ok"]:
            return replace(found, faults=tuple(rows))
        (chats,) = connection.execute("SELECT count(*) FROM conversation WHERE deleted IS NULL").fetchone()
        return replace(found, chats=int(chats))


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), Path("/"))


def _free(place: Path) -> int | None:
    try:
        return shutil.disk_usage(place).free
    except OSError:
        return None

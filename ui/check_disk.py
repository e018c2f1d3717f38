"""What `chinwag doctor` says of the disk: the chats, the configuration, the log."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from protocol.errors import InterfaceError
from protocol.findings import ArchiveFindings
from ui.check import Check, fail, ok, warn
from ui.configuration_file import examine, read_text
from ui.configuration_keys import SETTINGS
from ui.settled import Settled

_MIB = 1024 * 1024
_SCARCE = 100 * _MIB
_TOO_SCARCE = 10 * _MIB
_OTHERS = 0o077
_TAIL = 256 * 1024


def check_chats(found: ArchiveFindings) -> Iterator[Check]:
    """Say how what is kept fares."""
    path = found.path
    if found.faults:
        yield fail(
            "chats", f"{path} is damaged: {found.faults[0]}.", f"`sqlite3 {path} .recover` may save what is in it."
        )
    elif found.trouble:
        yield fail("chats", found.trouble, "Chats are not kept until that is mended.")
    elif found.exists and found.version > found.known_version:
        yield fail("chats", f"{path} is of a newer chinwag", "Use that one, or another folder with --data-dir.")
    elif found.exists:
        yield ok("chats", f"{found.chats:,} in {path} ({found.size / _MIB:,.1f} MiB), sound")
    else:
        yield ok("chats", f"none yet; they will be in {path}")
    yield from _place(found)


def _place(found: ArchiveFindings) -> Iterator[Check]:
    if not found.writable:
        yield fail(
            "chats", f"{found.path} cannot be written", "Mend its permissions, or name a folder with --data-dir."
        )
    if found.exists and found.mode & _OTHERS:
        yield warn("chats", f"others may read {found.path}", f"`chmod 600 {found.path}`")
    if found.exists and found.journal not in ("", "wal"):
        yield warn("chats", f"the journal is {found.journal}, not wal", "Its disk may be one of a network: move it.")
    if found.free is not None and found.free < _SCARCE:
        left = f"{found.free / _MIB:,.0f} MiB are left on the disk"
        yield (fail if found.free < _TOO_SCARCE else warn)("disk", left, "Free some space.")
    elif found.free is not None:
        yield ok("disk", f"{found.free / _MIB / 1024:,.1f} GiB free")


def check_configuration(path: Path, needed: bool, environment: Mapping[str, str]) -> Iterator[Check]:
    """Say what is wrong with the configuration file, and with variables of the environment."""
    yield from _file(path, needed)
    settled = Settled(environment=environment)
    for setting in SETTINGS:
        try:
            if setting.variable:
                settled.find(setting.name)
        except InterfaceError as error:
            yield fail("environment", error.failure.summary, error.failure.advice)


def _file(path: Path, needed: bool) -> Iterator[Check]:
    try:
        text = read_text(path)
    except InterfaceError as error:
        yield fail("configuration", error.failure.summary, error.failure.advice)
        return
    if text is None and needed:
        yield fail("configuration", f"there is no file {path}", "Name another one with --config or CHINWAG_CONFIG.")
    elif text is None:
        yield ok("configuration", f"there is no file {path}: all is as it comes")
    else:
        mistakes = examine(text, str(path), path.parent)[1]
        yield from (fail("configuration", f"{path}, {mistake}", "Mend that line.") for mistake in mistakes)
        if not mistakes:
            yield ok("configuration", f"{path} has no mistakes")


def check_log(path: Path) -> Iterator[Check]:
    """Say whether the log can be written, and whether it tells of errors."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL))
            errors = sum(b" ERROR " in line or b" CRITICAL " in line for line in file)
    except FileNotFoundError:
        above = next((folder for folder in path.absolute().parents if folder.is_dir()), Path("/"))
        if os.access(above, os.W_OK | os.X_OK):
            yield ok("log", f"none yet; it will be {path}")
        else:
            yield warn("log", f"{path} cannot be written", "Mend its permissions, or name a file with --log-file.")
        return
    except OSError as error:
        yield warn("log", f"{path} cannot be read: {error.strerror}", "Mend its permissions.")
        return
    if not os.access(path, os.W_OK):
        yield warn("log", f"{path} cannot be written", "Mend its permissions, or name a file with --log-file.")
    elif errors:
        yield warn("log", f"{path} tells of {errors:,} errors", "See what they say.")
    else:
        yield ok("log", f"{path} tells of no errors")

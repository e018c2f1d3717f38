"""Disks that fail: full, read-only, locked and damaged ones, and programs that may not write everywhere."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

_PAGE = 4096


def with_short_files(argv: Sequence[str], kib: int) -> list[str]:
    """How to run a program none of whose files may grow beyond this size."""
    return ["sh", "-c", 'ulimit -f "$0" && exec "$@"', str(2 * kib), *argv]


def bound_by_permissions(argv: Sequence[str]) -> list[str]:
    """How to run a program that may write only where its user may, even if that is root. Skips where that cannot be."""
    if os.geteuid() != 0:
        return list(argv)
    if shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and there is no setpriv to take that away")
    without = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    if subprocess.run([*without, "true"], capture_output=True).returncode != 0:
        pytest.skip("root may write everywhere, and setpriv may not take that away here")
    return [*without, *argv]


@contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[Path]:
    """A disk of this size, mounted at `folder`. Skips where mounting is not allowed."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here ({mounted.stderr.strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def mounted_read_only(folder: Path) -> Iterator[None]:
    """Have a mounted disk take nothing more, and then again."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Write a file until the disk is full; removing it makes room again."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(_PAGE)):
                pass
        except OSError:
            return filler
    return filler


@contextmanager
def locked(path: Path) -> Iterator[sqlite3.Connection]:
    """The only one that may write to a database, until the block ends or it commits."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield connection
        if connection.in_transaction:
            connection.execute("COMMIT")


@contextmanager
def read_only(*paths: Path) -> Iterator[None]:
    """Take the right to write away, and give it back."""
    modes = {path: path.stat().st_mode for path in paths}
    for path, mode in modes.items():
        path.chmod(mode & 0o555)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def spoil_header(path: Path) -> bytes:
    """Make a database one that SQLite does not know as such; return what is in the file then."""
    return _spoil(path, 0, 100)


def spoil_table(path: Path, table: str) -> bytes:
    """Overwrite the page at which a table begins; return what is in the file then."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    return _spoil(path, (root - 1) * size, size)


def _spoil(path: Path, place: int, size: int) -> bytes:
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xa5" * size)
    return path.read_bytes()

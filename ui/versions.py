"""The versions of the parts of the program, as they are installed: nothing is imported for it but SQLite."""

import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version

PARTS = ("urwid", "pykka", "requests", "urllib3", "msgspec", "markdown-it-py", "Pygments", "platformdirs")


def versions(own: str) -> str:
    """Return a line for each part, this program's first."""
    lines = [("chinwag", own), ("Python", platform.python_version()), ("SQLite", sqlite3.sqlite_version)]
    lines += [(part, _version(part)) for part in PARTS]
    return "".join(f"{name} {number}\n" for name, number in lines)


def _version(part: str) -> str:
    try:
        return version(part)
    except PackageNotFoundError:
        return "not installed"

"""The versions of the parts of the program, as they are installed: nothing is imported for it but SQLite."""

import platform
import re
import sqlite3
from importlib.metadata import PackageNotFoundError, requires, version

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def parts() -> list[str]:
    """Return the names of the packages that this one needs; none where it runs without having been installed."""
    try:
        needed = requires("chinwag") or []
    except PackageNotFoundError:
        return []
    names = [_NAME.match(one) for one in needed if "extra ==" not in one]
    return [name[0] for name in names if name is not None]


def versions(own: str) -> str:
    """Return a line for each part, this program's first."""
    lines = [("chinwag", own), ("Python", platform.python_version()), ("SQLite", sqlite3.sqlite_version)]
    lines += [(part, _version(part)) for part in parts()]
    return "".join(f"{name} {number}\n" for name, number in lines)


def _version(part: str) -> str:
    try:
        return version(part)
    except PackageNotFoundError:
        return "not installed"

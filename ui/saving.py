"""Saving a text to a file: under a name that says what it is, and never over another file unasked."""

import os
from pathlib import Path

from protocol.images import SUFFIXES
from ui.sanitiser import sanitise

_SUFFIXES = {
    "bash": "sh", "c": "c", "c++": "cpp", "cpp": "cpp", "csharp": "cs", "css": "css", "diff": "diff",
    "dockerfile": "dockerfile", "go": "go", "html": "html", "java": "java", "javascript": "js", "js": "js",
    "json": "json", "kotlin": "kt", "latex": "tex", "lua": "lua", "makefile": "mk", "markdown": "md", "md": "md",
    "perl": "pl", "php": "php", "py": "py", "python": "py", "r": "r", "ruby": "rb", "rust": "rs", "scala": "scala",
    "sh": "sh", "shell": "sh", "sql": "sql", "swift": "swift", "toml": "toml", "ts": "ts", "typescript": "ts",
    "xml": "xml", "yaml": "yaml", "yml": "yaml", "zsh": "sh",
}  # fmt: skip


def proposed_name(language: str, folder: Path) -> str:
    """Return a name that no file in the folder has, for a text in this language."""
    return _free("reply", _SUFFIXES.get(language.strip().lower(), "txt"), folder)


def proposed_image_name(media_type: str, folder: Path) -> str:
    """Return a name that no file in the folder has, for an image of this type."""
    return _free("image", SUFFIXES.get(media_type, "bin"), folder)


def _free(kind: str, suffix: str, folder: Path) -> str:
    number = 1
    while (folder / f"{kind}-{number}.{suffix}").exists():
        number += 1
    return f"{kind}-{number}.{suffix}"


def save(text: str, name: str, folder: Path, over: bool) -> str:
    """Write a text, without what a terminal would obey, and return where it is.

    `name` is taken from `folder` on; `~` is the user's home. Raises FileExistsError if there is such a file and it is
    not to be written `over`, else OSError for whatever is in the way.
    """
    path = folder / Path(os.path.expanduser(name.strip()))
    clean = sanitise(text)
    with path.open("w" if over else "x", encoding="utf-8", errors="replace", newline="") as file:
        file.write(clean if clean.endswith("\n") else f"{clean}\n")
    return str(path)

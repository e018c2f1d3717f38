"""Reading a Modelfile from the disk."""

import stat
from pathlib import Path

from protocol.errors import InterfaceError
from protocol.modelfile import MAX_BYTES, parse_modelfile
from protocol.store import Blueprint


def read_modelfile(name: str) -> Blueprint:
    """Read and parse a Modelfile. Raises InterfaceError for what cannot be read, or is none."""
    try:
        data = _beginning(Path(name).expanduser())
    except (OSError, RuntimeError, ValueError) as error:
        words = getattr(error, "strerror", None) or error
        raise InterfaceError(f"The Modelfile {name} cannot be read: {words}.", "Name another file.") from error
    if len(data) > MAX_BYTES:
        raise InterfaceError(f"{name} is too long to be a Modelfile.", "Name another file.")
    try:
        return parse_modelfile(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InterfaceError(f"{name} is no text, so it is no Modelfile.", "Name another file.") from error


def _beginning(path: Path) -> bytes:
    """As much as tells whether it is too long. Of a pipe nothing is waited for: nobody could stop that."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("it is no file")
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)

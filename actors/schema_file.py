"""A JSON schema in a file that the user has named."""

import os
import stat
from pathlib import Path

from actors.reply_check import check_schema
from protocol.options import Unfit
from protocol.parameter_changes import SetFormat
from protocol.reply_format import MAX_SCHEMA_BYTES, check_format

_TOO_LARGE = f"has more than {MAX_SCHEMA_BYTES // 1024} KiB"


def read_schema(name: str) -> SetFormat:
    """Read a schema. Raises Unfit, in words, for a file that cannot be read, or has none in it.

    Only files that end are read: a pipe, or a device, could keep one waiting for ever.
    """
    path = Path(os.path.expanduser(name))
    try:
        text = _read(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Unfit(f"The file {name[:200]} cannot be read: {reason}.") from error
    return checked(SetFormat(check_format(text), name))


def checked(change: SetFormat) -> SetFormat:
    """Return it as it is. Raises Unfit, in words, for what is no schema by the rules of JSON Schema."""
    fault = check_schema(change.format)
    if fault:
        raise Unfit(f"{change.source[:200]}: {fault}" if change.source else fault)
    return change


def _read(path: Path) -> str:
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("it is no file")
    with path.open("rb") as file:
        content = file.read(MAX_SCHEMA_BYTES + 1)
    if len(content) > MAX_SCHEMA_BYTES:
        raise ValueError(f"it {_TOO_LARGE}")
    return content.decode("utf-8-sig")

"""A file read to be attached: only what is a file indeed, no more of it than there may be, and never a device.

It brings neither pykka nor requests, so that `ask` and the engine can both use it.
"""

import os
import stat
from pathlib import Path

from protocol.chat import Attachment
from protocol.errors import InterfaceError
from protocol.fencing import visible
from protocol.images import image_facts
from protocol.limits import MIB, ResourceLimits
from protocol.tokens import weigh

TEXT = "text/plain"
_AT_ONCE = MIB
_BEGINNING = 16_384
"""Bytes by which a text is weighed before it is read."""
_FEW_CONTROLS = 0.01
"""The share of control characters above which bytes are no text."""
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\b\x1b")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_8_MARK = b"\xef\xbb\xbf"
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_attachment(path: str, limits: ResourceLimits) -> Attachment:
    """Read a file as what goes with a prompt, called as its path is written; `~` is the user's home.

    Raises InterfaceError, with what to do, for what is not there, is no file, cannot be read, is larger than the limits
    allow, changes meanwhile, or is neither an image nor text in UTF-8. Blocks as long as the disk does.
    """
    attachment = read_if_legible(path, limits)
    if attachment is None:
        raise InterfaceError(f"{quoted(path)} is neither an image nor text.", "Attach another file.")
    return attachment


def read_if_legible(path: str, limits: ResourceLimits) -> Attachment | None:
    """The same, but None for what is neither an image nor text: of many files, such a one can be passed over."""
    try:
        data = _read(Path(os.path.expanduser(path)), path, limits)
    except (OSError, ValueError) as error:
        raise refusal_of(path, error) from error
    facts = image_facts(data)
    if facts is not None:
        return Attachment(path, facts.media_type, data)
    if _is_binary(data):
        return None
    if len(data) > limits.max_file_bytes:
        raise _too_large(path, len(data), limits)
    _check_utf_8(data, path)
    return Attachment(path, TEXT, data.removeprefix(_UTF_8_MARK))


def weight_of(path: str, size: int) -> float:
    """Return what a text of so many bytes weighs (`protocol.tokens`), as it begins; 0 for what is none, and for what
    cannot be read: that is said when it is to be sent. Blocks as long as the disk does."""
    try:
        data = _beginning(os.path.expanduser(path))
    except (OSError, ValueError):
        return 0.0
    if not data or image_facts(data) is not None or _is_binary(data):
        return 0.0
    return weigh(data.decode(errors="ignore")) * max(size, len(data)) / len(data)


def refusal_of(name: str, error: OSError | ValueError) -> InterfaceError:
    """Return what is to be said of a path that cannot be looked at, or read. A NUL in it is a ValueError."""
    why = error.strerror or str(error) if isinstance(error, OSError) else "no file has such a name"
    return InterfaceError(f"{quoted(name)} cannot be read: {why}.", "Attach another file.")


def quoted(name: str) -> str:
    """Return a name as it stands in a sentence."""
    return f"'{visible(name)}'"


def _read(path: Path, name: str, limits: ResourceLimits) -> bytes:
    """Open without waiting for anybody, and look at what was opened: what is at a path may change at any moment."""
    _check_kind(os.stat(path), name)  # not to open a device at all: that alone may do something
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        about = os.fstat(descriptor)
        _check_kind(about, name)
        if about.st_size > limits.max_image_bytes:
            raise _too_large(name, about.st_size, limits)
        data = _read_all(descriptor, limits.max_image_bytes + 1)
    finally:
        os.close(descriptor)
    if len(data) > limits.max_image_bytes:
        raise InterfaceError(f"{quoted(name)} has no end, or a very late one.", "Attach another file.")
    if len(data) < about.st_size:
        raise InterfaceError(f"{quoted(name)} became shorter while it was read.", "Attach it again.")
    if not data:
        raise InterfaceError(f"{quoted(name)} is empty.", "Attach another file.")
    return data


def _beginning(path: str) -> bytes:
    """The first bytes of what is a file indeed; none of anything else."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        return os.read(descriptor, _BEGINNING) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, most: int) -> bytes:
    parts = []
    while most > 0 and (part := os.read(descriptor, min(most, _AT_ONCE))):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def _check_kind(about: os.stat_result, name: str) -> None:
    if not stat.S_ISREG(about.st_mode):
        what = next((what for is_such, what in _KINDS if is_such(about.st_mode)), "no file")
        raise InterfaceError(f"{quoted(name)} is {what}.", "Attach a file.")


def _too_large(name: str, size: int, limits: ResourceLimits) -> InterfaceError:
    image, text = limits.max_image_bytes / MIB, limits.max_file_bytes / MIB
    return InterfaceError(
        f"{quoted(name)} has {size:,} bytes; the limit is {image:g} MB for an image, and {text:g} MB for a text.",
        "Attach a part of it.",
    )


def _is_binary(data: bytes) -> bool:
    """Tell whether bytes are no text in any encoding."""
    if data.startswith(_UTF_16):
        return False
    begin = data[:MIB]
    return b"\0" in data or sum(byte in _CONTROLS for byte in begin) > _FEW_CONTROLS * len(begin)


def _check_utf_8(data: bytes, name: str) -> None:
    if data.startswith(_UTF_16):
        raise InterfaceError(f"{quoted(name)} is in UTF-16, not in UTF-8.", "Save it as UTF-8, then attach it.")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        what = f"byte 0x{data[error.start]:02x} at {error.start:,}"
        raise InterfaceError(
            f"{quoted(name)} is not in UTF-8 ({what}).", "Save it as UTF-8, then attach it: `iconv` can do that."
        ) from error

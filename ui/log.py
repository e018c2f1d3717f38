"""The log: where what must not disturb the screen is written."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from protocol.errors import InterfaceError

MAX_BYTES = 2 * 1024 * 1024
"""A log that is larger at the start of the program is begun anew; the one before it is kept."""
_STDERR = 2
_TELLS_KEYS = ("urwid", "ui.terminal")
"""Loggers of urwid, and of what is made from it: at the level of debug they tell every key that is pressed."""
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(threadName)s %(name)s: %(message)s"


class _QuietHandler(logging.StreamHandler[TextIO]):
    """Drops what a full disk does not take: there is no better place to say so than the one that is full."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base class's name
        """See `logging.Handler`."""


@contextmanager
def logging_to(path: Path, level: int = logging.WARNING, named: bool = False) -> Iterator[int]:
    """Write the log to `path` while the block runs, and yield the descriptor it is written to.

    A log that cannot be written goes nowhere: the chat is worth more. One that the user has named is never put aside,
    and raises InterfaceError if it cannot be written. Nothing is logged to the terminal unless that is named.
    """
    handler = _QuietHandler(_open_named(path) if named else _open(path))
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    for name in _TELLS_KEYS:
        logging.getLogger(name).setLevel(max(level, logging.INFO))
    try:
        yield handler.stream.fileno()
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        for name in _TELLS_KEYS:
            logging.getLogger(name).setLevel(logging.NOTSET)
        with suppress(OSError):
            handler.stream.close()


@contextmanager
def errors_to(log: int | None) -> Iterator[None]:
    """Send whatever is written to standard error to the descriptor `log` while the block runs.

    Native libraries write to the descriptor itself, not to `sys.stderr`. Main thread, around the screen's life.
    """
    if log is None:
        yield
        return
    before = os.dup(_STDERR)
    os.dup2(log, _STDERR)
    try:
        yield
    finally:
        os.dup2(before, _STDERR)
        os.close(before)


def _open_named(path: Path) -> TextIO:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, 0o600)
    except OSError as error:
        raise InterfaceError(f"The log cannot be written to {path}: {error.strerror}.", "Name another file.") from error
    os.set_blocking(descriptor, True)
    return _as_text(descriptor)


def _open(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MAX_BYTES:
            path.replace(path.with_suffix(".old"))
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        descriptor = os.open(os.devnull, os.O_WRONLY)
    return _as_text(descriptor)


def _as_text(descriptor: int) -> TextIO:
    return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")

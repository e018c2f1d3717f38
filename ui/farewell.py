"""How a run of the full-screen chat ended."""

import errno
import logging
import signal
from dataclasses import dataclass

from protocol.errors import ChinwagError
from protocol.ui import QuitRequested

_GONE = frozenset({errno.EIO, errno.ENXIO, errno.EPIPE, errno.EBADF})
_FAILED, _UNUSABLE, _HUNG_UP = 1, 2, 128 + signal.SIGHUP

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Farewell:
    """An exit status, and what is left to say once the terminal is restored."""

    status: int = 0
    words: tuple[str, ...] = ()


def asked_for(leaving: QuitRequested | None) -> Farewell:
    """It was wished, by a key or by whoever asked to quit."""
    if leaving is None:
        return Farewell()
    return Farewell(leaving.status, (leaving.reason,) if leaving.reason else ())


def failed(error: Exception) -> Farewell:
    """Something was raised. A terminal that is gone is no crash: nobody looks at it."""
    if isinstance(error, ChinwagError):
        return Farewell(_UNUSABLE, (str(error),))
    if isinstance(error, OSError) and error.errno in _GONE:
        return gone(error)
    _logger.error("The chat failed", exc_info=error)
    return Farewell(_FAILED, (f"the chat failed: {error!r}. The log has the details.",))


def gone(error: Exception) -> Farewell:
    """The terminal is not there any more."""
    _logger.info("The terminal is gone: %r", error)
    return Farewell(_HUNG_UP)

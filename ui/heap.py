"""The C library's heap: what the text of a long reply took is to go back to the system when it is free."""

_MMAP_THRESHOLD = -3
_LARGE = 64 * 1024
"""Bytes. Left to itself, glibc takes ever larger blocks from a heap that only shrinks at its end."""


def give_back_early() -> bool:
    """Have large blocks of memory given back as soon as they are free. False where the C library knows no such wish."""
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_MMAP_THRESHOLD, _LARGE))

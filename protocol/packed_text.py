"""Text that is kept and seldom read, in as few bytes as Python has for it."""

import sys

_LEAST = 1024
"""Characters: a shorter text is not worth the work."""


def pack(text: str) -> str | bytes:
    """Return what takes less room: the text, or its UTF-8. A string with one emoji has four bytes for each character.

    It costs nothing for ASCII, and a microsecond for a thousand characters else.
    """
    if len(text) < _LEAST or text.isascii():
        return text
    data = text.encode(errors="surrogatepass")
    return data if len(data) < sys.getsizeof(text) else text


def unpack(packed: str | bytes) -> str:
    """Return the text."""
    return packed if isinstance(packed, str) else packed.decode(errors="surrogatepass")

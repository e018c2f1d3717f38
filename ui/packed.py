"""Leaves that nobody looks at, kept small: a long talk would take ten times its size."""

import zlib
from collections.abc import Sequence
from functools import lru_cache

from ui.leaf import Leaf

_QUICKLY = 1
_UNPACKED = 16
"""Packs that are kept taken apart: some screens full."""


class Packed:
    """Some leaves of one text, compressed. They are taken apart again when one of them is asked for. UI thread only."""

    __slots__ = ("_data",)

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        import pickle  # nothing is packed before the first long reply

        self._data = zlib.compress(pickle.dumps(tuple(leaves), pickle.HIGHEST_PROTOCOL), _QUICKLY)

    @property
    def size(self) -> int:
        """Bytes that they take."""
        return len(self._data)

    def leaf(self, place: int) -> Leaf:
        """Return one of the leaves."""
        return _unpacked(self._data)[place]


@lru_cache(maxsize=_UNPACKED)
def _unpacked(data: bytes) -> tuple[Leaf, ...]:
    import pickle

    leaves: tuple[Leaf, ...] = pickle.loads(zlib.decompress(data))  # of our own making, and never out of our hands
    return leaves

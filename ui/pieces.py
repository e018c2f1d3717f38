"""A text that grows at its end."""

from protocol.packed_text import pack, unpack

_MOST_SMALL = 256


class Pieces:
    """Keeps a text as few strings: what comes token by token would take many times its size.

    Equal to another that says the same, however it came.
    """

    def __init__(self, text: str = "") -> None:
        self._parts: list[str | bytes] = [text] if text else []
        self._large = len(self._parts)
        """How many of the parts are put together already."""
        self._length = len(text)

    def append(self, piece: str) -> None:
        """Put a piece at the end."""
        if not piece:
            return
        self._parts.append(piece)
        self._length += len(piece)
        if len(self._parts) - self._large > _MOST_SMALL:
            self._parts[self._large :] = ["".join(map(unpack, self._parts[self._large :]))]
            self._large += 1

    def after(self, start: int) -> str:
        """Return what came after the first `start` characters. It costs what it returns, however long the text is."""
        missing = self._length - start
        found: list[str] = []
        for packed in reversed(self._parts):
            if missing <= 0:
                break
            part = unpack(packed)
            found.append(part if missing >= len(part) else part[-missing:])
            missing -= len(part)
        return "".join(reversed(found))

    def share(self, text: str) -> None:
        """Nothing more comes for now: keep a string that somebody else has too, and that says the same, unless there is
        a smaller way."""
        self._parts, self._large = [pack(text)] if text else [], 1

    def __len__(self) -> int:
        return self._length

    def __str__(self) -> str:
        return "".join(map(unpack, self._parts))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pieces) and self._length == other._length and str(self) == str(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Pieces({str(self)!r})"

"""What was said in a run, as lines of JSON: two runs can be compared with `diff`."""

from pathlib import Path

import msgspec


class Trace:
    """Remembers what happened, in order; encodes it only when somebody wants to read it."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, float, str, object]] = []
        self._folder = ""

    def conceal(self, folder: Path) -> None:
        """Do not write where this run keeps its files: that is different each time."""
        self._folder = str(folder)

    def note(self, step: int, at: float, to: str, what: object) -> None:
        """`what` came to somebody, at this virtual time in seconds."""
        self._lines.append((step, at, to, what))

    def encoded(self) -> bytes:
        """All of it, a line each."""
        lines = [
            msgspec.json.encode({"step": step, "at": round(at, 6), "to": to, "what": what})
            for step, at, to, what in self._lines
        ]
        text = b"\n".join(lines) + b"\n"
        return text.replace(self._folder.encode(), b"FOLDER") if self._folder else text

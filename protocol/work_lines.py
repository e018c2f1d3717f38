"""What a store of models says while it works: one answer read to its end."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import assert_never

from protocol.errors import ConnectionLost
from protocol.ndjson import NdjsonDecoder
from protocol.ollama_errors import error_in_progress
from protocol.ollama_store import decode_work_line
from protocol.progress import WorkError, WorkFrame, WorkLine, concealed

_MOST_LINE_BYTES = 1024 * 1024


def work_lines(pieces: Iterable[bytes], model: str, conceal: Callable[[str], str]) -> Iterator[tuple[WorkLine, ...]]:
    """Return what is said, piece by piece, up to the line that is the last.

    `conceal` takes out of the server's words what it was told in secret. Raises what the pieces raise, and ChinwagError
    where the store gives up, says what makes no sense, or ends too early.
    """
    decoder = NdjsonDecoder(decode_work_line, _MOST_LINE_BYTES)
    for data in chain(pieces, (None,)):
        frames = decoder.flush() if data is None else decoder.feed(data)
        lines, error = _parted(concealed(frame, conceal) for frame in frames)
        yield lines
        if error is not None:
            raise error_in_progress(error.words, model)
        if lines and lines[-1].done:
            return
        if data is not None:
            decoder.raise_fault()
    raise ConnectionLost("The server's answer ended before it was done.", "What came of it is kept there.")


def _parted(frames: Iterable[WorkFrame]) -> tuple[tuple[WorkLine, ...], WorkError | None]:
    """The lines up to the last one, and the error that they end with."""
    lines: list[WorkLine] = []
    for frame in frames:
        match frame:
            case WorkError():
                return tuple(lines), frame
            case WorkLine():
                lines.append(frame)
                if frame.done:
                    break
            case _:
                assert_never(frame)
    return tuple(lines), None

"""What becomes of turns, and what comes of their replies, on its way to the disk."""

from collections.abc import Callable
from typing import assert_never

from actors.archive_keeper import ArchiveKeeper
from protocol.frames import Chunk
from protocol.identity import StreamId
from protocol.reply import Broken, Stopped
from protocol.turn import TurnState
from protocol.ui import InputRefused, PromptReworded, QueueReordered, TurnAccepted, TurnEnded, TurnMoved

BATCH = 4096
"""Characters of replies after which they are committed at once."""

TurnNews = InputRefused | TurnAccepted | PromptReworded | QueueReordered | TurnMoved | TurnEnded


class TurnRecorder:
    """Writes for the Archivist, in its thread. `wall_clock` tells seconds since 1970."""

    def __init__(self, keeper: ArchiveKeeper, wall_clock: Callable[[], float]) -> None:
        self._keeper = keeper
        self._now = wall_clock
        self._pieces: list[tuple[StreamId, tuple[Chunk, ...]]] = []
        self._size = 0

    @property
    def has_pieces(self) -> bool:
        """True when something came of a reply that is not committed yet."""
        return bool(self._pieces)

    def note(self, event: TurnNews) -> None:
        """Keep what became of a turn."""
        now, write = self._now(), self._keeper.write
        match event:
            case InputRefused(conversation=conversation, text=text):
                write(lambda archive: archive.take_back_prompt(conversation, text))
            case TurnAccepted():
                write(lambda archive: archive.accept_turn(event, now))
            case PromptReworded():
                write(lambda archive: archive.reword(event))
            case QueueReordered(turns=turns):
                write(lambda archive: archive.reorder(turns))
            case TurnMoved():
                self._note_move(event, now)
            case TurnEnded(stream=stream, as_told=as_told):
                self.flush(over=None if as_told else stream)
                write(lambda archive: archive.end_turn(event, now))
            case _:
                assert_never(event)

    def collect(self, stream: StreamId, chunks: tuple[Chunk, ...]) -> None:
        """More of a reply came. It is committed with what else comes soon, or at once if it is much."""
        self._pieces.append((stream, chunks))
        self._size += sum(chunk.size for chunk in chunks)
        if self._size >= BATCH and not self._keeper.rests:
            self.flush()

    def flush(self, over: StreamId | None = None) -> None:
        """Commit what came of replies.

        While the disk rests, what came of a stream that is `over` is left to the end of its turn, which brings the
        whole: so what waits for the disk does not grow twice.
        """
        pieces, self._pieces, self._size = self._pieces, [], 0
        if self._keeper.rests:
            pieces = [piece for piece in pieces if piece[0] != over]
        try:
            if pieces:
                self._keeper.write(lambda archive: archive.add_pieces(pieces))
        except BaseException:
            self._pieces = [*pieces, *self._pieces]  # it failed by our own fault, and is tried once more
            raise

    def _note_move(self, move: TurnMoved, now: float) -> None:
        """An attempt begins, or has ended without being the last."""
        stream, model = move.stream, move.model
        ending = Broken(move.failure) if move.failure is not None else Stopped()
        match move.state:
            case TurnState.CONNECTING:
                self._keeper.write(lambda archive: archive.begin_reply(stream, model, now))
            case TurnState.RETRYING:
                self.flush()
                self._keeper.write(lambda archive: archive.end_attempt(stream, ending))
            case TurnState.WAITING_FOR_SERVER:
                self.flush()
                self._keeper.write(lambda archive: archive.park(stream, ending, now))
            case _:
                pass

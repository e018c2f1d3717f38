"""An archive that refuses what it is told to, for as long as it is told to."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from actors.archive import Archive
from protocol.chat import Attachment, Conversation
from protocol.frames import Chunk
from protocol.identity import StreamId
from protocol.ui import TurnAccepted, TurnEnded


class Refusal:
    """What the disk says at the moment: None while it takes everything. `asked` counts what was tried."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.asked = 0

    def check(self) -> None:
        """Raise what is to be raised."""
        self.asked += 1
        if self.error is not None:
            raise self.error

    def open(self, path: Path, owner: str) -> Archive:
        """Open an archive on this disk."""
        return _RefusingArchive(path, owner, self)


class _RefusingArchive(Archive):
    def __init__(self, path: Path, owner: str, refusal: Refusal) -> None:
        super().__init__(path, owner)
        self._refusal = refusal

    def keep_prompt(
        self,
        conversation: Conversation,
        prompt: str,
        now: float,
        title: str = "",
        attachments: Sequence[Attachment] = (),
    ) -> str:
        self._refusal.check()
        return super().keep_prompt(conversation, prompt, now, title, attachments)

    def accept_turn(self, event: TurnAccepted, now: float) -> None:
        self._refusal.check()
        super().accept_turn(event, now)

    def begin_reply(self, stream: StreamId, model: str, now: float) -> None:
        self._refusal.check()
        super().begin_reply(stream, model, now)

    def add_pieces(self, pieces: Iterable[tuple[StreamId, tuple[Chunk, ...]]]) -> None:
        self._refusal.check()
        super().add_pieces(pieces)

    def end_turn(self, event: TurnEnded, now: float) -> None:
        self._refusal.check()
        super().end_turn(event, now)

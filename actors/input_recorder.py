"""What is written at the keyboard, on its way to the disk: what was sent, and what is not sent yet."""

from collections.abc import Callable

from actors.archive import Archive
from actors.archive_keeper import ArchiveKeeper
from protocol.address import Address
from protocol.identity import ConversationId
from protocol.ui import DraftsRecalled, InputRecalled, UiEvent

RECALLED = 2000
"""Texts of earlier runs that are told to the UI."""


class InputRecorder:
    """Writes and recalls for the Archivist, in its thread; nothing of it, unless it is `wanted`."""

    def __init__(
        self, keeper: ArchiveKeeper, ui: Address[UiEvent], wall_clock: Callable[[], float], wanted: bool
    ) -> None:
        self._keeper = keeper
        self._ui = ui
        self._now = wall_clock
        self._wanted = wanted

    def remember(self, text: str) -> None:
        """Keep what was sent."""
        now = self._now()
        if self._wanted:
            self._keeper.write(lambda archive: archive.remember_input(text, now))

    def keep_draft(self, conversation: ConversationId, text: str) -> None:
        """Keep what is written in a conversation and not sent, in the place of what was; nothing if it is empty."""
        now = self._now()
        if self._wanted:
            self._keeper.write(lambda archive: archive.keep_draft(conversation, text, now))

    def recall(self, archive: Archive) -> Callable[[], None]:
        """Read what earlier runs have kept; the function that is returned tells it to the UI."""
        if not self._wanted:
            return lambda: None
        texts, drafts = archive.reader.inputs(RECALLED), archive.reader.drafts()

        def tell() -> None:
            self._ui.tell(InputRecalled(texts))
            if drafts:
                self._ui.tell(DraftsRecalled(drafts))

        return tell

"""The Archivist: keeps what is said, safe against whatever ends the program."""

import logging
import sqlite3
from collections.abc import Callable
from typing import assert_never

from msgspec.structs import replace

from actors.actor import Actor
from actors.archive import Archive
from actors.notices import describe_conversations
from protocol.address import Address
from protocol.archivist import ArchivistMessage, CloseArchive, ListConversations, Reopen, Resume
from protocol.chat import Conversation
from protocol.coordinator import ActorFailed, RestoreConversation, StartConversation, Submit
from protocol.frames import Chunk
from protocol.identity import ConversationId, StreamId
from protocol.reply import Broken
from protocol.timekeeper import FlushDue, Remind, TimekeeperMessage
from protocol.turn import STREAMING
from protocol.ui import (
    ConversationStarted,
    EngineFailed,
    InputRefused,
    ModelAsked,
    ModelSet,
    NoticePosted,
    QuitRequested,
    ReplyGrew,
    ServerChanged,
    SystemPromptSet,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    TurnQueued,
    UiEvent,
)

logger = logging.getLogger(__name__)

BEAT = 0.25
"""Seconds after which what came of a reply is committed, at the latest."""
BATCH = 4096
"""Characters after which it is committed at once."""

_LISTED = 20

FromArchivist = Submit | StartConversation | RestoreConversation


class Archivist(Actor[ArchivistMessage]):
    """The only writer. It may block on the disk; nobody waits for it but a prompt, which it passes on when it is kept.

    `open_archive` is called in its thread. What the disk refuses is said once, and the chat goes on in memory.
    `wall_clock` tells seconds since 1970.
    """

    def __init__(
        self,
        open_archive: Callable[[], Archive],
        coordinator: Address[FromArchivist],
        ui: Address[UiEvent],
        timekeeper: Address[TimekeeperMessage],
        supervisor: Address[ActorFailed],
        wall_clock: Callable[[], float],
    ) -> None:
        super().__init__(supervisor)
        self._open_archive = open_archive
        self._coordinator = coordinator
        self._ui = ui
        self._timekeeper = timekeeper
        self._now = wall_clock
        self._archive: Archive | None = None
        self._warning = ""
        self._missing = ""
        """What was asked for and is not kept; said in the conversation that begins instead."""
        self._known: dict[ConversationId, Conversation] = {}
        self._pieces: list[tuple[StreamId, tuple[Chunk, ...]]] = []
        self._size = 0
        self._flush_is_due = False

    def on_start(self) -> None:
        """Open the archive, and find what the dead left behind."""
        self._guard(self._begin)

    def on_stop(self) -> None:
        """Commit what waits, and close, unless that is done: who stops an actor does not wait for this."""
        self._close()

    def on_receive(self, message: ArchivistMessage) -> None:
        match message:
            case Submit():
                self._guard(lambda: self._keep_prompt(message))
                self._coordinator.tell(message)
            case Resume(model=model, system=system):
                if not self._guard(lambda: self._resume(message)):
                    self._coordinator.tell(StartConversation(model, system))
            case Reopen():
                self._guard(lambda: self._reopen(message))
            case ListConversations(conversation=conversation):
                self._guard(lambda: self._list(conversation))
            case CloseArchive():
                self._close()
            case FlushDue():
                self._flush_is_due = False
                self._flush()
            case _:
                self._guard(lambda: self._note(message))

    def _note(self, event: UiEvent) -> None:
        """Take in what the UI is told. What is said of turns goes to disk."""
        match event:
            case ConversationStarted(conversation=conversation, model=model, system=system):
                self._known[conversation] = Conversation(conversation)
                self._learn(conversation, model, system)
                self._say_what_is_missing(conversation)
            case ModelSet(conversation=conversation, model=model):
                self._learn(conversation, model=model)
            case SystemPromptSet(conversation=conversation, text=text):
                self._learn(conversation, system=text)
            case ReplyGrew(stream=stream, chunks=chunks):
                self._collect(stream, chunks)
            case InputRefused() | TurnAccepted() | TurnMoved() | TurnEnded():
                if self._archive is not None:
                    self._record(event, self._archive)
            case ModelAsked() | TurnQueued() | ServerChanged() | NoticePosted() | EngineFailed() | QuitRequested():
                pass
            case _:
                assert_never(event)

    def _record(self, event: InputRefused | TurnAccepted | TurnMoved | TurnEnded, archive: Archive) -> None:
        match event:
            case InputRefused(conversation=conversation, text=text):
                archive.take_back_prompt(conversation, text)
            case TurnAccepted(conversation=conversation, turn=turn, prompt=prompt):
                archive.begin_turn(conversation, turn, prompt, self._now())
            case TurnMoved(stream=stream, failure=failure) if failure is not None:
                self._flush()
                archive.end_attempt(stream, Broken(failure))
            case TurnMoved(stream=stream, state=state, model=model):
                if state in STREAMING:
                    archive.begin_reply(stream, model, self._now())
            case TurnEnded(conversation=conversation, stream=stream, state=state, reply=reply, ending=ending):
                self._flush()
                archive.end_turn(conversation, stream, state, reply, ending, self._now())
            case _:
                assert_never(event)

    def _say_what_is_missing(self, conversation: ConversationId) -> None:
        for words in (self._warning, self._missing):
            if words:
                self._ui.tell(NoticePosted(conversation, words))
        self._missing = ""

    def _learn(self, conversation: ConversationId, model: str | None = None, system: str | None = None) -> None:
        if model is not None:
            self._known[conversation] = replace(self._known[conversation], model=model)
        if system is not None:
            self._known[conversation] = replace(self._known[conversation], system=system)
        if self._archive is not None:
            self._archive.describe(self._known[conversation])

    def _begin(self) -> None:
        archive = self._open_archive()
        try:
            archive.interrupt_orphans(self._now())
        except (sqlite3.Error, OSError):
            archive.close()
            raise
        self._archive = archive

    def _close(self) -> None:
        self._flush()
        archive, self._archive = self._archive, None
        if archive is not None:
            archive.close()

    def _keep_prompt(self, prompt: Submit) -> None:
        if self._archive is not None:
            self._archive.keep_prompt(self._known[prompt.conversation], prompt.prompt, self._now())

    def _resume(self, command: Resume) -> None:
        """Have a kept conversation shown again; where there is none, a new one begins."""
        if self._show(command.wanted, command.model, command.system):
            return
        if self._archive is not None:
            wanted = command.wanted
            self._missing = f"No conversation begins with {wanted!r}." if wanted else "Nothing is kept yet."
        self._coordinator.tell(StartConversation(command.model, command.system))

    def _reopen(self, question: Reopen) -> None:
        if not self._show(question.wanted):
            self._ui.tell(NoticePosted(question.conversation, f"No conversation begins with {question.wanted!r}."))

    def _show(self, wanted: str, model: str | None = None, system: str = "") -> bool:
        """Have a conversation shown; False if it is not kept. One that is open is not told again, nor changed."""
        reader = self._archive.reader if self._archive is not None else None
        found = reader.find(wanted) if reader is not None else None
        kept = reader.conversation(found.id) if reader is not None and found is not None else None
        if reader is None or kept is None:
            return False
        if kept.id not in self._known:
            for event in reader.talk(kept.id):
                self._ui.tell(event)
        named = replace(kept, model=model or kept.model, system=system or kept.system)
        self._coordinator.tell(RestoreConversation(named))
        return True

    def _list(self, conversation: ConversationId) -> None:
        kept = self._archive.reader.conversations(_LISTED) if self._archive is not None else []
        self._ui.tell(NoticePosted(conversation, describe_conversations(kept)))

    def _collect(self, stream: StreamId, chunks: tuple[Chunk, ...]) -> None:
        self._pieces.append((stream, chunks))
        self._size += sum(chunk.size for chunk in chunks)
        if self._size >= BATCH:
            self._flush()
        elif not self._flush_is_due:
            self._flush_is_due = True
            self._timekeeper.tell(Remind(BEAT, FlushDue()))

    def _flush(self) -> None:
        pieces, self._pieces, self._size = self._pieces, [], 0
        if self._archive is not None and pieces:
            archive = self._archive
            self._guard(lambda: archive.add_pieces(pieces))

    def _guard(self, work: Callable[[], None]) -> bool:
        """Do something with the disk. When that fails, say so once, return False, and go on."""
        try:
            work()
            return True
        except (sqlite3.Error, OSError) as error:
            logger.exception("the archive failed")
            if not self._warning:
                self._warning = f"This conversation is not kept on disk ({error}). It is here until you quit."
                for conversation in self._known:
                    self._ui.tell(NoticePosted(conversation, self._warning))
            return False
